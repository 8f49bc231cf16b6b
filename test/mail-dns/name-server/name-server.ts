import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { resolver } from "../../../sandbox/dns";
import { freePort } from "../../free-port";
import { nameServerPrograms, type ZoneFile } from "./zone-files";

export interface NameServer {
  /** On 127.0.0.1, UDP and TCP. */
  readonly port: number;
  close(): Promise<void>;
}

/** How often another port is tried when somebody else was faster. */
const attempts = 5;
/** Milliseconds that NSD gets to answer for every zone. */
const patience = 20_000;

/**
 * Serves zone files with a real name server, NSD, on a free port of 127.0.0.1. It is authoritative for these zones and
 * refuses all other names. It runs as this process's user, in a temporary folder that goes with it.
 *
 * @throws Error with NSD's log when it does not start or does not load a zone
 */
export async function startNameServer(zones: readonly ZoneFile[]): Promise<NameServer> {
  const { root, env } = await nameServerPrograms();
  const folder = await mkdtemp(join(tmpdir(), "smarthost-nsd-"));
  await Promise.all(zones.map(({ text }, index) => writeFile(join(folder, `zone-${index}`), text)));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    await writeFile(join(folder, "nsd.conf"), configuration(folder, port, zones));
    const daemon = execa(join(root, "usr/sbin/nsd"), ["-d", "-c", join(folder, "nsd.conf")], {
      env,
      reject: false,
      all: true,
      // NSD forks; its children end with it.
      cleanup: true,
    });
    const close = async () => {
      daemon.kill("SIGTERM");
      await daemon;
      await rm(folder, { recursive: true, force: true });
    };
    const over = new AbortController();
    const ended = daemon.then(({ all, shortMessage }) => {
      over.abort();
      return `it ended: ${all || shortMessage}`;
    });
    const fault = await Promise.race([ended, untilItAnswers(port, zones, over.signal)]);
    if (fault === undefined) return { port, close };
    const log = await readFile(join(folder, "log"), "utf8").catch(() => "");
    if (/address already in use/i.test(`${log}${fault}`) && attempt < attempts) {
      await rm(join(folder, "log"), { force: true });
      continue;
    }
    await close();
    throw new Error(`NSD does not serve the zones: ${fault}\n${log}`);
  }
}

function configuration(folder: string, port: number, zones: readonly ZoneFile[]): string {
  const names = ["pidfile", "xfrdfile", "zonelistfile"].map((name) => `  ${name}: "${join(folder, name)}"`);
  return [
    "server:",
    `  ip-address: 127.0.0.1@${port}`,
    ...['  username: ""', '  chroot: ""', '  database: ""', `  zonesdir: "${folder}"`],
    `  xfrdir: "${folder}"`,
    `  logfile: "${join(folder, "log")}"`,
    ...names,
    // Tests ask more often than a stranger may.
    "  rrl-ratelimit: 0",
    "  tcp-timeout: 5",
    "remote-control:",
    "  control-enable: no",
    ...zones.flatMap(({ origin }, index) => ["zone:", `  name: "${origin}"`, `  zonefile: "zone-${index}"`]),
    "",
  ].join("\n");
}

/** Undefined once every zone is answered for; what is wrong when that does not come to be. */
async function untilItAnswers(
  port: number,
  zones: readonly ZoneFile[],
  over: AbortSignal,
): Promise<string | undefined> {
  const resolve = resolver("127.0.0.1", port);
  const end = Date.now() + patience;
  for (const { origin } of zones) {
    for (;;) {
      const code = await resolve(origin, "SOA").then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code ?? String(error),
      );
      if (code === undefined) break;
      // The server is there and does not have the zone: its file was refused.
      if (code === "ESERVFAIL" || code === "EREFUSED") return `${code} for ${origin}`;
      if (over.aborted || Date.now() > end) return `no answer for ${origin} (${code})`;
      await pause(20);
    }
  }
  return undefined;
}
