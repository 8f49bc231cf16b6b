import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { createTransport } from "nodemailer";
import { passwordTable, renderMainCf } from "../../components/postfix-relay/postfix/main-cf";
import { masterServices } from "../../components/postfix-relay/postfix/master-cf";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { createAuthority } from "../../sandbox/pki";
import { until } from "../../sandbox/until";
import { freePort } from "../free-port";
import { unpackedPackages } from "../mail-dns/debian-packages";

/** Accounts of every Debian that own nothing here: Postfix wants one user and one group to itself (mail_owner(5)). */
const MAIL_USER = { name: "mail", id: 8 };
const DROP_GROUP = { name: "news", id: 9 };

/** What a test changes about the world that Postfix finds, such as where the smart hosts' certificates come from. */
export interface Surroundings {
  /** Certificate authorities that Postfix trusts, PEM. */
  ca: string;
  /** Lines of the password table. */
  passwords: string;
  /** Lines of the password tables of routes, by the routes' names. */
  routePasswords?: Record<string, string>;
  /** Parameters that a test wants to be faster than on a server. */
  overrides?: Record<string, string>;
}

/**
 * The rendered relay, run by Debian's Postfix, which is unpacked and not installed, on a free port of loopback. Needs
 * root. Not shown: chroot, systemd, port 587, and names from DNS (it takes them from /etc/hosts).
 */
export class RunningPostfix {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly master: ChildProcess,
    private readonly env: Record<string, string>,
    private readonly programs: string,
  ) {}

  static async start(settings: RelaySettings, surroundings: Surroundings): Promise<RunningPostfix> {
    const { root, env } = await unpackedPackages("postfix", ["postfix", "libsasl2-modules"], true);
    const own = join(root, "usr/lib/postfix");
    const triplet = (await readdir(join(root, "usr/lib"))).find((each) => each.endsWith("-linux-gnu")) ?? "";
    const folder = await mkdtemp(join(tmpdir(), "postfix-"));
    const environment = {
      MAIL_CONFIG: folder,
      LD_LIBRARY_PATH: `${env.LD_LIBRARY_PATH}:${own}`,
      SASL_PATH: join(root, "usr/lib", triplet, "sasl2"),
    };
    await chmod(folder, 0o755);
    await makeQueue(join(folder, "queue"));
    await mkdir(join(folder, "data"));
    await chown(join(folder, "data"), MAIL_USER.id, MAIL_USER.id);
    const { key, cert } = await (await createAuthority()).issue([settings.hostName]);
    await writeFile(join(folder, "tls.pem"), `${key}\n${cert}`);
    await writeFile(join(folder, "ca.pem"), surroundings.ca);
    await writeFile(join(folder, "passwords"), surroundings.passwords);
    for (const [route, lines] of Object.entries(surroundings.routePasswords ?? {})) {
      await writeFile(join(folder, basename(passwordTable(route))), lines);
    }
    await writeFile(join(folder, "main.cf"), renderMainCf(settings));
    const port = await freePort();
    const dist = await readFile(join(root, "usr/share/postfix/master.cf.dist"), "utf8");
    const services = masterCf(dist, settings, port);
    // The password tables of routes are beside main.cf here too.
    await writeFile(join(folder, "master.cf"), services.replaceAll("/etc/postfix/", `${folder}/`));
    const parameters = {
      queue_directory: join(folder, "queue"),
      data_directory: join(folder, "data"),
      command_directory: join(root, "usr/sbin"),
      daemon_directory: join(own, "sbin"),
      shlib_directory: own,
      mail_owner: MAIL_USER.name,
      setgid_group: DROP_GROUP.name,
      inet_interfaces: "127.0.0.1",
      maillog_file: join(folder, "mail.log"),
      maillog_file_prefixes: folder,
      import_environment: assignments(environment).join(" "),
      // What sendmail(1) hands on to postdrop(1).
      export_environment: assignments(environment).join(" "),
      smtp_host_lookup: "native",
      smtpd_tls_chain_files: join(folder, "tls.pem"),
      smtp_tls_CAfile: join(folder, "ca.pem"),
      smtp_sasl_password_maps: `texthash:${join(folder, "passwords")}`,
      ...surroundings.overrides,
    };
    const programs = join(root, "usr/sbin");
    await execa(join(programs, "postconf"), ["-c", folder, "-e", ...assignments(parameters)], {
      env: environment,
    });
    const master = spawn(join(own, "sbin/master"), ["-c", folder, "-d"], {
      env: environment,
      stdio: "ignore",
    });
    const running = new RunningPostfix(port, folder, master, environment, programs);
    try {
      await running.until("it greets on its port", () => greets(port, settings.hostName));
      return running;
    } catch (error) {
      await running.stop();
      throw error;
    }
  }

  /** Where Postfix's commands are, the environment that leads them to this instance, and the file that it logs to. */
  get commands(): { directory: string; env: Record<string, string>; log: string } {
    return { directory: this.programs, env: this.env, log: join(this.folder, "mail.log") };
  }

  /** Everything that it logged so far. */
  async log(): Promise<string> {
    return await readFile(join(this.folder, "mail.log"), "utf8").catch(() => "");
  }

  /** Hands in a message as a client would. */
  async send(envelope: { from: string; to: string }, raw: string): Promise<void> {
    const transport = createTransport({ host: "127.0.0.1", port: this.port, name: "app01", ignoreTLS: true });
    await transport.sendMail({ envelope, raw });
  }

  /** Tries again now what is deferred. */
  async flush(): Promise<void> {
    await execa(join(this.programs, "postqueue"), ["-c", this.folder, "-f"], { env: this.env });
  }

  /** Waits up to 20 seconds; @throws Error with Postfix's log. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, holds, 20).catch(async (cause: unknown) => {
      throw new Error(`${cause}\n${await this.log()}`, { cause });
    });
  }

  async stop(): Promise<void> {
    if (this.master.exitCode === null) {
      this.master.kill("SIGTERM");
      await once(this.master, "exit");
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function assignments(values: Record<string, string>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${value}`);
}

async function makeQueue(queue: string): Promise<void> {
  await mkdir(join(queue, "pid"), { recursive: true });
  const folders = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming"];
  for (const name of [...folders, "private", "saved", "trace", "public", "maildrop"]) {
    await mkdir(join(queue, name));
    const shared = name === "public" || name === "maildrop";
    await chown(join(queue, name), MAIL_USER.id, shared ? DROP_GROUP.id : MAIL_USER.id);
    await chmod(join(queue, name), name === "public" ? 0o2710 : name === "maildrop" ? 0o1730 : 0o700);
  }
}

/** Debian's services and the relay's own, without chroot, on one port of loopback. */
function masterCf(dist: string, settings: RelaySettings, port: number): string {
  const debian = dist
    .split("\n")
    .filter((line) => /^(smtp\s+unix|(?!smtp\s)\w+\s+unix(-dgram)?)\s/.test(line));
  const programs = debian.filter((line) => !/\spipe$/.test(line));
  const own = masterServices(settings)
    .filter(({ key }) => !key.endsWith("/inet"))
    .map(({ line }) => line);
  const services = [...programs, ...own].map((line) => {
    const fields = line.split(/\s+/);
    fields[4] = "n";
    return fields.join(" ");
  });
  return [`127.0.0.1:${port} inet n - n - - smtpd`, ...services, ""].join("\n");
}

async function greets(port: number, hostName: string): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    const [greeting] = await once(socket, "data");
    return String(greeting).startsWith(`220 ${hostName} `);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
