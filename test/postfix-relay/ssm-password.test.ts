import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { credentialFiles } from "../../components/postfix-relay/credential";
import type { RelaySettings } from "../../components/postfix-relay/settings";
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
for last; do :; done
while [ $# -gt 0 ]; do
  [ "$1" = -o ] && out=$2
  [ "$1" = -d ] && body=$2
  shift
done
case $last in
  */security-credentials/) echo relay-role ;;
  */api/token) echo token > "$out" ;;
  */relay-role) echo '{"AccessKeyId":"id","SecretAccessKey":"hidden","Token":"session"}' > "$out" ;;
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
  const script = credentialFiles({ ...given, ...changed })[0]?.content ?? "";
  await writeFile(join(folder, "curl"), CURL);
  await chmod(join(folder, "curl"), 0o755);
  const { exitCode, stderr } = await execa("sh", {
    input: script.replaceAll("/etc/postfix", folder).replaceAll("/run/", `${folder}/`),
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
    /--aws-sigv4 aws:amz:eu-west-1:ssm .*"Name":"\/first","WithDecryption":true\} https:\/\/ssm\.eu-west-1\.amazonaws\.com\/$/,
  );
  expect(calls[4]).toMatch(/aws:amz:cn-north-1:ssm .*https:\/\/ssm\.cn-north-1\.amazonaws\.com\.cn\/$/);
  expect(calls.join()).not.toMatch(/hidden|session|one|two/);
});

test("a parameter that is not there is named with SSM's own words, and the last good table stays", async () => {
  await writeFile(join(folder, "first"), "one");
  await run({});
  const { exitCode, stderr } = await run({ fallbacks: second });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("SSM: ParameterNotFound: not there\n");
  expect(stderr).toContain(
    "The password was not fetched; mail is kept. Check parameter /second and the role.",
  );
  expect(await table()).toBe("[smtp.sendgrid.net]:587 apikey:one\n");
});

test("a password with a line break is refused by its parameter's name", async () => {
  await writeFile(join(folder, "first"), "one\n");
  const { exitCode, stderr } = await run({});
  expect(exitCode).toBe(1);
  expect(stderr).toContain("Parameter /first is empty or has white space");
  await expect(table()).rejects.toThrow(/ENOENT/);
});
