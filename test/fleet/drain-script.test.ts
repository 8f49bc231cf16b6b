import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { AWS_SESSION_FILE } from "../../components/postfix-relay/server/aws-session";
import { drainParameters } from "../../components/postfix-relay/server/drain";
import { relayFiles } from "../../components/postfix-relay/user-data";
import { renderDrainPermissions } from "../../components/postfix-relay-fleet/drain-permissions";
import { createAuthority } from "../../sandbox/pki";
import { settings } from "../postfix-relay/relay-settings";
import { type Moto, startMoto } from "./moto";

// The script by which a server of a fleet comes to its end, run by the machine's own shell with its own curl: against moto,
// which checks signatures and policies, and with substitutes for the metadata service and for Postfix's commands.

const REGION = "eu-central-1";
const GROUP = "smarthost-mail";
const drained = {
  ...settings,
  credential: { source: "ssm" as const, parameterName: "/mail/password", region: REGION },
  drain: { group: GROUP, hook: "drain", limitSeconds: 900 },
};
const BALANCER = "mail-nlb.elb.example.net";

/**
 * Substitutes. Postfix runs, where its volume is mounted, until it is stopped; every third flush delivers one deferred
 * message where the other servers take mail; each look at the clock is 20 seconds later; nobody sleeps.
 */
const COMMANDS: Record<string, string> = {
  postfix: 'echo "postfix $*" >> commands\ncase $1 in status) [ -e running ] ;; stop) rm running ;; esac',
  postconf: 'echo "postconf $*" >> commands',
  postqueue: `echo flush >> flushes
[ $(($(wc -l < flushes) % 3)) != 0 ] || [ -e nobody ] || rm -f "$(find queue/deferred -type f | head -n 1)"`,
  systemctl: '[ "$*" != "start postfix" ] || [ -e unmounted ] || : > running',
  mountpoint: "[ ! -e unmounted ]",
  ss: "",
  sleep: "",
  date: "echo tick >> clock\necho $(($(wc -l < clock) * 20))",
};

const roleSchema = z.object({
  Credentials: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string(), SessionToken: z.string() }),
});
const instancesSchema = z.object({ Instances: z.array(z.object({ InstanceId: z.string() })).length(1) });
const mapping = z.object({ DeviceName: z.string(), Ebs: z.object({ DeleteOnTermination: z.boolean() }) });
const describedSchema = z.object({
  Reservations: z
    .array(z.object({ Instances: z.array(z.object({ BlockDeviceMappings: z.array(mapping) })).length(1) }))
    .length(1),
});

let moto: Moto;
let tls: Server;
let authority: string;
let folder: string;

beforeAll(async () => {
  moto = await startMoto();
  const ca = await createAuthority();
  authority = ca.ca;
  const hosts = ["autoscaling", "ec2", "ssm"].map((service) => `${service}.${REGION}.amazonaws.com`);
  // TLS ends here, as it ends in front of AWS's servers.
  tls = createTlsServer(await ca.issue(hosts), (socket) => {
    const upstream = connect(moto.port, "127.0.0.1");
    socket.on("error", () => upstream.destroy());
    upstream.on("error", () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await listening(tls);
}, 900_000);

afterAll(async () => {
  tls?.close();
  await moto?.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "drain-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The actions that the fleet's own policy allows, on every resource: moto knows no other. */
function policy(without?: string): string {
  const own = renderDrainPermissions({
    ...{ partition: "aws", region: REGION, accountId: "123456789012", group: GROUP },
    parameters: ["/p"],
  });
  const statements = z
    .object({ Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]) })) })
    .parse(JSON.parse(own)).Statement;
  const actions = statements.flatMap(({ Action }) => Action).filter((action) => action !== without);
  const statement = { Effect: "Allow", Action: actions, Resource: "*" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

interface Run {
  log: string;
  commands: string;
  /** Whether the queue volume goes with the server. */
  volumeGoes: boolean;
}

let runs = 0;

interface RunOptions {
  /** So many messages are in the queue. */
  deferred: number;
  /** cleanup(8) was killed while it wrote a message. */
  unfinished?: boolean;
  /** A notice to the operator was kept. */
  notice?: boolean;
  nobody?: boolean;
  /** Postfix is not up yet, as in the first seconds after a restart of the server. */
  restarted?: boolean;
  /** The volume is not mounted, and what is in its place is empty. */
  unmounted?: boolean;
  without?: string;
  spoil?: boolean;
}

/** Runs the script on a server in this state. */
async function run(options: RunOptions): Promise<Run> {
  runs += 1;
  const role = `relay-${runs}`;
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const disk = { DeviceName: "/dev/sdf", Ebs: { VolumeSize: 8, DeleteOnTermination: false } };
  const parameters = drainParameters(drained);
  const [, , assumed, launched] = await moto.unchecked([
    ["iam", "create_role", { RoleName: role, AssumeRolePolicyDocument: JSON.stringify(trust) }],
    [
      "iam",
      "put_role_policy",
      { RoleName: role, PolicyName: "drain", PolicyDocument: policy(options.without) },
    ],
    [
      "sts",
      "assume_role",
      { RoleArn: `arn:aws:iam::123456789012:role/${role}`, RoleSessionName: "i-0relay" },
    ],
    [
      "ec2",
      "run_instances",
      { ImageId: "ami-12c6146b", MinCount: 1, MaxCount: 1, BlockDeviceMappings: [disk] },
    ],
    [
      "ssm",
      "put_parameter",
      { Name: parameters?.balancer.name, Value: BALANCER, Type: "String", Overwrite: true },
    ],
  ]);
  const { Credentials: keys } = roleSchema.parse(assumed);
  const [instance] = instancesSchema.parse(launched).Instances;
  const id = instance?.InstanceId ?? "";
  await moto.check();

  const secret = options.spoil ? `${keys.SecretAccessKey}x` : keys.SecretAccessKey;
  const imds = createHttpServer((request, response) => {
    const answers: Record<string, string> = {
      "/latest/api/token": "token",
      "/latest/meta-data/instance-id": id,
      "/latest/meta-data/autoscaling/target-lifecycle-state": "Terminated",
      "/latest/meta-data/iam/security-credentials/": "relay",
      "/latest/meta-data/iam/security-credentials/relay": JSON.stringify({
        ...{ AccessKeyId: keys.AccessKeyId, SecretAccessKey: secret, Token: keys.SessionToken },
      }),
    };
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  const imdsPort = await listening(imds);
  try {
    await prepare(options, imdsPort);
    const { all } = await execa("sh", ["-eu"], {
      input: script(),
      cwd: folder,
      all: true,
      env: { PATH: `${join(folder, "bin")}:${process.env.PATH}`, CURL_HOME: folder },
      extendEnv: true,
      reject: false,
    });
    const [described] = await moto.unchecked([["ec2", "describe_instances", { InstanceIds: [id] }]]);
    const mappings = describedSchema
      .parse(described)
      .Reservations.flatMap(({ Instances }) => Instances)
      .flatMap(({ BlockDeviceMappings }) => BlockDeviceMappings);
    return {
      log: all,
      commands: await readFile(join(folder, "commands"), "utf8"),
      volumeGoes: mappings.find((each) => each.DeviceName === "/dev/sdf")?.Ebs.DeleteOnTermination === true,
    };
  } finally {
    imds.close();
  }
}

/** The server's files below the test's folder, and a curl that finds the substitutes. */
async function prepare(options: RunOptions, imdsPort: number) {
  const { deferred, unfinished, notice, nobody, restarted, unmounted } = options;
  const session = relayFiles(drained).find(({ path }) => path === AWS_SESSION_FILE)?.content ?? "";
  const files: Record<string, string> = {
    "aws.sh": session,
    "ca.pem": authority,
    commands: "",
    ".curlrc": [
      `cacert = ${join(folder, "ca.pem")}`,
      `connect-to = "169.254.169.254:80:127.0.0.1:${imdsPort}"`,
      `connect-to = "::127.0.0.1:${portOf(tls)}"`,
    ].join("\n"),
    ...(nobody && { nobody: "" }),
    ...(unmounted && { unmounted: "" }),
    ...(!restarted && !unmounted && { running: "" }),
  };
  for (const [name, text] of Object.entries(COMMANDS)) {
    files[`bin/${name}`] = `#!/bin/sh\ncd ${folder}\n${text}\n`;
  }
  for (let message = 1; message <= deferred; message += 1) files[`queue/deferred/${message}`] = "mail";
  const queues = ["maildrop", "incoming", "active", "deferred", "hold", "corrupt", "notices"];
  await Promise.all(queues.map((each) => mkdir(join(folder, "queue", each), { recursive: true })));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
    if (name.startsWith("bin/")) await chmod(join(folder, name), 0o755);
  }
  const mode600 = [...(unfinished ? ["incoming/1"] : []), ...(notice ? ["notices/1"] : [])];
  for (const name of mode600) await writeFile(join(folder, "queue", name), "mail", { mode: 0o600 });
}

/** The script with its paths moved to the test's folder. */
function script(): string {
  const text = `. ${AWS_SESSION_FILE}\n${drainParameters(drained)?.script.value}`;
  return (
    text
      .replaceAll(AWS_SESSION_FILE, join(folder, "aws.sh"))
      .replaceAll("/var/lib/smarthost", folder)
      .replaceAll("/var/spool/postfix", join(folder, "queue"))
      // moto never lets the server go, so it does not matter how often it asks.
      .replace("$tries -lt 30", "$tries -lt 2")
  );
}

describe("a server of a fleet that is to go, with AWS's side played by moto", () => {
  test("takes its volume with it when its queue is empty, and hands nothing over", async () => {
    const { log, commands, volumeGoes } = await run({ deferred: 0 });
    expect(commands).toMatch(
      /^postconf smtpd_delay_reject=no smtpd_client_restrictions=.*421 .*\npostfix status\npostfix reload\n/m,
    );
    expect(commands).not.toContain("handover");
    expect(log).toContain("the queue is empty: its volume goes with the server");
    expect(volumeGoes).toBe(true);
  });

  test("hands over what is deferred, by the name from the parameter, and says meanwhile that it is at it", async () => {
    const { log, commands, volumeGoes } = await run({ deferred: 4 });
    expect(commands).toContain(`relayhost=[${BALANCER}]:25 default_transport=handover`);
    // The metrics take postfix/smtp for the smart host's.
    expect(commands).toMatch(/^postconf -M handover\/unix=.* smtp -o syslog_name=postfix\/handover /m);
    expect(log).toContain(`4 messages go to the other servers, by ${BALANCER}`);
    expect(moto.log()).toContain("The record_lifecycle_action_heartbeat action has not been implemented");
    expect(volumeGoes).toBe(true);
  });

  test("signs its word that it is done, which moto takes for signed and allowed, and does not have", async () => {
    const { log } = await run({ deferred: 0 });
    expect(moto.log()).toContain("The complete_lifecycle_action action has not been implemented");
    expect(log).not.toMatch(/AccessDenied|AuthFailure|Signature/);
  });

  test("leaves its volume when nobody takes its mail, at the end of its time", async () => {
    const { log, volumeGoes } = await run({ deferred: 2, nobody: true });
    expect(log).toContain("2 messages or notices are left: their volume stays when the server goes");
    expect(volumeGoes).toBe(false);
  });

  test("does not wait for what cleanup(8) had not accepted when it was killed", async () => {
    const { log, volumeGoes } = await run({ deferred: 1, unfinished: true });
    expect(log).toContain(`1 messages go to the other servers, by ${BALANCER}`);
    expect(volumeGoes).toBe(true);
  });

  test("leaves its volume when a notice is in it, which has the mode of a message that is not accepted", async () => {
    const { log, volumeGoes } = await run({ deferred: 0, notice: true });
    expect(log).toContain("1 messages or notices are left: their volume stays when the server goes");
    expect(volumeGoes).toBe(false);
  });

  test("hands over what is in the queue after a restart, when Postfix does not run yet", async () => {
    const { log, volumeGoes } = await run({ deferred: 2, restarted: true });
    expect(log).toContain(`2 messages go to the other servers, by ${BALANCER}`);
    expect(volumeGoes).toBe(true);
  });

  test("leaves its volume when it is not mounted, whatever is in its place", async () => {
    const { log, volumeGoes } = await run({ deferred: 0, unmounted: true });
    expect(log).toContain("the queue cannot be read: its volume stays when the server goes");
    expect(volumeGoes).toBe(false);
  });

  test.each([
    ["autoscaling:CompleteLifecycleAction", "autoscaling"],
    ["ec2:ModifyInstanceAttribute", "ec2"],
  ])("is refused by moto without the right to %s", async (without, service) => {
    const { log, volumeGoes } = await run({ deferred: 0, without });
    expect(log).toMatch(new RegExp(`^${service}: .*not authorized to perform: ${without}`, "ms"));
    expect(volumeGoes).toBe(service !== "ec2");
  });

  test("is refused by moto with another's key", async () => {
    const { log, volumeGoes } = await run({ deferred: 0, spoil: true });
    expect(log).toContain("SignatureDoesNotMatch");
    expect(volumeGoes).toBe(false);
  });
});

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve(portOf(server)));
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return address.port;
}
