import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { createTransport } from "nodemailer";
import { renderPermissions } from "../../components/postfix-relay/aws/permissions";
import { masterServices } from "../../components/postfix-relay/postfix/master-cf";
import { metricsParameter } from "../../components/postfix-relay/server/metrics";
import { READY_FILE } from "../../components/postfix-relay/server/setup";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { relayFiles, renderUserData } from "../../components/postfix-relay/user-data";
import { AwsAccount } from "../../sandbox/aws/account";
import type { Instance } from "../../sandbox/aws/compute";
import { startDns, Zones } from "../../sandbox/dns";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { runFolder } from "../../sandbox/machine/leftovers";
import { currentNetwork, type Network } from "../../sandbox/machine/network";
import { Servers } from "../../sandbox/machine/servers";
import { createVolume } from "../../sandbox/machine/volume";
import { createAuthority } from "../../sandbox/pki";
import { type Received, SmartHost } from "./smart-host";

const SMART_HOST = "smtp.sendgrid.net";
const FIRST_PASSWORD = "SG.first-password.in-the-sandbox";
const SECOND_PASSWORD = "SG.second-password.in-the-sandbox";
const PARAMETER = "/smarthost/mail/password";

/** What was seen; the tests say what it ought to be. */
export type Facts = Awaited<ReturnType<typeof relayScenario>>;

/**
 * The life of a relay on real servers: boot, mail, refusals and a replacement with mail in the
 * queue, a new password. It runs inside the sandbox's network and takes about a minute and a half.
 */
export async function relayScenario(
  debian: 12 | 13,
  mirrors: [host: string, addresses: string[]][],
  say: (line: string) => void,
) {
  const network = currentNetwork();
  if (network === undefined) {
    throw new Error("Run this inside the sandbox's network.");
  }
  const timings: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = Date.now();
    const result = await work();
    timings[name] = (Date.now() - start) / 1_000;
    say(`${name}: ${timings[name]?.toFixed(1)} s`);
    return result;
  };

  const authority = await createAuthority();
  const zones = new Zones();
  for (const [host, addresses] of mirrors) {
    zones.create(
      host,
      addresses.map((value) => ({ name: host, type: "A" as const, value })),
    );
  }
  zones.create("sendgrid.net", [{ name: SMART_HOST, type: "A", value: ADDRESS.smartHost }]);
  const endpoint = "ssm.eu-central-1.amazonaws.com";
  const monitoring = "monitoring.eu-central-1.amazonaws.com";
  zones.create(
    "amazonaws.com",
    [endpoint, monitoring].map((name) => ({ name, type: "A" as const, value: ADDRESS.awsApi })),
  );
  const dns = await startDns({ zones, listen: [{ address: ADDRESS.dns, port: 53 }] });
  const servers = new Servers({
    network,
    authority: authority.ca,
    certificate: await authority.issue([endpoint, monitoring]),
    onProgress: say,
  });
  const account = new AwsAccount(servers);
  await servers.start(account);
  const smartHost = new SmartHost(authority, SMART_HOST, FIRST_PASSWORD);
  await smartHost.open();

  try {
    const settings = relaySettings(debian, account.region);
    const userData = renderUserData(settings);
    const collector = metricsParameter(settings) ?? missing("the settings ask for no metrics");
    await account.parameters.put(
      { ...parameter(collector.value), name: collector.name, type: "String" },
      { overwrite: false },
    );
    await makeRole(account, collector.name);
    const volume = account.compute.createVolume({
      zone: "eu-central-1c",
      size: 1,
      type: "gp3",
      encrypted: true,
      iops: 3000,
      throughput: 125,
      tags: {},
    });

    // The volume comes late and the password later: the server waits for the one and keeps mail for the other.
    const first = await timed("first boot until it waits for its volume", async () => {
      const instance = await launch(account, debian, userData);
      await until(
        async () => (await consoleOf(servers, instance)).includes("waiting for the queue volume"),
        120,
      );
      return instance;
    });
    const openWithoutVolume = await opens(first.privateIp, 25);
    await timed("from the volume to ready", async () => {
      await account.compute.attach(volume.id, first.id, "/dev/sdf");
      await servers.machine(first.id).waitForFile(READY_FILE, 120_000, say);
    });

    const early = await send(first, "before there is a password");
    await until(async () => (await queue(servers, first)).length === 1, 20);
    const receivedBeforePassword = smartHost.received.length;
    await account.parameters.put(parameter(FIRST_PASSWORD), { overwrite: false });
    await timed("from the password to delivery", () => arrives(smartHost, "before there is a password"));

    const onSubmissionPort = await send(first, "by the submission port", { port: 587, requireTLS: true });
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
    for (const [host] of mirrors) {
      zones.zone(host).set(host, "A", [{ value: ADDRESS.awsApi, ttl: 1 }]);
    }
    const second = await launch(account, debian, `${userData}# changed\n`);

    smartHost.password = SECOND_PASSWORD;
    // A connection that was authenticated before stays so; a new one is not.
    await servers.machine(first.id).run(["postfix", "reload"]);
    await send(first, "with the old password");
    await until(async () => (await queue(servers, first))[0]?.includes('"deferred"') ?? false, 20);
    const refusedLogins = smartHost.refusedLogins;
    await account.parameters.put(parameter(SECOND_PASSWORD), { overwrite: true });
    // More than once: a request takes a moment, and the list of processes on a busy machine longer.
    const processes = await whileSamplingProcesses(servers, first, [
      ...["sh", "-c", "for _ in 1 2 3 4 5; do systemctl start smarthost-credential; done"],
    ]);
    await arrives(smartHost, "with the old password");

    await until(async () => (await consoleOf(servers, second)).includes("FAILED: downloading packages"), 60);
    for (const [host, addresses] of mirrors) {
      zones.zone(host).set(
        host,
        "A",
        addresses.map((value) => ({ value, ttl: 1 })),
      );
    }
    await until(async () => (await consoleOf(servers, second)).includes("waiting for the queue volume"), 90);
    const foreign = await refusesForeignVolume(servers, second, network);

    await smartHost.close();
    await send(first, "in the queue of the old server");
    await until(async () => (await queue(servers, first)).length === 1, 20);
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
      received: smartHost.received,
      postfixErrors: String(journal.stdout)
        .split("\n")
        .filter((line) => /(fatal|panic|error): |unused parameter|undefined parameter/.test(line)),
      postconfWarnings: String(main.stderr),
      failedUnits: String(failed.stdout)
        .split("\n")
        .flatMap((line) => line.split(" ")[0] || []),
      placesWithSecret: Object.entries(places)
        .filter(([, text]) => [FIRST_PASSWORD, SECOND_PASSWORD].some((secret) => text.includes(secret)))
        .map(([place]) => place),
      curlSeen: processes.includes("--aws-sigv4"),
      apiCalls: servers.api.calls,
      metricsExit: sent.exitCode,
      metricsTimer: String(timer.stdout).trim(),
      metrics: servers.api.metrics,
    };
  } finally {
    await smartHost.close();
    await servers.stop();
    await dns.close();
  }
}

function relaySettings(debian: 12 | 13, region: string): RelaySettings {
  return {
    hostName: "relay.example.com",
    clients: ["10.77.0.0/26"],
    smartHost: {
      name: "SendGrid",
      host: SMART_HOST,
      port: 587,
      tls: "starttls",
      user: "apikey",
      maxMessageBytes: 31_457_280,
      maxMessagesPerConnection: 5_000,
    },
    credential: { source: "ssm", parameterName: PARAMETER, region },
    debian,
    bounceAddress: "postmaster@example.com",
    metrics: true,
  };
}

function missing(what: string): never {
  throw new Error(what);
}

async function makeRole(account: AwsAccount, metricsParameterName: string): Promise<void> {
  const version = "2012-10-17";
  account.access.createRole({
    name: "relay",
    path: "/",
    description: undefined,
    maxSessionDuration: 3600,
    assumeRolePolicy: JSON.stringify({
      Version: version,
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
    tags: {},
  });
  const { region, id: accountId } = account;
  const permissions = {
    partition: "aws",
    region,
    accountId,
    secretParameters: [PARAMETER],
    scriptParameters: [metricsParameterName],
    metrics: true,
  };
  account.access.putRolePolicy("relay", "password", renderPermissions(permissions));
  account.access.createProfile({ name: "relay", path: "/", role: "relay", tags: {} });
}

function parameter(value: string) {
  return { name: PARAMETER, type: "SecureString" as const, value, description: undefined, tags: {} };
}

async function launch(account: AwsAccount, debian: 12 | 13, userData: string): Promise<Instance> {
  const image = account.images.find(({ name }) => name.startsWith(`debian-${debian}-arm64`));
  const subnet = account.subnets.find(({ zone }) => zone === "eu-central-1c");
  if (image === undefined || subnet === undefined) {
    throw new Error(`The account has no image of Debian ${debian}, or no subnet.`);
  }
  const metadata = { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 };
  return account.compute.launch({
    image,
    subnet,
    metadata,
    userData,
    instanceType: "t4g.nano",
    publicAddress: true,
    securityGroupIds: [],
    profile: "relay",
    tags: {},
  });
}

interface Attempt {
  accepted: boolean;
  answer: string;
}

async function send(
  to: Instance,
  subject: string,
  options: { port?: number; requireTLS?: boolean; localAddress?: string; from?: string } = {},
): Promise<Attempt> {
  const {
    port = 25,
    requireTLS = false,
    localAddress = ADDRESS.application,
    from = "app@example.com",
  } = options;
  const transport = createTransport({
    host: to.privateIp,
    port,
    requireTLS,
    localAddress,
    name: "app.example.com",
    // The relay's certificate is made by itself at boot.
    tls: { rejectUnauthorized: false },
  });
  try {
    const { response } = await transport.sendMail({
      from: "app@example.com",
      to: "someone@example.net",
      envelope: { from, to: "someone@example.net" },
      subject,
      text: "Hello",
    });
    return { accepted: true, answer: response };
  } catch (error) {
    return { accepted: false, answer: String(error) };
  } finally {
    transport.close();
  }
}

/** Attaches a disk with someone else's data, and tells what became of it. */
async function refusesForeignVolume(servers: Servers, { id }: Instance, network: Network) {
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
  await until(async () => (await consoleOf(servers, { id })).includes("label 'photographs'"), 20);
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
  await until(async () => {
    notice = String((await machine.run(["sh", "-c", "cat /var/spool/postfix/notices/new/*"])).stdout);
    return notice.includes("does not match a verified Sender Identity");
  }, 20);
  return { tls, user, notice };
}

/** Many messages at once, and over how many connections they went on. */
async function burstOf(to: Instance, smartHost: SmartHost, count: number) {
  const start = smartHost.received.length;
  const transport = createTransport({
    host: to.privateIp,
    port: 25,
    pool: true,
    maxConnections: 5,
    localAddress: ADDRESS.application,
    ignoreTLS: true,
  });
  const message = { from: "app@example.com", to: "someone@example.net", subject: "burst", text: "Hello" };
  await Promise.all(Array.from({ length: count }, () => transport.sendMail(message)));
  transport.close();
  await until(async () => smartHost.received.length >= start + count, 60);
  const connections = new Set(smartHost.received.slice(start).map(({ connection }) => connection));
  return { delivered: smartHost.received.length - start, connections: connections.size };
}

async function arrives(smartHost: SmartHost, subject: string | RegExp): Promise<Received> {
  const find = () =>
    smartHost.received.find((message) =>
      typeof subject === "string" ? message.subject === subject : subject.test(message.subject),
    );
  await until(async () => find() !== undefined, 90);
  const message = find();
  if (message === undefined) {
    throw new Error(`No message ${subject}`);
  }
  return message;
}

async function queue(servers: Servers, { id }: Instance): Promise<string[]> {
  const { stdout } = await servers.machine(id).run(["postqueue", "-j"]);
  return String(stdout).split("\n").filter(Boolean);
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

async function opens(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: 1_000 });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

async function until(holds: () => Promise<boolean>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`Still not so after ${seconds} s: ${holds}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
