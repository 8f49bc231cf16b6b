import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { renderPermissions } from "../../components/postfix-relay/aws/permissions";
import { masterServices } from "../../components/postfix-relay/postfix/master-cf";
import { metricsParameter } from "../../components/postfix-relay/server/metrics";
import { READY_FILE } from "../../components/postfix-relay/server/setup";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { relayFiles, renderUserData } from "../../components/postfix-relay/user-data";
import type { AwsAccount } from "../../sandbox/aws/account";
import type { Instance } from "../../sandbox/aws/compute";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { runFolder } from "../../sandbox/machine/leftovers";
import { currentNetwork } from "../../sandbox/machine/network";
import type { Servers } from "../../sandbox/machine/servers";
import { createVolume } from "../../sandbox/machine/volume";
import { until } from "../../sandbox/until";
import { usualSettings } from "../boot/booted-relay";
import { type Attempt, Client, type ClientOptions, contentOf, handIn, SENDER } from "../boot/client";
import { blankVolume, launchServer } from "../boot/launch";
import { PASSWORD, SMART_HOST } from "../boot/names";
import type { MirrorHosts } from "../boot/network-run";
import { opens } from "../boot/opens";
import { type RelayWorld, startRelayWorld } from "../boot/relay-world";
import type { SmartHost, TakenMessage } from "../boot/smart-host";

const SECOND_PASSWORD = "SG.second-password.in-the-network";
/** It has no password at first. */
const PARAMETER = "/smarthost/late/password";

/** What was seen; the tests say what it ought to be. */
export type Facts = Awaited<ReturnType<typeof relayScenario>>;

/**
 * The life of a relay on real servers: boot, mail, refusals and a replacement with mail in the
 * queue, a new password. It runs inside the sandbox's network and takes about a minute and a half.
 */
export async function relayScenario(debian: 12 | 13, mirrors: MirrorHosts, say: (line: string) => void) {
  const world = await startRelayWorld({ debian, mirrors, say });
  try {
    return await life(world, mirrors, say);
  } finally {
    await world.close();
  }
}

async function life(world: RelayWorld, mirrors: MirrorHosts, say: (line: string) => void) {
  const { account, servers, debian, zones } = world;
  const timings: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = Date.now();
    const result = await work();
    timings[name] = (Date.now() - start) / 1_000;
    say(`${name}: ${timings[name]?.toFixed(1)} s`);
    return result;
  };
  const setMirrors = (addressesOf: (own: string[]) => string[]) => {
    for (const [host, own] of mirrors) {
      zones.zone(host).set(
        host,
        "A",
        addressesOf(own).map((value) => ({ value, ttl: 1 })),
      );
    }
  };
  const smartHost = await world.addSmartHost({ name: SMART_HOST, starttls: [25, 587] });
  smartHost.decide = ({ subject }) =>
    subject.startsWith("refuse")
      ? { code: 550, text: "The from address does not match a verified Sender Identity" }
      : "take";
  await smartHost.open();

  const settings: RelaySettings = {
    ...usualSettings(debian),
    credential: { source: "ssm", parameterName: PARAMETER, region: account.region },
    metrics: true,
  };
  const userData = renderUserData(settings);
  const collector = metricsParameter(settings) ?? missing("the settings ask for no metrics");
  const script = { ...collector, type: "String" as const, description: undefined, tags: {} };
  await account.parameters.put(script, { overwrite: false });
  grantOnlyWhatIsNeeded(account, collector.name);
  const volume = blankVolume(account);

  // The volume comes late and the password later: the server waits for the one and keeps mail for the other.
  const first = await timed("first boot until it waits for its volume", async () => {
    const instance = await launchServer(account, debian, userData, "relay");
    await says(servers, instance, "waiting for the queue volume", 120);
    return instance;
  });
  const openWithoutVolume = await opens(first.privateIp, 25, ADDRESS.application);
  await timed("from the volume to ready", async () => {
    await account.compute.attach(volume.id, first.id, "/dev/sdf");
    await servers.machine(first.id).waitForFile(READY_FILE, 120_000, say);
  });

  const early = await send(first, "before there is a password");
  await until("it waits in the queue", async () => (await queue(servers, first)).length === 1, 20);
  const receivedBeforePassword = smartHost.taken.length;
  await world.setPassword(PASSWORD, PARAMETER);
  await timed("from the password to delivery", () => arrives(smartHost, "before there is a password"));

  const onSubmissionPort = await send(first, "by the submission port", { port: 587 });
  await arrives(smartHost, "by the submission port");

  const stranger = await send(first, "from a stranger", { localAddress: ADDRESS.stranger });
  const blocked = await servers
    .machine(first.id)
    .run(["timeout", "2", "bash", "-c", `</dev/tcp/${ADDRESS.smartHost}/25`]);

  await send(first, "refuse this");
  await arrives(smartHost, /Postmaster Copy: Undelivered Mail/);
  const withoutSender = await send(first, "without a sender", { from: "" });
  const burst = await burstOf(first, smartHost, 60);

  // The package mirror is down while the new server boots; it comes back later.
  setMirrors(() => [ADDRESS.awsApi]);
  const second = await launchServer(account, debian, `${userData}# changed\n`, "relay");

  smartHost.passwords = new Set([SECOND_PASSWORD]);
  // A connection that was authenticated before stays so; a new one is not.
  await servers.machine(first.id).run(["postfix", "reload"]);
  await send(first, "with the old password");
  await until(
    "it is deferred",
    async () => (await queue(servers, first))[0]?.includes('"deferred"') ?? false,
    20,
  );
  const refusedLogins = smartHost.logins.filter(({ accepted }) => !accepted).length;
  await world.setPassword(SECOND_PASSWORD, PARAMETER);
  // More than once: a request takes a moment, and the list of processes on a busy machine longer.
  const processes = await whileSamplingProcesses(servers, first, [
    ...["sh", "-c", "for _ in 1 2 3 4 5; do systemctl start smarthost-credential; done"],
  ]);
  await arrives(smartHost, "with the old password");

  await says(servers, second, "FAILED: downloading packages", 60);
  setMirrors((own) => own);
  await says(servers, second, "waiting for the queue volume", 90);
  const foreign = await refusesForeignVolume(servers, second);

  await smartHost.close();
  await send(first, "in the queue of the old server");
  await until("it waits in the queue", async () => (await queue(servers, first)).length === 1, 20);
  await timed("replacement, from the old server's stop until the new one is ready", async () => {
    await account.compute.stop(first.id);
    await account.compute.detach(volume.id, first.id);
    account.compute.changeVolume(volume.id, { size: 2 });
    await account.compute.attach(volume.id, second.id, "/dev/sdf");
    await servers.machine(second.id).waitForFile(READY_FILE, 120_000, say);
  });
  await smartHost.open();
  await timed("delivery by the new server", () => arrives(smartHost, "in the queue of the old server"));

  const size = await servers.machine(second.id).run(["stat", "-f", "-c", "%S %b", "/var/spool/postfix"]);
  const [blockSize = 0, blocks = 0] = String(size.stdout).split(" ").map(Number);

  const overWrapper = await onPort465(servers, second, smartHost, settings);

  const sent = await servers.machine(second.id).run(["systemctl", "start", "smarthost-metrics"]);
  const timer = await servers.machine(second.id).run(["systemctl", "is-active", "smarthost-metrics.timer"]);
  const journal = await servers.machine(second.id).run(["journalctl", "--no-pager", "-o", "cat"]);
  const main = await servers.machine(second.id).run(["postconf", "-n"]);
  const failed = await servers.machine(second.id).run(["systemctl", "--failed", "--no-legend", "--plain"]);
  const places = {
    "user data": userData,
    "process list": processes,
    journal: String(journal.stdout),
    console: (await consoleOf(servers, first)) + (await consoleOf(servers, second)),
    "main.cf": String(main.stdout),
  };
  return {
    timings,
    openWithoutVolume,
    early,
    receivedBeforePassword,
    onSubmissionPort,
    stranger,
    portBlocked: blocked.exitCode === 124,
    withoutSender,
    burst,
    refusedLogins,
    foreign,
    failure: /FAILED: [^\r\n]*/.exec(await consoleOf(servers, second))?.[0],
    overWrapper,
    queueBytes: blockSize * blocks,
    received: smartHost.taken,
    postfixErrors: String(journal.stdout)
      .split("\n")
      .filter((line) => /(fatal|panic|error): |unused parameter|undefined parameter/.test(line)),
    postconfWarnings: String(main.stderr),
    failedUnits: String(failed.stdout)
      .split("\n")
      .flatMap((line) => line.split(" ")[0] || []),
    placesWithSecret: Object.entries(places)
      .filter(([, text]) => [PASSWORD, SECOND_PASSWORD].some((secret) => text.includes(secret)))
      .map(([place]) => place),
    curlSeen: processes.includes("--aws-sigv4"),
    apiCalls: servers.api.calls,
    metricsExit: sent.exitCode,
    metricsTimer: String(timer.stdout).trim(),
    metrics: servers.api.metrics,
  };
}

function missing(what: string): never {
  throw new Error(what);
}

/** In place of the world's policy: the component's own. */
function grantOnlyWhatIsNeeded({ access, region, id }: AwsAccount, metricsParameterName: string): void {
  const permissions = {
    partition: "aws",
    region,
    accountId: id,
    secretParameters: [PARAMETER],
    scriptParameters: [metricsParameterName],
    metrics: true,
  };
  access.putRolePolicy("relay", "passwords", renderPermissions(permissions));
}

/** Hands in one message, encrypted; the burst goes in clear text. */
async function send(
  to: Instance,
  subject: string,
  {
    from = SENDER,
    localAddress = ADDRESS.application,
    ...options
  }: { from?: string } & Partial<ClientOptions> = {},
): Promise<Attempt> {
  const letter = { id: `<${randomUUID()}@app.example.com>`, subject };
  const content = contentOf(letter);
  return handIn(
    { ...letter, from, content },
    { address: to.privateIp, tls: "starttls", ...options },
    localAddress,
  );
}

/** Attaches a disk with someone else's data, and tells what became of it. */
async function refusesForeignVolume(servers: Servers, { id }: Instance) {
  const network = currentNetwork() ?? missing("this runs outside of a network");
  const volume = { id: "vol-0f0e1", file: join(runFolder(network.name), "foreign") };
  await createVolume(volume, 2 ** 26);
  await execa("mkfs.ext4", ["-q", "-L", "photographs", volume.file]);
  const digest = async () =>
    createHash("sha256")
      .update(await readFile(volume.file))
      .digest("hex");
  const before = await digest();
  const machine = servers.machine(id);
  await machine.attachVolume(volume);
  await says(servers, { id }, "label 'photographs'", 20);
  await machine.detachVolume(volume.id);
  return {
    said: /\S+ is not blank[^\r\n]*/.exec(await consoleOf(servers, { id }))?.[0],
    untouched: (await digest()) === before,
  };
}

/**
 * Gives a running relay the files of other settings (TLS from the first byte on port 465, no bounce address),
 * sends a message and one that is refused, and tells how they went.
 */
async function onPort465(servers: Servers, instance: Instance, smartHost: SmartHost, present: RelaySettings) {
  const machine = servers.machine(instance.id);
  const settings: RelaySettings = {
    ...present,
    bounceAddress: undefined,
    smartHost: { ...present.smartHost, port: 465, tls: "wrapper" },
  };
  for (const { path, content } of relayFiles(settings)) {
    await machine.run(["sh", "-c", 'cat > "$1"', "sh", path], content);
  }
  for (const { key, line } of masterServices(settings)) {
    await machine.run(["postconf", "-M", `${key}=${line}`]);
  }
  await machine.run(["postfix", "reload"]);
  await machine.run(["systemctl", "start", "smarthost-credential"]);
  await send(instance, "on port 465");
  const { tls, user } = await arrives(smartHost, "on port 465");
  await send(instance, "refuse on port 465");
  let notice = "";
  await until(
    "the notice is kept",
    async () => {
      notice = String((await machine.run(["sh", "-c", "cat /var/spool/postfix/notices/new/*"])).stdout);
      return notice.includes("does not match a verified Sender Identity");
    },
    20,
  );
  return { tls, user, notice };
}

/** Many messages at once, over five connections of the client; and over how many of the relay's they went on. */
async function burstOf(to: Instance, smartHost: SmartHost, count: number) {
  const start = smartHost.taken.length;
  await Promise.all(
    Array.from({ length: 5 }, async (_, client) => {
      const connection = await Client.connect({ address: to.privateIp }, ADDRESS.application);
      for (let index = client; index < count; index += 5) {
        await connection.send({ id: `<burst-${index}@app.example.com>`, subject: "burst" });
      }
      connection.close();
    }),
  );
  await until("the burst is delivered", () => smartHost.taken.length >= start + count, 60);
  const connections = new Set(smartHost.taken.slice(start).map(({ connection }) => connection));
  return { delivered: smartHost.taken.length - start, connections: connections.size };
}

async function arrives(smartHost: SmartHost, subject: string | RegExp): Promise<TakenMessage> {
  const find = () =>
    smartHost.taken.find((message) =>
      typeof subject === "string" ? message.subject === subject : subject.test(message.subject),
    );
  await until(`${subject} arrives`, () => find() !== undefined, 90);
  return find() ?? missing(`there is no message ${subject}`);
}

async function queue(servers: Servers, { id }: Instance): Promise<string[]> {
  const { stdout } = await servers.machine(id).run(["postqueue", "-j"]);
  return String(stdout).split("\n").filter(Boolean);
}

async function says(
  servers: Servers,
  instance: { id: string },
  text: string,
  seconds: number,
): Promise<void> {
  const what = `the console says "${text}"`;
  await until(what, async () => (await consoleOf(servers, instance)).includes(text), seconds);
}

async function consoleOf(servers: Servers, { id }: { id: string }): Promise<string> {
  return readFile(servers.machine(id).consoleLog, "utf8");
}

/** Runs a command, and lists the server's processes with their arguments over and over until it has ended. */
async function whileSamplingProcesses(
  servers: Servers,
  { id }: Instance,
  command: string[],
): Promise<string> {
  const script = `"$@" & while kill -0 $! 2>/dev/null; do ps -eo args; done`;
  const { stdout } = await servers.machine(id).run(["sh", "-c", script, "sh", ...command]);
  return String(stdout);
}
