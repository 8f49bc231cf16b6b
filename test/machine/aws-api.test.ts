import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Credentials } from "../../sandbox/aws/access";
import type { AwsAccount } from "../../sandbox/aws/account";
import { AwsApi } from "../../sandbox/machine/aws-api";
import type { Listening } from "../../sandbox/machine/listening";
import { createAuthority } from "../../sandbox/pki";
import { accountWithInstance, PARAMETER } from "./account";

const HOST = "ssm.eu-central-1.amazonaws.com";
let folder: string;
let account: AwsAccount;
let credentials: Credentials;
let api: AwsApi;
let listening: Listening;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aws-api-"));
  const authority = await createAuthority();
  await writeFile(join(folder, "ca.pem"), authority.ca);
  ({ account, credentials } = await accountWithInstance());
  api = new AwsApi(await authority.issue([HOST]), account);
  listening = await api.listen({ address: "127.0.0.1", port: 0 });
});

afterEach(async () => {
  await listening.close();
  await rm(folder, { recursive: true, force: true });
});

interface Call {
  key: string;
  secret: string;
  token: string | undefined;
  scope: string;
  target: string;
  body: object;
  headers: string[];
}

/** Asks as the relay does: with curl, which signs by itself. */
async function ask(changes: Partial<Call> = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const call: Call = {
    key: accessKeyId,
    secret: secretAccessKey,
    token: sessionToken,
    scope: "aws:amz:eu-central-1:ssm",
    target: "AmazonSSM.GetParameter",
    body: { Name: PARAMETER, WithDecryption: true },
    headers: [],
    ...changes,
  };
  const headers = [
    "Content-Type: application/x-amz-json-1.1",
    `X-Amz-Target: ${call.target}`,
    ...(call.token === undefined ? [] : [`X-Amz-Security-Token: ${call.token}`]),
    ...call.headers,
  ];
  const { stdout } = await execa("curl", [
    ...["-sS", "--noproxy", "*", "--cacert", join(folder, "ca.pem"), "-w", "\n%{http_code}"],
    ...["--connect-to", `${HOST}:443:127.0.0.1:${listening.port}`],
    ...(call.scope === "" ? [] : ["--aws-sigv4", call.scope, "--user", `${call.key}:${call.secret}`]),
    ...headers.flatMap((header) => ["-H", header]),
    ...["-d", JSON.stringify(call.body), `https://${HOST}/`],
  ]);
  const [body = "", status = ""] = stdout.split("\n");
  return { status: Number(status), body: JSON.parse(body) };
}

test("a role gets the parameter that its policy names", async () => {
  expect(await ask()).toMatchObject({
    status: 200,
    body: { Parameter: { Name: PARAMETER, Type: "SecureString", Value: "SG.password" } },
  });
});

test("a secure string is not readable without decryption", async () => {
  const { body } = await ask({ body: { Name: PARAMETER } });
  expect(JSON.stringify(body)).not.toContain("SG.password");
});

test.each<[what: string, changes: Partial<Call>, code: string]>([
  ["without a signature", { scope: "" }, "MissingAuthenticationTokenException"],
  ["with a wrong secret", { secret: "wrong" }, "InvalidSignatureException"],
  ["with an unknown key", { key: "ASIAUNKNOWN" }, "UnrecognizedClientException"],
  ["without the session token", { token: undefined }, "UnrecognizedClientException"],
  ["with a wrong session token", { token: "wrong" }, "UnrecognizedClientException"],
  ["for another region", { scope: "aws:amz:us-east-1:ssm" }, "InvalidSignatureException"],
  ["for another service", { scope: "aws:amz:eu-central-1:s3" }, "InvalidSignatureException"],
  ["with an old date", { headers: ["X-Amz-Date: 20200101T000000Z"] }, "InvalidSignatureException"],
  ["for another action", { target: "AmazonSSM.PutParameter" }, "UnknownOperationException"],
  ["with a property that SSM does not have", { body: { Name: PARAMETER, Nam: 1 } }, "ValidationException"],
  ["for a parameter outside the policy", { body: { Name: "/other" } }, "AccessDeniedException"],
])("a request %s is refused", async (_what, changes, code) => {
  expect(await ask(changes)).toMatchObject({ status: 400, body: { __type: code } });
});

test("a parameter that is gone is not found", async () => {
  await account.parameters.delete(PARAMETER);
  expect(await ask()).toMatchObject({ status: 400, body: { __type: "ParameterNotFound" } });
});

test("the log of calls says who asked for what and how it ended, and holds no value", async () => {
  await ask();
  expect(api.calls).toEqual([
    {
      action: "ssm:GetParameter",
      resource: `arn:aws:ssm:eu-central-1:${account.id}:parameter${PARAMETER}`,
      roleName: "relay-role",
      outcome: "Success",
    },
  ]);
  expect(JSON.stringify(api.calls)).not.toContain("SG.password");
});
