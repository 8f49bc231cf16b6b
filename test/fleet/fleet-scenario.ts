import { execa } from "execa";
import { z } from "zod";
import { drainParameters, QUEUE_DEVICE } from "../../components/postfix-relay/server/drain";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { renderDrainPermissions } from "../../components/postfix-relay-fleet/drain-permissions";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { until } from "../../sandbox/until";
import type { BootedRelay } from "../boot/booted-relay";
import { usualSettings } from "../boot/booted-relay";
import { Client, handIn, type Letter } from "../boot/client";
import { balance, itemOf } from "../boot/ledger";
import { PASSWORD, SMART_HOST } from "../boot/names";
import type { MirrorHosts } from "../boot/network-run";
import { addPacketRule } from "../boot/packet-rule";
import { queuedItems } from "../boot/queue";
import { type RelayWorld, startRelayWorld } from "../boot/relay-world";
import type { SmartHost } from "../boot/smart-host";
import { Balancer } from "./balancer";

const GROUP = "smarthost-fleet";
const BALANCER = "mail-nlb.elb.eu-central-1.amazonaws.com";
const BALANCER_ADDRESS = "10.77.0.40";
const RECIPIENT = "someone@example.net";

/** What was seen of two servers of a fleet, one of which goes, and then the other. */
export const fleetFacts = z.object({
  /** Whether a service of one server has a control group there, and none on the other. */
  apart: z.boolean(),
  /** Connections that each server got while both ran. */
  shares: z.array(z.number()),
  /** Whether the one that went took a new connection after it had begun to go. */
  takesNewConnections: z.boolean(),
  /** The answer to a message over a connection that was open before. */
  openSession: z.object({ accepted: z.boolean(), answer: z.string() }),
  /** Subjects of messages that came to the smart host by both servers. */
  handedOver: z.array(z.string()),
  /** The lifecycle actions that were completed: whose, by position, and how. */
  endings: z.array(z.object({ server: z.number(), group: z.string(), hook: z.string(), result: z.string() })),
  /** Whether the volume of the first to go goes with it; and of the last, which could not get rid of its mail. */
  volumesGo: z.array(z.boolean()),
  /** Whether the volumes were there after their servers were gone. */
  volumesLeft: z.array(z.boolean()),
  /** Actions that the API refused. */
  refused: z.array(z.string()),
  /** What the last wrote at its end. */
  lastWords: z.string(),
  /** The ledger of both. */
  ...{ accepted: z.number(), delivered: z.number(), queued: z.number() },
  ...{ lost: z.array(z.string()), duplicated: z.array(z.string()) },
});

export type FleetFacts = z.output<typeof fleetFacts>;

/** The life of two servers behind a balancer; in the network of `runInNetwork`. */
export async function fleetScenario(mirrors: MirrorHosts, say: (line: string) => void): Promise<FleetFacts> {
  const world = await startRelayWorld({ debian: 13, mirrors, say });
  const balancer = new Balancer(BALANCER_ADDRESS);
  try {
    return await life(world, balancer, say);
  } finally {
    await balancer.close();
    await world.close();
  }
}

async function life(world: RelayWorld, balancer: Balancer, say: (line: string) => void): Promise<FleetFacts> {
  const host = await world.addSmartHost({ name: SMART_HOST });
  await host.open();
  await openBalancer(world, balancer);
  const settings = {
    ...usualSettings(world.debian),
    drain: { group: GROUP, hook: "drain", limitSeconds: 600 },
  };
  const servers = await Promise.all([boot(world, settings), boot(world, lastToGo(settings))]);
  const [first, last] = servers;
  balancer.targets.push(first.address, last.address);
  const ledger = new Letters();
  const apart = await areApart(first, last);

  say("mail to both");
  await Promise.all(range(12).map((index) => ledger.send(`both ${index}`, { address: BALANCER_ADDRESS })));
  await until("all of it is delivered", () => host.taken.length === 12);
  const shares = servers.map(({ address }) => balancer.connections.get(address) ?? 0);

  say("the first goes while it cannot reach the smart host");
  const bringBack = await cutOff(first.address, host.address);
  await Promise.all(range(8).map((index) => ledger.send(`stuck ${index}`, { address: first.address })));
  await until("its mail is deferred", async () => (await deferred(first)) === 8);
  const open = await Client.connect({ address: first.address }, ADDRESS.application);
  balancer.targets.splice(0, 1);
  first.instance.targetLifecycleState = "Terminated";
  const begun = (times: number) =>
    until(`it has begun to go ${times} times`, async () => {
      return (await first.journal()).split("no more mail is accepted").length > times;
    });
  await begun(1);
  await until("new sessions are sent away", async () => !(await takesMail(first)));
  const openSession = await ledger.over(open, "in an open session");
  open.close();
  say("it is disturbed: the unit is killed, then the server restarts and gets its volume late");
  await first.run(["systemctl", "kill", "--signal=SIGKILL", "smarthost-drain.service"]);
  await begun(2);
  const { volume } = first;
  if (volume === undefined) throw new Error("the server has no queue volume");
  await first.machine.shutdown();
  await world.account.compute.detach(volume.id, first.instance.id);
  await first.machine.start();
  await begun(3);
  await world.account.compute.attach(volume.id, first.instance.id, QUEUE_DEVICE);
  const ended = (count: number) => world.account.autoScaling.endings.length === count;
  await until("it is done", () => ended(1), 300);
  const takesNewConnections = await takesMail(first);
  await until("what it handed over is delivered", () => host.taken.length === 21);
  await bringBack();
  const volumesGo = [goes(first)];
  await world.account.compute.terminate(first.instance.id);

  say("the last goes while nobody takes its mail");
  await host.close();
  await ledger.send("left", { address: BALANCER_ADDRESS });
  await until("its mail is deferred", async () => (await deferred(last)) === 1);
  balancer.targets.splice(0, 1);
  last.instance.targetLifecycleState = "Terminated";
  await until("it is done", () => ended(2), 300);
  volumesGo.push(goes(last));
  const queued = queuedItems(await last.queue());
  const lastWords = await last.journal();
  await world.account.compute.terminate(last.instance.id);

  const { lost, duplicated, delivered, accepted, queued: waiting } = ledger.balance(host, queued);
  return {
    ...{ apart, shares, takesNewConnections, openSession, volumesGo, lost, duplicated, delivered, accepted },
    queued: waiting,
    handedOver: host.taken.filter(({ text }) => hops(text) === 2).map(({ subject }) => subject),
    endings: world.account.autoScaling.endings.map(({ instanceId, ...ending }) => ({
      ...ending,
      server: servers.findIndex(({ instance }) => instance.id === instanceId),
    })),
    volumesLeft: servers.map(({ volume }) => world.account.compute.volumes.has(volume?.id ?? "")),
    refused: world.servers.api.calls
      .filter(({ outcome }) => outcome !== "Success")
      .map(({ action, outcome }) => `${action} ${outcome}`),
    lastWords: lastWords
      .split("\n")
      .filter((line) => /messages or notices are left|the server may go/.test(line))
      .join("\n"),
  };
}

/** Servers share this machine's kernel; a tree of control groups that they shared would break each other's services. */
async function areApart(one: BootedRelay, other: BootedRelay): Promise<boolean> {
  await one.run(["systemd-run", "--unit=alone", "sleep", "infinity"]);
  const groupsOf = async (server: BootedRelay) =>
    String((await server.run(["find", "/sys/fs/cgroup", "-name", "alone.service"])).stdout);
  const [own, others] = [await groupsOf(one), await groupsOf(other)];
  await one.run(["systemctl", "stop", "alone"]);
  return own !== "" && others === "";
}

/** It gives up after the shortest time that there is. */
function lastToGo(settings: RelaySettings): RelaySettings {
  return { ...settings, drain: { group: GROUP, hook: "drain", limitSeconds: 60 } };
}

/** The balancer's name and address; and a way for servers to port 25 of it, which the network closes to the internet. */
async function openBalancer(world: RelayWorld, balancer: Balancer): Promise<void> {
  await world.addAddress(BALANCER_ADDRESS);
  world.zones.create(BALANCER, [{ name: BALANCER, type: "A", value: BALANCER_ADDRESS }]);
  const rule = `iifname br0 ip daddr ${BALANCER_ADDRESS} tcp dport 25 accept`;
  await execa("nft", ["insert", "rule", "ip", "smarthost", "blocked", ...rule.split(" ")]);
  await balancer.listen();
}

/** Boots a server of the fleet, with what its user data and the end of its life need from the account. */
async function boot(world: RelayWorld, settings: RelaySettings): Promise<BootedRelay> {
  const { account } = world;
  // Servers of one fleet have one script; these two differ in their time limit, so each has a parameter of its own.
  const limit = settings.drain?.limitSeconds;
  const own: RelaySettings = {
    ...settings,
    credential: { source: "ssm", parameterName: `/smarthost/mail-${limit}/password`, region: account.region },
  };
  const parameters = drainParameters(own);
  if (parameters === undefined || own.credential?.source !== "ssm") throw new Error("no parameters");
  await world.setPassword(PASSWORD, own.credential.parameterName);
  for (const [name, value] of [
    [parameters.script.name, parameters.script.value],
    [parameters.balancer.name, BALANCER],
  ] as const) {
    await account.parameters.put(
      { name, value, type: "String", description: undefined, tags: {} },
      { overwrite: false },
    );
  }
  const { partition, region, id: accountId } = account;
  const names = [parameters.script.name, parameters.balancer.name];
  account.access.putRolePolicy(
    "relay",
    `drain-${limit}`,
    renderDrainPermissions({ partition, region, accountId, group: GROUP, parameters: names }),
  );
  return world.bootRelay(own, {
    onLaunched: async (instance) => {
      instance.targetLifecycleState = "InService";
    },
  });
}

/** Closes the way from a server to the smart host; the returned function opens it again. */
function cutOff(server: string, smartHost: string): Promise<() => Promise<void>> {
  const flow = `ip saddr ${server} ip daddr ${smartHost} tcp dport 587`;
  return addPacketRule("input", `${flow} reject with tcp reset`);
}

/** The letters of the run, and which of them a server took. */
class Letters {
  readonly #accepted: string[] = [];

  async send(subject: string, { address }: { address: string }): Promise<void> {
    const letter = letterOf(subject);
    const attempt = await handIn(letter, { address }, ADDRESS.application);
    if (!attempt.accepted) throw new Error(`"${subject}" was not taken at ${address}: ${attempt.answer}`);
    this.#accepted.push(itemOf(letter.id, RECIPIENT));
  }

  async over(client: Client, subject: string): Promise<{ accepted: boolean; answer: string }> {
    const letter = letterOf(subject);
    const { accepted, answer } = await client.send(letter);
    if (accepted) this.#accepted.push(itemOf(letter.id, RECIPIENT));
    return { accepted, answer };
  }

  balance(host: SmartHost, queued: string[]) {
    const taken = host.taken.flatMap(({ id, to }) => to.map((recipient) => itemOf(id, recipient)));
    return balance({ accepted: this.#accepted, taken, queued });
  }
}

function letterOf(subject: string): Letter {
  return { id: `<${subject.replaceAll(" ", "-")}@app.example.com>`, subject, to: [RECIPIENT] };
}

async function deferred(relay: BootedRelay): Promise<number> {
  return (await relay.queue()).filter(({ file }) => file.startsWith("deferred")).length;
}

async function takesMail({ address }: BootedRelay): Promise<boolean> {
  const attempt = await Client.connect({ address }, ADDRESS.application).catch(() => undefined);
  attempt?.close();
  return attempt !== undefined;
}

function goes({ volume }: BootedRelay): boolean {
  return volume?.attachment?.deleteOnTermination === true;
}

/** How many relays a message came by. */
function hops(text: string): number {
  return text.match(/^\s+by relay\.example\.com \(Postfix\)/gm)?.length ?? 0;
}

const range = (length: number) => Array.from({ length }, (_, index) => index);
