import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Listening } from "../../sandbox/machine/listening";
import { MetadataServer } from "../../sandbox/machine/metadata-server";
import { accountWithInstance } from "./account";

let listening: Listening;
let server: MetadataServer;
let address: string;
let instanceId: string;
let accessKeyId: string;

beforeAll(async () => {
  const { account, instance, credentials } = await accountWithInstance();
  instanceId = instance.id;
  address = instance.privateIp;
  accessKeyId = credentials.accessKeyId;
  server = new MetadataServer(account);
  listening = await server.listen({ address: "127.0.0.1", port: 0 });
});

afterAll(() => listening.close());

/** Asks from an address of its own, as each instance does. */
async function ask(
  path: string,
  args: string[] = [],
  from = address,
): Promise<{ status: number; body: string }> {
  const { stdout } = await execa("curl", [
    ...["-sS", "--noproxy", "*", "--interface", from, "-w", "\n%{http_code}", ...args],
    `http://127.0.0.1:${listening.port}${path}`,
  ]);
  const end = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

async function token(from = address): Promise<string> {
  const ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60";
  return (await ask("/latest/api/token", ["-X", "PUT", "-H", ttl], from)).body;
}

const withToken = async (path: string) => ask(path, ["-H", `X-aws-ec2-metadata-token: ${await token()}`]);

test("nothing is told without a token", async () => {
  expect(await ask("/latest/user-data")).toMatchObject({ status: 401, body: "" });
});

test("a token of another instance is worth nothing", async () => {
  const foreign = ["-H", `X-aws-ec2-metadata-token: ${await token("127.0.0.1")}`];
  expect(await ask("/latest/user-data", foreign)).toMatchObject({ status: 401 });
});

test.each<[what: string, args: string[], status: number]>([
  ["without a lifetime", ["-X", "PUT"], 400],
  ["for longer than six hours", ["-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 21601"], 400],
  ["by GET", ["-H", "X-aws-ec2-metadata-token-ttl-seconds: 60"], 405],
  [
    "that was forwarded",
    ["-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60", "-H", "X-Forwarded-For: 10.0.0.1"],
    400,
  ],
])("a request for a token %s is refused", async (_what, args, status) => {
  expect(await ask("/latest/api/token", args)).toMatchObject({ status });
});

test("an address that is no instance's learns nothing", async () => {
  const ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60";
  expect(await ask("/latest/api/token", ["-X", "PUT", "-H", ttl], "127.0.0.1")).toMatchObject({
    status: 404,
  });
});

test("an instance gets its user data as it was given", async () => {
  expect(await withToken("/latest/user-data")).toEqual({ status: 200, body: "#cloud-config\n" });
});

test("an instance learns who it is", async () => {
  expect(await withToken("/latest/meta-data/instance-id")).toEqual({ status: 200, body: instanceId });
  expect(await withToken("/2021-03-23/meta-data/local-ipv4")).toEqual({ status: 200, body: address });
});

test("a folder lists its names, and its folders with a slash", async () => {
  const { body } = await withToken("/latest/meta-data/");
  expect(body.split("\n")).toEqual(expect.arrayContaining(["instance-id", "placement/", "network/", "iam/"]));
});

test("an instance with a role gets its credentials, by the role's name", async () => {
  expect(await withToken("/latest/meta-data/iam/security-credentials/")).toMatchObject({
    body: "relay-role",
  });
  const { body } = await withToken("/latest/meta-data/iam/security-credentials/relay-role");
  expect(JSON.parse(body)).toMatchObject({ Code: "Success", Type: "AWS-HMAC", AccessKeyId: accessKeyId });
});

test.each([
  "/latest/meta-data/nothing",
  "/latest/nothing",
  "/yesterday/meta-data/instance-id",
  "/latest/meta-data/constructor",
])("%s is not found", async (path) => {
  expect(await withToken(path)).toMatchObject({ status: 404 });
});

test("the log of requests holds no token and no answer", async () => {
  await withToken("/latest/user-data");
  expect(Object.keys(server.requests.at(-1) ?? {})).toEqual(["instanceId", "method", "path", "status"]);
});
