import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { renderPermissions } from "../../components/postfix-relay/aws/permissions";
import { AWS_SESSION_FILE } from "../../components/postfix-relay/server/aws-session";
import type { CredentialSource } from "../../components/postfix-relay/server/credential-source";
import { relayFiles } from "../../components/postfix-relay/user-data";
import type { AwsAccount } from "../../sandbox/aws/account";
import { AwsApi } from "../../sandbox/machine/aws-api";
import type { Listening } from "../../sandbox/machine/listening";
import { MetadataServer } from "../../sandbox/machine/metadata-server";
import { createAuthority } from "../../sandbox/pki";
import { accountWithInstance, PARAMETER } from "../machine/account";
import { settings } from "./relay-settings";

// The server's script in plain sh, with the real curl and its signatures, against the substitutes for the metadata
// service and AWS's API.

const REGION = "eu-central-1";
const HOSTS = ["ssm", "secretsmanager"].map((service) => `${service}.${REGION}.amazonaws.com`);
const PASSWORD = "SG.password.of-the-smart-host";

let folder: string;
let account: AwsAccount;
let api: AwsApi;
let opened: Listening[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aws-password-"));
  const authority = await createAuthority();
  await writeFile(join(folder, "ca.pem"), authority.ca);
  const { account: made, instance } = await accountWithInstance();
  account = made;
  api = new AwsApi(await authority.issue(HOSTS), account);
  const metadata = new MetadataServer(account);
  const atFreePort = { address: "127.0.0.1", port: 0 };
  opened = [await api.listen(atFreePort), await metadata.listen(atFreePort)];
  const [apiPort, metadataPort] = opened.map(({ port }) => port);
  const routes = HOSTS.map((host) => `--connect-to ${host}:443:127.0.0.1:${apiPort}`);
  await writeFile(
    join(folder, "curl"),
    `#!/bin/sh
echo "$*" >> ${folder}/arguments
exec /usr/bin/curl --noproxy '*' --cacert ${folder}/ca.pem --interface ${instance.privateIp} \\
  --connect-to 169.254.169.254:80:127.0.0.1:${metadataPort} ${routes.join(" ")} "$@"
`,
  );
  await chmod(join(folder, "curl"), 0o755);
});

afterEach(async () => {
  await Promise.all(opened.map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

/** Runs the script with its paths moved into the folder; Postfix is not there, as before it is set up. */
async function run(credential: CredentialSource) {
  const files = relayFiles({ ...settings, credential });
  const moved = (path: string) =>
    (files.find((file) => file.path === path)?.content ?? "")
      .replaceAll(AWS_SESSION_FILE, join(folder, "aws.sh"))
      .replaceAll("/etc/postfix", folder)
      .replaceAll("/run/", `${folder}/`);
  await writeFile(join(folder, "aws.sh"), moved(AWS_SESSION_FILE));
  const { exitCode, stderr, stdout } = await execa("sh", {
    input: moved("/usr/local/sbin/smarthost-credential"),
    env: { PATH: `${folder}:${process.env.PATH}`, TMPDIR: folder },
    reject: false,
  });
  return { exitCode, said: `${stdout}${stderr}` };
}

const table = () => readFile(join(folder, "smarthost-credential"), "utf8");
const entryOf = (password: string) => `[smtp.sendgrid.net]:587 apikey:${password}\n`;

/** Gives the role the policy that the component renders. */
function allow(permissions: Partial<Parameters<typeof renderPermissions>[0]>) {
  account.access.putRolePolicy(
    "relay-role",
    "password",
    renderPermissions({
      ...{ partition: "aws", region: REGION, accountId: account.id, secretParameters: [] },
      ...permissions,
    }),
  );
}

describe("a password in Secrets Manager", () => {
  const from = (secretId: string, field?: string): CredentialSource => ({
    ...{ source: "secretsmanager", secretId, region: REGION },
    ...(field !== undefined && { field }),
  });

  test("is taken by its ARN, with a role that may read this secret alone", async () => {
    const { arn } = account.secrets.create("smtp", PASSWORD);
    allow({ secrets: [{ arn }] });
    expect(await run(from(arn))).toEqual({ exitCode: 0, said: "" });
    expect(await table()).toBe(entryOf(PASSWORD));
    expect(api.calls).toEqual([
      {
        action: "secretsmanager:GetSecretValue",
        resource: arn,
        roleName: "relay-role",
        outcome: "Success",
      },
    ]);
    const other = account.secrets.create("smtp-of-others", "other");
    const refused = await run(from(other.arn));
    expect(refused.exitCode).toBe(1);
    expect(refused.said).toMatch(
      /secretsmanager: AccessDeniedException: .*is not authorized to perform: secretsmanager:GetSecretValue/,
    );
    expect(refused.said).toContain(
      `The password was not fetched; mail is kept. Check secret ${other.arn} and the role.`,
    );
    expect(await table()).toBe(entryOf(PASSWORD));
  });

  test("is taken by its name", async () => {
    allow({ secrets: [{ arn: account.secrets.create("mail/smtp", PASSWORD).arn }] });
    expect(await run(from("mail/smtp"))).toMatchObject({ exitCode: 0 });
    expect(await table()).toBe(entryOf(PASSWORD));
  });

  test("is one field of what a rotation function writes, and the next version is taken over", async () => {
    const json = (password: string) => JSON.stringify({ username: "apikey", password, host: "x", port: 587 });
    const { arn } = account.secrets.create("smtp", json("first"));
    allow({ secrets: [{ arn }] });
    await run(from(arn, "password"));
    expect(await table()).toBe(entryOf("first"));
    account.secrets.put("smtp", json('second"\\$`'));
    expect(await run(from(arn, "password"))).toMatchObject({ exitCode: 0 });
    expect(await table()).toBe(entryOf('second"\\$`'));
  });

  test.each([
    ["has no such field", JSON.stringify({ user: "a", hidden: PASSWORD })],
    ["is no JSON", PASSWORD],
    ["is a list", JSON.stringify([PASSWORD])],
    ["has an object there", JSON.stringify({ password: { hidden: PASSWORD } })],
    ["has a line break in it", JSON.stringify({ password: `${PASSWORD}\n` })],
  ])("that %s is refused without a word of it, and the last good one stays", async (_what, value) => {
    const { arn } = account.secrets.create("smtp", JSON.stringify({ password: "good" }));
    allow({ secrets: [{ arn }] });
    await run(from(arn, "password"));
    account.secrets.put("smtp", value);
    const { exitCode, said } = await run(from(arn, "password"));
    expect(exitCode).toBe(1);
    expect(said).toContain(`field password of secret ${arn} is empty or has white space`);
    expect(said).not.toContain(PASSWORD);
    expect(await table()).toBe(entryOf("good"));
  });

  test("with a key of one's own needs kms:Decrypt on it, for this secret", async () => {
    const [key = ""] = account.keys;
    const { arn } = account.secrets.create("smtp", PASSWORD, key);
    allow({ secrets: [{ arn }] });
    const refused = await run(from(arn));
    expect(refused.exitCode).toBe(1);
    expect(refused.said).toContain("AccessDeniedException: Access to KMS is not allowed");
    const other = account.secrets.create("other", "x", key);
    allow({ secrets: [{ arn }, { arn: other.arn, kmsKeyId: key }] });
    expect((await run(from(arn))).exitCode).toBe(1);
    allow({ secrets: [{ arn, kmsKeyId: key }] });
    expect(await run(from(arn))).toEqual({ exitCode: 0, said: "" });
  });

  test("is asked for without it, the role's keys or a token in a process's arguments", async () => {
    const { arn } = account.secrets.create("smtp", PASSWORD);
    allow({ secrets: [{ arn }] });
    await run(from(arn));
    const given = await readFile(join(folder, "arguments"), "utf8");
    expect(given).toContain("--aws-sigv4");
    const [instance] = account.compute.instances.values();
    const granted = account.credentialsFor(instance?.id ?? "");
    const secrets = [granted?.credentials.secretAccessKey, granted?.credentials.sessionToken, PASSWORD];
    for (const secret of secrets) {
      expect(secret).toMatch(/.{20}/);
      expect(given).not.toContain(secret);
    }
  });
});

test("a parameter with a key of one's own is decrypted with kms:Decrypt for this parameter, and not without", async () => {
  const [key = ""] = account.keys;
  const source: CredentialSource = { source: "ssm", parameterName: PARAMETER, region: REGION };
  await account.parameters.put(
    {
      ...{ name: PARAMETER, type: "SecureString", value: PASSWORD, description: undefined, tags: {} },
      keyId: key,
    },
    { overwrite: true },
  );
  allow({ secretParameters: [PARAMETER] });
  const refused = await run(source);
  expect(refused.exitCode).toBe(1);
  expect(refused.said).toMatch(/ssm: AccessDeniedException: The ciphertext refers to a customer master key/);
  allow({ secretParameters: [PARAMETER], kmsKeyId: account.arn("kms", "key/another") });
  expect((await run(source)).exitCode).toBe(1);
  allow({ secretParameters: [PARAMETER], kmsKeyId: key });
  expect(await run(source)).toEqual({ exitCode: 0, said: "" });
  expect(await table()).toBe(entryOf(PASSWORD));
});
