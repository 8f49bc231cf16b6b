import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { unpackedPackages } from "../mail-dns/debian-packages";

/** A server that is reached by the system's ssh client with this configuration, as `relay`; nobody answers as `gone`. */
export interface SshServer {
  /** The file for `ssh -F`. */
  config: string;
  stop(): Promise<void>;
}

/**
 * OpenSSH's server, unpacked and not installed, which the client starts for each connection: there is no port. It runs in
 * a mount namespace that has the user which it wants. Needs root.
 *
 * `sudo` is a substitute there: it takes `-n` and a command, and runs the command.
 *
 * @param env what commands find in their environment
 */
export async function startSshServer(env: Record<string, string>): Promise<SshServer> {
  const { root, env: libraries } = await unpackedPackages("openssh", ["openssh-server"], true);
  const folder = await mkdtemp(join(tmpdir(), "sshd-"));
  const path = (name: string) => join(folder, name);
  for (const name of ["host-key", "user-key"]) {
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path(name)]);
  }
  const passwd = (await readFile("/etc/passwd", "utf8")).replace(/^sshd:.*\n/m, "");
  await writeFile(path("passwd"), `${passwd}sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`);
  await writeFile(path("sudo"), '#!/bin/sh\n[ "$1" = -n ] || exit 9\nshift\nexec "$@"\n', { mode: 0o755 });
  const variables = Object.entries({ ...env, PATH: `${folder}:/usr/bin:/bin` });
  await writeFile(
    path("sshd_config"),
    [
      `HostKey ${path("host-key")}`,
      `AuthorizedKeysFile ${path("user-key.pub")}`,
      "AuthenticationMethods publickey",
      "PermitRootLogin prohibit-password",
      "StrictModes no",
      "UsePAM no",
      `SetEnv ${variables.map(([name, value]) => `${name}=${value}`).join(" ")}`,
      "",
    ].join("\n"),
  );
  await writeFile(
    path("sshd"),
    [
      "#!/bin/sh",
      "set -e",
      `mount --bind ${path("passwd")} /etc/passwd`,
      "mount -t tmpfs none /run",
      "mkdir -m 755 /run/sshd",
      `export LD_LIBRARY_PATH=${libraries.LD_LIBRARY_PATH}`,
      `exec ${join(root, "usr/sbin/sshd")} -i -e -f ${path("sshd_config")}`,
      "",
    ].join("\n"),
    { mode: 0o755 },
  );
  const hostKey = await readFile(path("host-key.pub"), "utf8");
  await writeFile(path("known_hosts"), `relay ${hostKey}`);
  await writeFile(
    path("config"),
    [
      "Host relay",
      `ProxyCommand unshare --mount ${path("sshd")} 2>>${path("log")}`,
      `IdentityFile ${path("user-key")}`,
      "IdentitiesOnly yes",
      `UserKnownHostsFile ${path("known_hosts")}`,
      "StrictHostKeyChecking yes",
      "Host gone",
      "HostName 127.0.0.1",
      "Port 1",
      "",
    ].join("\n"),
  );
  return { config: path("config"), stop: () => rm(folder, { recursive: true }) };
}
