import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dnsResolver } from "../../components/mail-dns/dns-resolver";
import { DOMAIN } from "../../sandbox/world";
import { type Done, runCommand } from "../cli/relay-world";
import { type AccountOptions, openAccount, type TestAccount } from "../stack/account";

/** What needs no server that relays mail, and connects to none. */
const LOOKED_AT = "collisions,dns-records,spf,dkim,dmarc,sendgrid-identities,sendgrid-keys";

/** An account on loopback with what the doctor needs to look at it. */
export interface DoctorAccount extends TestAccount {
  /** The address of the account's DNS server, for `--dns-server`. */
  dnsServer: string;
  /** Writes the stack's preview to a file and gives its name. */
  preview(): Promise<string>;
  /** Writes the stack's state to a file and gives its name. */
  state(): Promise<string>;
  /** Runs `smarthost doctor` with `--json`. The key is the account's first, which may do everything. */
  doctor(argv: string[], env?: NodeJS.ProcessEnv): Promise<DoctorRun>;
  /** The same as a person sees it in a pipe; `argv` says which checks. */
  doctorText(argv: string[]): Promise<string>;
}

/** One run of the doctor. */
export type DoctorRun = Done & { json: DoctorJson };

/** What `--json` prints. */
export interface DoctorJson {
  stack?: string;
  status: string;
  source: string;
  checks: {
    name: string;
    status: string;
    summary: string;
    findings: { severity: string; path: string; message: string; next: string }[];
  }[];
}

/** Opens the account; its DNS server plays the name servers of every zone, at whatever address they have. */
export async function openDoctorAccount(options: AccountOptions = {}): Promise<DoctorAccount> {
  const account = await openAccount(options);
  const { world, run } = account;
  const folder = await mkdtemp(join(tmpdir(), "doctor-"));
  const dnsServer = world.settings.dnsResolver ?? "";
  // The name server that the sandbox's zones name has an address like any other host.
  world.zones.zone(DOMAIN).add({ name: `ns1.${DOMAIN}`, type: "A", value: "192.0.2.53" });
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const runDoctor = (argv: string[], env: NodeJS.ProcessEnv) =>
    runCommand(["doctor", "--dns-server", dnsServer, ...argv], {
      env,
      doctorWorld: { nameServer: () => dnsResolver({ servers: [dnsServer] }) },
    });
  return {
    ...account,
    dnsServer,
    preview: async () => file("preview.json", await run.previewJson()),
    state: async () => file("state.json", JSON.stringify(await run.stack.exportStack())),
    doctor: async (argv, env = world.environment) => {
      const done = await runDoctor(["--json", "--only", LOOKED_AT, ...argv], env);
      if (!done.out.startsWith("{")) {
        throw new Error(`the doctor ended with ${done.code}: ${done.err}${done.out}`);
      }
      return { ...done, json: JSON.parse(done.out) };
    },
    doctorText: async (argv) => (await runDoctor(argv, world.environment)).out,
    close: async () => {
      await account.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
