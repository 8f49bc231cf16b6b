import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BOUNCE_REFUSAL } from "../../components/postfix-relay/postfix/routes";
import { AWS_SESSION_FILE } from "../../components/postfix-relay/server/aws-session";
import {
  METRICS,
  METRICS_TIMER,
  metricsFaults,
  metricsFiles,
  metricsParameter,
} from "../../components/postfix-relay/server/metrics";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { relayFiles, renderUserData } from "../../components/postfix-relay/user-data";
import type { Principal } from "../../sandbox/aws";
import { verifySignature } from "../../sandbox/machine/signature";
import { unpackedPackages } from "../mail-dns/debian-packages";
import { settings as plain } from "./relay-settings";

// The scripts run in plain sh with the machine's curl, jq and awk; Postfix, the journal and df are stand-ins that print
// samples, and the metadata service, SSM and CloudWatch are one server on loopback.

const settings: RelaySettings = { ...plain, metrics: true };
const parameter = metricsParameter(settings);
const collector = parameter?.value ?? "";
const launcher = metricsFiles(settings).find(({ mode }) => mode === "0755")?.content ?? "";
const session = relayFiles(settings).find(({ path }) => path === AWS_SESSION_FILE)?.content ?? "";

const principal: Principal = {
  instanceId: "i-1",
  roleName: "relay",
  arn: "arn:aws:sts::111122223333:assumed-role/relay/i-1",
  credentials: {
    accessKeyId: "ASIA0123456789ABCDEF",
    secretAccessKey: "s3cret/of+the=role",
    sessionToken: "token/of+the=role==",
    expiration: "2099-01-01T00:00:00Z",
  },
};

const queue = [
  { queue_name: "active", queue_id: "A1", arrival_time: 1_700_000_940, sender: "a@example.com" },
  {
    queue_name: "deferred",
    queue_id: "D1",
    arrival_time: 1_700_000_400,
    sender: 'queue hold 1"@example.com',
  },
  { queue_name: "deferred", queue_id: "D2", arrival_time: 1_700_000_700 },
  { queue_name: "incoming", queue_id: "I1", arrival_time: 1_700_000_999 },
  // On hold since long ago, as somebody wanted it.
  { queue_name: "hold", queue_id: "H1", arrival_time: 1_600_000_000 },
];
const to = "to=<b@example.net>, relay=smtp.sendgrid.net[192.0.2.1]:587, delay=1, delays=0/0/0/1";
const log = [
  `smtp[1]: A1: ${to}, dsn=2.0.0, status=sent (250 Ok: queued as x, status=bounced (not)`,
  `smtp[1]: A2: ${to}, dsn=2.0.0, status=sent (250 Ok)`,
  "smtp[1]: A3: SASL authentication failed; server smtp.sendgrid.net[192.0.2.1] said: 535 bad",
  `smtp[1]: A3: ${to}, dsn=4.7.8, status=deferred (SASL authentication failed; server smtp.sendgrid.net[192.0.2.2] said: 535 bad)`,
  `smtp[1]: A9: ${to}, dsn=4.7.8, status=deferred (SASL [CACHED] authentication failed; server smtp.sendgrid.net said: 535 bad)`,
  `error[1]: A4: ${to}, dsn=4.7.8, status=deferred (delivery temporarily suspended: SASL authentication failed; server said: 535)`,
  `smtp[1]: A5: ${to}, dsn=4.7.5, status=deferred (Server certificate not verified)`,
  `smtp[1]: A6: ${to}, dsn=4.7.4, status=deferred (TLS is required, but was not offered by host smtp.sendgrid.net[192.0.2.1])`,
  `smtp[1]: A7: ${to}, dsn=4.7.5, status=deferred (Cannot start TLS: handshake failure)`,
  `smtp[1]: B1: ${to}, dsn=4.4.1, status=deferred (connect to smtp.sendgrid.net[192.0.2.1]:587: Connection refused)`,
  `smtp[1]: B2: ${to}, dsn=4.4.3, status=deferred (Host or domain name not found. Name service error for name=smtp.sendgrid.net type=A: Host not found, try again)`,
  `smtp[1]: B3: ${to}, dsn=4.4.2, status=deferred (lost connection with smtp.sendgrid.net[192.0.2.1] while sending RCPT TO)`,
  `smtp[1]: B4: ${to}, dsn=4.4.2, status=deferred (conversation with smtp.sendgrid.net[192.0.2.1] timed out while sending end of data)`,
  `smtp[1]: B5: ${to}, dsn=4.7.0, status=deferred (host smtp.sendgrid.net[192.0.2.1] said: 451 4.7.0 later (in reply to MAIL FROM command))`,
  `smtp[1]: A8: ${to}, dsn=5.1.1, status=bounced (host said: 550 no)`,
  `error[1]: C1: to=<a@example.com>, relay=none, delay=0.1, delays=0/0/0/0.1, dsn=5.7.1, status=bounced (${BOUNCE_REFUSAL})`,
  "qmgr[1]: A9: from=<a@example.com>, status=expired, returned to sender",
  "smtp[1]: Trusted TLS connection established to smtp.sendgrid.net[192.0.2.1]:587: TLSv1.3",
  "qmgr[1]: AA: from=<a@example.com>, size=400, nrcpt=1 (queue active)",
].map((line) => `1700000990.123456 relay postfix/${line}`);

interface Seen {
  service: string;
  verdict: string;
  body: string;
}

let folder: string;
let server: Server;
let seen: Seen[];
/** What CloudWatch answers. */
let cloudWatch: { status: number; body: string };
/** What SSM has in the place of the collector. */
let stored: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "smarthost-metrics-"));
  seen = [];
  cloudWatch = { status: 200, body: "<PutMetricDataResponse/>" };
  stored = undefined;
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await mkdir(join(folder, "bin"));
  await command("postfix", `[ ! -e ${folder}/stopped ]`);
  await command("postqueue", `[ "$*" = -j ] && cat ${folder}/queue.json`);
  // Prints the log once and leaves a cursor, and without a line fails where there is none yet, as journalctl does.
  await command(
    "journalctl",
    `for a; do case $a in --cursor-file=*) f=\${a#*=} ;; esac; done
     echo "$*" >> ${folder}/journalctl
     [ ! -e ${folder}/broken ] || { echo cannot read >&2; exit 1; }
     [ -e $f ] || [ -s ${folder}/log ] || exit 1
     [ -e $f ] || cat ${folder}/log
     echo c >> $f`,
  );
  await command("df", "printf 'Use%%\\n 12%%\\n'");
  await command("date", "echo 1700001000");
  await writeFile(join(folder, "queue.json"), queue.map((each) => `${JSON.stringify(each)}\n`).join(""));
  await writeFile(join(folder, "log"), `${log.join("\n")}\n`);
});

afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function command(name: string, body: string) {
  const path = join(folder, "bin", name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}

async function answer(request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = request.url ?? "";
  const authorization = String(request.headers.authorization ?? "");
  if (authorization === "") {
    if (request.method === "PUT") return void response.end("imds-token");
    if (request.headers["x-aws-ec2-metadata-token"] !== "imds-token")
      return void response.writeHead(401).end();
    const { accessKeyId, secretAccessKey, sessionToken } = principal.credentials;
    const role = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken };
    return void response.end(url.endsWith("/relay") ? JSON.stringify(role) : "relay");
  }
  const service = authorization.includes("/monitoring/") ? "monitoring" : "ssm";
  const verdict = verifySignature(
    { method: request.method ?? "", url, headers: request.headers, body },
    { region: "eu-central-1", service },
    () => principal,
  );
  seen.push({ service, verdict: verdict.valid ? "valid" : verdict.message, body: body.toString() });
  if (service === "monitoring") return void response.writeHead(cloudWatch.status).end(cloudWatch.body);
  response.end(JSON.stringify({ Parameter: { Value: stored ?? local(collector) } }));
}

/** A script as it is, but with the addresses and the folder of this test. */
function local(script: string): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  const { port } = address;
  return script
    .replaceAll("http://169.254.169.254", `http://127.0.0.1:${port}`)
    .replaceAll(/https:\/\/(ssm|monitoring)\.eu-central-1\.amazonaws\.com/g, `http://127.0.0.1:${port}`)
    .replaceAll(AWS_SESSION_FILE, join(folder, "aws.sh"))
    .replaceAll("/var/lib/smarthost", folder);
}

/** Runs the launcher; the collector that it fetches is for this test too, and with it the checksum. */
async function run(): Promise<{ code: number; stderr: string }> {
  const sum = (text: string) => createHash("sha256").update(text).digest("hex");
  await writeFile(join(folder, "aws.sh"), local(session));
  const script = local(launcher).replaceAll(sum(collector), sum(local(collector)));
  return await new Promise((resolve) => {
    const PATH = `${join(folder, "bin")}:${process.env.PATH}`;
    execFile("sh", ["-c", script], { env: { PATH, TMPDIR: folder } }, (error, _stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stderr }),
    );
  });
}

/** The values of one request to CloudWatch. */
function values(body: string): Record<string, number> {
  const parameters = new URLSearchParams(body);
  const found: Record<string, number> = {};
  for (let index = 1; parameters.has(`MetricData.member.${index}.MetricName`); index++) {
    const get = (key: string) => parameters.get(`MetricData.member.${index}.${key}`);
    expect([get("Dimensions.member.1.Name"), get("Dimensions.member.1.Value")]).toEqual([
      "Relay",
      "relay.example.com",
    ]);
    found[String(get("MetricName"))] = Number(get("Value"));
  }
  return found;
}
const sent = () => seen.filter(({ service }) => service === "monitoring");

describe("the metrics", () => {
  test("come from the queue, the log and the disk, in one signed request", async () => {
    expect(await run()).toEqual({ code: 0, stderr: "" });
    expect(seen.map(({ service, verdict }) => [service, verdict])).toEqual([
      ["ssm", "valid"],
      ["monitoring", "valid"],
    ]);
    const [{ body } = { body: "" }] = sent();
    expect(body).toMatch(/^Action=PutMetricData&Version=2010-08-01&Namespace=Smarthost&MetricData/);
    expect(values(body)).toEqual({
      ...{ QueueLength: 5, QueueActive: 1, QueueDeferred: 2, QueueHold: 1, QueueIncoming: 1 },
      DeliveryBacklog: 1,
      OldestSeconds: 600,
      ...{
        Delivered: 2,
        Deferred: 11,
        Bounced: 2,
        ConnectFailures: 4,
        TemporaryRefusals: 1,
        AuthFailures: 3,
        TlsFailures: 3,
      },
      QueueDiskPercent: 12,
    });
    expect(Object.keys(values(body))).toEqual(Object.keys(METRICS));
  });

  test("are 0 for an empty queue and a silent log", async () => {
    await writeFile(join(folder, "queue.json"), "");
    await writeFile(join(folder, "log"), "");
    expect((await run()).code).toBe(0);
    const { QueueDiskPercent, ...others } = values(sent()[0]?.body ?? "");
    expect(QueueDiskPercent).toBe(12);
    expect(Object.values(others)).toEqual(Array(14).fill(0));
  });

  test("have no backlog by which a fleet grows while the smart host takes nothing", async () => {
    await writeFile(
      join(folder, "log"),
      `${log.filter((line) => !line.includes("status=sent")).join("\n")}\n`,
    );
    expect((await run()).code).toBe(0);
    const { QueueActive, Delivered, Deferred, DeliveryBacklog } = values(sent()[0]?.body ?? "");
    expect([QueueActive, Delivered, Deferred, DeliveryBacklog]).toEqual([1, 0, 11, 0]);
  });

  test("count the log once: the cursor moves when CloudWatch has taken the values, and only then", async () => {
    cloudWatch = { status: 403, body: "<ErrorResponse><Code>AccessDenied</Code></ErrorResponse>" };
    const refused = await run();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/AccessDenied.*not sent; the next ones count from the last that were/s);
    cloudWatch = { status: 200, body: "" };
    await run();
    await run();
    expect(sent().map(({ body }) => values(body).Delivered)).toEqual([2, 2, 0]);
  });

  test("are not sent while Postfix does not run, nor with a queue or a log that cannot be read", async () => {
    await writeFile(join(folder, "stopped"), "");
    expect((await run()).code).not.toBe(0);
    await rm(join(folder, "stopped"));
    const text = await readFile(join(folder, "queue.json"));
    await rm(join(folder, "queue.json"));
    expect((await run()).code).not.toBe(0);
    expect(sent()).toEqual([]);
    // A log that cannot be read is not a silent one.
    await writeFile(join(folder, "queue.json"), text);
    expect((await run()).code).toBe(0);
    await writeFile(join(folder, "broken"), "");
    expect(await run()).toEqual({ code: 1, stderr: "cannot read\n" });
    expect(sent()).toHaveLength(1);
  });

  test("come from the script whose checksum the server has: fetched once, and another one does not run", async () => {
    await run();
    await run();
    expect(seen.map(({ service }) => service)).toEqual(["ssm", "monitoring", "monitoring"]);
    await writeFile(join(folder, "metrics"), "echo changed on the disk");
    stored = `touch ${folder}/tampered`;
    expect((await run()).code).not.toBe(0);
    await expect(readFile(join(folder, "tampered"))).rejects.toThrow("ENOENT");
    expect(sent()).toHaveLength(2);
  });

  test("leave no file of theirs behind, and no secret in a process's arguments", async () => {
    await command("curl", `echo "$*" >> ${folder}/arguments; exec /usr/bin/curl "$@"`);
    expect((await run()).code).toBe(0);
    const given = await readFile(join(folder, "arguments"), "utf8");
    expect(given.match(/--aws-sigv4/g)).toHaveLength(2);
    for (const secret of [
      "imds-token",
      principal.credentials.secretAccessKey,
      principal.credentials.sessionToken,
    ]) {
      expect(given).not.toContain(secret);
    }
    expect((await readdir(folder)).filter((name) => name.startsWith("tmp."))).toEqual([]);
  });
});

test.each([
  ["lib/postfix/sbin/smtp", "SASL authentication failed; server %s said: %s"],
  ["lib/postfix/sbin/smtp", "SASL [CACHED] authentication failed; server %s said: %s"],
  ["lib/postfix/sbin/smtp", "connect to %s[%s]:%d: "],
  ["lib/postfix/sbin/smtp", "lost connection with %s while %s"],
  ["lib/postfix/sbin/smtp", "conversation with %s timed out while %s"],
  ["lib/postfix/libpostfix-dns.so", "Host or domain name not found. Name service error for name=%s"],
  ["lib/postfix/sbin/smtp", "host %s said: %s"],
  ["lib/postfix/sbin/smtp", "host %s refused to talk to me: %s"],
  ["lib/postfix/sbin/smtp", "Cannot start TLS: "],
  ["lib/postfix/sbin/smtp", "TLS is required, but "],
  ["lib/postfix/sbin/smtp", "Server certificate not verified"],
  ["lib/postfix/sbin/qmgr", "from=<%s>, status=%s, returned to sender"],
  ["lib/postfix/libpostfix-global.so", "dsn=%s, status=%s (%s)"],
  ["sbin/postqueue", '"queue_name": "%s"'],
  ["sbin/postqueue", '"arrival_time": %ld'],
])("what is counted is what Debian's Postfix writes: %s has %j", async (file, text) => {
  const { root } = await unpackedPackages("postfix", ["postfix", "libsasl2-modules"], true);
  expect((await readFile(join(root, "usr", file))).includes(text)).toBe(true);
});

describe("metrics in the settings", () => {
  test("are off by default: no file, no parameter, no timer, and the same user data", () => {
    expect(metricsFiles(plain)).toEqual([]);
    expect(metricsParameter(plain)).toBeUndefined();
    expect(renderUserData(plain)).not.toContain("metrics");
  });

  test("are enabled with the relay and fit into EC2's user data", () => {
    const setup = relayFiles(settings).find(({ path }) => path.endsWith("-setup"))?.content;
    expect(setup).toContain(` ${METRICS_TIMER}\n`);
    expect(renderUserData(settings)).toContain("smarthost-metrics");
  });

  test("fit into a parameter of SSM's Standard tier, which takes no double braces", () => {
    expect(Buffer.byteLength(collector)).toBeLessThanOrEqual(4096);
    expect(collector).not.toMatch(/\{\{|\}\}/);
    expect(collector).toMatch(/^[\n -~]+$/);
  });

  test("ask China's regions at China's domain", () => {
    const credential = { source: "ssm" as const, parameterName: "/p", region: "cn-north-1" };
    expect(metricsParameter({ ...settings, credential })?.value).toContain(
      "https://monitoring.cn-north-1.amazonaws.com.cn/",
    );
  });

  test("are refused where the password comes from a file, as outside AWS", () => {
    const credential = { source: "file" as const };
    expect(metricsFaults({ ...settings, credential }).map(({ path }) => path)).toEqual(["metrics"]);
    expect(metricsFaults({ ...plain, credential })).toEqual([]);
  });
});
