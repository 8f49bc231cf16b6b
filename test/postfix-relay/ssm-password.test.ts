import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AWS_SESSION_FILE } from "../../components/postfix-relay/server/aws-session";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { relayFiles } from "../../components/postfix-relay/user-data";
import { settings } from "./relay-settings";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ssm-password-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/**
 * A substitute for curl that answers as the metadata service and SSM do, and writes down its arguments. It shows no
 * signature; the machine's tests do that with the real one.
 */
const CURL = `#!/bin/sh
echo "$*" >> "$FOLDER/arguments"
while [ $# -gt 0 ]; do
  case $1 in
    -o) out=$2 ;;
    -d) body=$2 ;;
    http*) url=$1 ;;
  esac
  shift
done
case $url in
  */security-credentials/) echo relay-role ;;
  */api/token) echo token ;;
  */relay-role) echo '{"AccessKeyId":"id","SecretAccessKey":"hidden","Token":"session"}' ;;
  https://*) name=$(echo "$body" | jq -r .Name)
    if [ -e "$FOLDER$name" ]; then jq -n --rawfile v "$FOLDER$name" '{Parameter: {Value: $v}}' > "$out"
    else echo '{"__type":"ParameterNotFound","message":"not there"}' > "$out"; exit 22; fi ;;
esac
`;

const second: RelaySettings["fallbacks"] = [
  {
    endpoint: { ...settings.smartHost, host: "smtp.mailgun.org", user: "postmaster@mg.example.com" },
    credential: { source: "ssm", parameterName: "/second", region: "cn-north-1" },
  },
];

async function run(changed: Partial<RelaySettings>) {
  const given = {
    ...settings,
    credential: { source: "ssm" as const, parameterName: "/first", region: "eu-west-1" },
  };
  const files = relayFiles({ ...given, ...changed });
  const moved = (path: string) =>
    (files.find((file) => file.path === path)?.content ?? "")
      .replaceAll(AWS_SESSION_FILE, join(folder, "aws.sh"))
      .replaceAll("/etc/postfix", folder)
      .replaceAll("/run/", `${folder}/`);
  await writeFile(join(folder, "aws.sh"), moved(AWS_SESSION_FILE));
  await writeFile(join(folder, "curl"), CURL);
  await chmod(join(folder, "curl"), 0o755);
  const { exitCode, stderr } = await execa("sh", {
    input: moved("/usr/local/sbin/smarthost-credential"),
    env: { PATH: `${folder}:${process.env.PATH}`, FOLDER: folder },
    reject: false,
  });
  return { exitCode, stderr };
}

const table = () => readFile(join(folder, "smarthost-credential"), "utf8");

test("each smart host's password comes from its own parameter and region, by one login to the metadata service", async () => {
  await writeFile(join(folder, "first"), "one");
  await writeFile(join(folder, "second"), "two");
  expect(await run({ fallbacks: second })).toMatchObject({ exitCode: 0 });
  expect(await table()).toBe(
    "[smtp.sendgrid.net]:587 apikey:one\n[smtp.mailgun.org]:587 postmaster@mg.example.com:two\n",
  );
  const calls = (await readFile(join(folder, "arguments"), "utf8")).split("\n").filter(Boolean);
  expect(calls).toHaveLength(5);
  expect(calls[3]).toMatch(
    /--aws-sigv4 aws:amz:eu-west-1:ssm .* https:\/\/ssm\.eu-west-1\.amazonaws\.com\/ .*"Name":"\/first","WithDecryption":true\}$/,
  );
  expect(calls[4]).toMatch(/aws:amz:cn-north-1:ssm .*https:\/\/ssm\.cn-north-1\.amazonaws\.com\.cn\/ /);
  expect(calls.join()).not.toMatch(/hidden|session|one|two/);
});

test("a parameter that is not there is named with SSM's own words, and the last good table stays", async () => {
  await writeFile(join(folder, "first"), "one");
  await run({});
  const { exitCode, stderr } = await run({ fallbacks: second });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("ssm: ParameterNotFound: not there\n");
  expect(stderr).toContain(
    "The password was not fetched; mail is kept. Check parameter /second and the role.",
  );
  expect(await table()).toBe("[smtp.sendgrid.net]:587 apikey:one\n");
});

test("a password with a line break is refused by its parameter's name", async () => {
  await writeFile(join(folder, "first"), "one\n");
  const { exitCode, stderr } = await run({});
  expect(exitCode).toBe(1);
  expect(stderr).toContain("parameter /first is empty or has white space");
  await expect(table()).rejects.toThrow(/ENOENT/);
});
