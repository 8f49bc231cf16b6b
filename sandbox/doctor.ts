import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { z } from "zod";
import { run as runCommand } from "../cli/run";
import { argumentsOf, onDebian } from "../cli/server/command";
import type { Transport } from "../cli/transport/transport";
import { dnsResolver } from "../components/mail-dns/dns-resolver";
import { type DnsServer, startDns, type Zones } from "./dns";
import type { Journey } from "./journey";
import { ADDRESS } from "./machine/addresses";
import type { Machine } from "./machine/machine";
import { DOMAIN, RECIPIENT_DOMAIN } from "./world";

/** Where the domain's own name server listens; the resolver is another server. */
const NAME_SERVER = `ns1.${DOMAIN}`;

const REPORT = z.object({
  status: z.enum(["ok", "warning", "error"]),
  source: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["ok", "warning", "error", "skipped"]),
      summary: z.string(),
      findings: z.array(
        z.object({
          severity: z.enum(["error", "warning", "info"]),
          path: z.string(),
          message: z.string(),
          next: z.string(),
        }),
      ),
    }),
  ),
});

/** What `smarthost doctor --json` printed. */
export type DoctorReport = z.infer<typeof REPORT>;

/** A finding that somebody has to do something about, with the check that it comes from. */
export interface Complaint {
  check: string;
  path: string;
  message: string;
  next: string;
}

/** How one look is made. */
export interface LookOptions {
  /** Before the first up there is a preview only. */
  from: "preview" | "state";
  /** A received message, as its receiver stored it. */
  message?: Buffer;
  /** Sends a test message to this address through the relay. */
  sendTo?: string;
}

/**
 * `smarthost doctor` for a journey's stack: the command itself, with what the engine says of the stack as its input, the
 * sandbox's DNS as resolver, and a way into the booted relay. The domain gets what every real one has: an address of its
 * name server, and somebody who takes its mail.
 */
export class SandboxDoctor {
  #nameServer: DnsServer | undefined;

  private constructor(
    private readonly journey: Journey,
    private readonly folder: string,
  ) {}

  static async open(journey: Journey): Promise<SandboxDoctor> {
    const folder = await mkdtemp(join(tmpdir(), "smarthost-doctor-"));
    const doctor = new SandboxDoctor(journey, folder);
    const zone = journey.world.zones.zone(DOMAIN);
    for (const record of OWN_RECORDS) {
      zone.add(record);
    }
    await doctor.serveNames(journey.world.zones);
    return doctor;
  }

  /** Has the domain's name server answer from these zones, which need not be what the resolver knows. */
  async serveNames(zones: Zones): Promise<void> {
    await this.#nameServer?.close();
    const address = this.journey.servers ? ADDRESS.awsApi : "127.0.0.1";
    this.#nameServer = await startDns({ zones, listen: [{ address, port: 0 }] });
  }

  /** Looks, and gives what the command printed. @throws Error with its words where it printed no report */
  async look({ from, message, sendTo }: LookOptions): Promise<DoctorReport> {
    const { world, run } = this.journey;
    const text = from === "preview" ? await run.previewJson() : JSON.stringify(await run.stack.exportStack());
    const file = await this.#file(`${from}.json`, text);
    const streams = { out: new PassThrough(), err: new PassThrough() };
    const argv = [
      ...["doctor", "--json", `--${from}`, file, "--dns-server", world.settings.dnsResolver ?? ""],
      ...(message ? ["--message", await this.#file("message.eml", message)] : []),
      ...(sendTo === undefined ? [] : ["--send-to", sendTo]),
    ];
    const code = await runCommand(argv, {
      ...streams,
      env: world.environment,
      doctorWorld: { ...this.#names(), ...this.#ways(from) },
    });
    const printed = String(streams.out.read() ?? "");
    if (!printed.startsWith("{")) {
      throw new Error(`smarthost doctor ended with ${code}: ${streams.err.read()}${printed}`);
    }
    return REPORT.parse(JSON.parse(printed));
  }

  /** Takes away what {@link open} made. */
  async close(): Promise<void> {
    await this.#nameServer?.close();
    const zone = this.journey.world.zones.zone(DOMAIN);
    for (const record of OWN_RECORDS) {
      zone.remove(record);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #names() {
    const { address, port } = this.#nameServer?.addresses[0] ?? { address: "127.0.0.1", port: 53 };
    const servers = [`${address}:${port}`];
    return { nameServer: () => dnsResolver({ servers }) };
  }

  #ways(from: LookOptions["from"]) {
    const { servers, world } = this.journey;
    const dial = {
      to: (host: string, port: number) => ({ host, port }),
      ca: [world.authority.ca],
      timeoutMs: 10_000,
    };
    return {
      dial,
      ...(servers &&
        from === "state" && { transport: async () => intoMachine(servers.machine(this.journey.relay().id)) }),
    };
  }

  async #file(name: string, content: string | Buffer): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }
}

/** All that somebody has to do something about. */
export function complaintsOf({ checks }: DoctorReport): Complaint[] {
  return checks.flatMap(({ name, findings }) =>
    findings
      .filter(({ severity }) => severity !== "info")
      .map(({ path, message, next }) => ({ check: name, path, message, next })),
  );
}

/** The checks with this status. */
export function checksWith(
  { checks }: DoctorReport,
  status: DoctorReport["checks"][number]["status"],
): string[] {
  return checks.filter((check) => check.status === status).map(({ name }) => name);
}

const OWN_RECORDS = [
  { name: NAME_SERVER, type: "A" as const, value: ADDRESS.dns },
  { name: DOMAIN, type: "MX" as const, value: `mx.${RECIPIENT_DOMAIN}`, priority: 10 },
];

/** The commands of the command line, run on the booted server as its root, as SSH and Systems Manager do it. */
function intoMachine(machine: Machine): Transport {
  return {
    place: "the sandbox's relay",
    async run(command) {
      const { words, input } = argumentsOf(command, onDebian);
      const { exitCode, stdout, stderr } = await machine.run(words, input);
      return { exitCode: exitCode ?? 1, stdout: String(stdout), stderr: String(stderr) };
    },
  };
}
