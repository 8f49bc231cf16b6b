import pRetry from "p-retry";
import { renderRelay } from "../../components/postfix-relay/render-relay";
import { passwordFile } from "../../components/postfix-relay/server/credential-source";
import { READY_FILE } from "../../components/postfix-relay/server/setup";
import { sendgrid } from "../../components/smart-hosts/sendgrid";
import { AwsAccount } from "../../sandbox/aws/account";
import { startDns, Zones } from "../../sandbox/dns";
import { ADDRESS, SUBNET_CIDR } from "../../sandbox/machine/addresses";
import type { Network } from "../../sandbox/machine/network";
import { Servers } from "../../sandbox/machine/servers";
import { createAuthority } from "../../sandbox/pki";
import { launchServer } from "../../test/boot/launch";
import type { MirrorHosts } from "../../test/boot/network-run";
import { HelperProcess } from "./helper-process";
import { MailServer, type Side } from "./server";
import { type SinkCounts, type SinkOrder, sinkCounts } from "./sink-orders";
import { STOCK_PASSWORDS, STOCK_READY, stockUserData } from "./stock";
import { type WireOrder, wireDone } from "./wire-orders";

const PASSWORD = "SG.a-password.of-the-benchmark";
const ENDPOINT = sendgrid().endpoint;
const BOOT_LIMIT_MS = 240_000;

/** Where the sink itself listens, and where the wire with its latency begins. */
export const SINK = { address: ADDRESS.inbox, port: ENDPOINT.port };
export const WIRE = { address: ADDRESS.smartHost, port: ENDPOINT.port };

/** What the servers are measured in. */
export interface Lab {
  readonly servers: Readonly<Record<Side, MailServer>>;
  readonly sink: HelperProcess<SinkOrder, SinkCounts>;
  readonly wire: HelperProcess<WireOrder, true>;
  /** What the sink takes as login, and the authority of its certificate. */
  readonly login: { host: string; user: string; password: string; ca: string };
  /** Lets the smart host's name point to the sink itself, or to the wire before it. */
  lead(to: "sink" | "wire"): Promise<void>;
  close(): Promise<void>;
}

/** The user data of both servers: the project's relay to SendGrid, and the stock one. */
export function userDataOf(side: Side): string {
  return side === "stock"
    ? stockUserData("stock.example.com")
    : renderRelay({
        hostName: "relay.example.com",
        clients: [SUBNET_CIDR],
        smartHost: ENDPOINT,
        queue: "root disk",
        credential: { source: "file" },
        debian: 13,
      }).userData;
}

/**
 * Boots both servers, each from its user data, with their queues on the same file system. The caller runs inside the
 * network.
 *
 * @param mirrors the package mirrors' names and addresses
 */
export async function openLab(
  network: Network,
  mirrors: MirrorHosts,
  say: (line: string) => void,
): Promise<Lab> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const each of opened.splice(0)) {
      await each();
    }
  };
  try {
    const authority = await createAuthority();
    const zones = new Zones();
    for (const [host, addresses] of mirrors) {
      zones.create(
        host,
        addresses.map((value) => ({ name: host, type: "A" as const, value })),
      );
    }
    const zone = zones.create(ENDPOINT.host);
    const lead = (address: string) => zone.set(ENDPOINT.host, "A", [{ value: address, ttl: 1 }]);
    lead(WIRE.address);
    const dns = await startDns({ zones, listen: [{ address: ADDRESS.dns, port: 53 }] });
    opened.unshift(() => dns.close());

    const sink = new HelperProcess<SinkOrder, SinkCounts>("sink", sinkCounts);
    opened.unshift(() => sink.stop());
    const login = { user: ENDPOINT.user ?? "", password: PASSWORD };
    await sink.ask({ order: "listen", ...SINK, ...(await authority.issue([ENDPOINT.host])), ...login });
    const wire = new HelperProcess<WireOrder, true>("wire", wireDone);
    opened.unshift(() => wire.stop());
    await wire.ask({ order: "make", listen: WIRE, server: SINK });

    const certificate = await authority.issue(["ssm.eu-central-1.amazonaws.com"]);
    const machines = new Servers({ network, authority: authority.ca, certificate, onProgress: say });
    opened.unshift(() => machines.stop());
    const account = new AwsAccount(machines);
    await machines.start(account);
    const boot = async (side: Side) => {
      const { id } = await launchServer(account, 13, userDataOf(side), undefined);
      const server = new MailServer(side, machines.machine(id));
      const ready = side === "relay" ? READY_FILE : STOCK_READY;
      await server.machine.waitForFile(ready, BOOT_LIMIT_MS, (line) => say(`${side}: ${line}`));
      return server;
    };
    const relay = await boot("relay");
    await relay.writeSecret(passwordFile(0), PASSWORD);
    await takePassword(relay);
    const stock = await boot("stock");
    const entry = `[${ENDPOINT.host}]:${ENDPOINT.port} ${ENDPOINT.user}:${PASSWORD}\n`;
    await stock.writeSecret(STOCK_PASSWORDS, entry);
    await stock.command(["postmap", STOCK_PASSWORDS]);
    return {
      servers: { relay, stock },
      sink,
      wire,
      login: { ...login, host: ENDPOINT.host, ca: authority.ca },
      lead: async (to) => {
        lead(to === "sink" ? SINK.address : WIRE.address);
        // The answer that a server remembers lives for one second.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws Error with the unit's last lines when it does not get through within about 40 s */
async function takePassword(relay: MailServer): Promise<void> {
  const unit = "smarthost-credential";
  try {
    // A run that began before the password was there fails, and starting it meanwhile fails with it.
    const attempt = () => relay.command(["systemctl", "start", unit]);
    await pRetry(attempt, { retries: 20, minTimeout: 2_000, factor: 1 });
  } catch (cause) {
    const lines = await relay.command(["journalctl", "-u", unit, "-n", "10", "--no-pager", "-o", "cat"]);
    throw new Error(`the relay does not take the smart host's password:\n${lines}`, { cause });
  }
}
