import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { credentialFiles } from "../../components/postfix-relay/server/credential";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { type Authority, createAuthority } from "../../sandbox/pki";
import { settings } from "./relay-settings";

const NAME = "mail.example.com";
const HOUR_MS = 3_600_000;
const APP = `app:{SHA512-CRYPT}$6$salt$${"a".repeat(86)}`;
const ROBOT = "robot@example.net:{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA";

let authority: Authority;
let folder: string;
beforeAll(async () => {
  authority = await createAuthority();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "submission-data-"));
  await mkdir(join(folder, "smarthost"), { mode: 0o700 });
  await put("password", "SG.key");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the server's script with its paths moved into a folder; Postfix and Dovecot are not there. */
async function run() {
  const given: RelaySettings = {
    ...settings,
    credential: { source: "file" },
    submission: { users: { source: "file" }, certificate: { source: "file" }, serverName: NAME },
  };
  const { stdout: group } = await execa("id", ["-gn"]);
  const script = (credentialFiles(given)[0]?.content ?? "")
    .replaceAll("/etc/smarthost", join(folder, "smarthost"))
    .replaceAll("/etc/postfix", folder)
    .replaceAll("/run/", `${folder}/`)
    .replaceAll("'0 ", `'${process.getuid?.()} `)
    .replace("smarthost-users dovecot\n", `smarthost-users ${group}\n`)
    .replace("smarthost-tls.pem root\n", `smarthost-tls.pem ${group}\n`);
  const { exitCode, stderr, stdout } = await execa("sh", { input: script, reject: false });
  return { exitCode, said: `${stdout}${stderr}` };
}

async function put(name: string, content: string, mode = 0o600): Promise<void> {
  const path = join(folder, "smarthost", name);
  await rm(path, { force: true });
  await writeFile(path, content);
  await chmod(path, mode);
}

const taken = (name: string) => readFile(join(folder, name), "utf8");
const users = () => taken("smarthost-users");
const certificate = () => taken("smarthost-tls.pem");

test("it waits for both files and says so, and takes the smart host's password all the same", async () => {
  const { exitCode, said } = await run();
  expect(exitCode).toBe(0);
  expect(said).toMatch(/smarthost\/users: waiting for the file \(root's, mode 600\); what was there stays\./);
  expect(said).toMatch(/smarthost\/certificate\.pem: waiting for the file/);
  expect(await taken("smarthost-credential")).toContain("apikey:SG.key");
});

test("users are taken over without empty lines and carriage returns, for Dovecot to read", async () => {
  await put("users", `${APP}\r\n\r\n${ROBOT}`);
  await run();
  expect(await users()).toBe(`${APP}\n${ROBOT}\n`);
  expect((await stat(join(folder, "smarthost-users"))).mode & 0o777).toBe(0o640);
});

test.each([
  ["a password in clear text", `${APP}\nrobot:{PLAIN}hunter2`, "line 2 is not NAME:"],
  ["a hash without its scheme", "app:$6$salt$hash", "line 1 is not NAME:"],
  ["a weak scheme", `app:{MD5-CRYPT}$1$salt$hash`, "line 1 is not NAME:"],
  ["a name with capitals, which Dovecot never looks for", APP.replace("app", "App"), "line 1 is not NAME:"],
  ["a name that is there twice", `${APP}\n${ROBOT}\n${APP}`, "line 3 is not NAME:"],
  ["fields behind the hash, which could lift checks", `${APP}::::::nopassword=y`, "line 1 is not NAME:"],
  ["several faults", "one\n\ntwo", "line 1 2 is not NAME:"],
  ["nothing", "\n", "no users"],
])(
  "a list of users with %s is not taken over, and what it has is not in the log",
  async (_what, list, said) => {
    await put("users", APP);
    await run();
    await put("users", list);
    const second = await run();
    expect(second.said).toContain(said);
    expect(second.said).toContain("; what was there stays.");
    expect(second.said).not.toMatch(/hunter2|\$6\$|\$1\$/);
    expect(await users()).toBe(`${APP}\n`);
  },
);

test("a certificate is taken over with its key first and its chain behind it, whatever their order", async () => {
  const { key, cert } = await authority.issue([NAME]);
  await put("certificate.pem", `${cert}${authority.ca}${key}`);
  expect((await run()).said).toContain("smarthost-tls.pem is changed.");
  expect(await certificate()).toBe(`${key}${cert}${authority.ca}`);
  expect((await stat(join(folder, "smarthost-tls.pem"))).mode & 0o007).toBe(0);
  expect((await run()).said).not.toContain("is changed.");
});

const day = (from: number, to: number) => ({
  notBefore: new Date(Date.now() + from * HOUR_MS),
  notAfter: new Date(Date.now() + to * HOUR_MS),
});

test.each<[what: string, pem: () => Promise<string>, said: RegExp]>([
  ["that is expired", async () => joined(await authority.issue([NAME], day(-48, -1))), /has expired/],
  ["that is not valid yet", async () => joined(await authority.issue([NAME], day(1, 48))), /not yet valid/],
  ["for another name", async () => joined(await authority.issue(["other.example.com"])), /hostname mismatch/],
  [
    "of another key",
    async () => (await authority.issue([NAME])).key + (await authority.issue([NAME])).cert,
    /is of another key/,
  ],
  ["without a key", async () => (await authority.issue([NAME])).cert, /no private key/],
  ["that is none", async () => (await authority.issue([NAME])).key, /no valid certificate/],
  [
    "that is an authority's",
    async () => (await authority.issue([NAME])).key + authority.ca,
    /no valid certificate/,
  ],
])(
  "a certificate %s is not taken over, the last good one stays, and the log says why",
  async (_what, pem, said) => {
    await put("certificate.pem", joined(await authority.issue([NAME])));
    await run();
    const good = await certificate();
    expect(good).toContain("BEGIN CERTIFICATE");
    const bad = await pem();
    await put("certificate.pem", bad);
    const second = await run();
    expect(second.exitCode).toBe(0);
    expect(second.said).toMatch(said);
    expect(second.said).toContain("certificate.pem: ");
    expect(second.said).not.toContain("PRIVATE KEY");
    expect(await certificate()).toBe(good);
  },
);

test("a fault of the users does not hold up the certificate, nor one of the files the password", async () => {
  await put("users", "nonsense");
  await put("certificate.pem", joined(await authority.issue([NAME])));
  await put("password", "SG.other");
  expect(await run()).toMatchObject({ exitCode: 0 });
  expect(await certificate()).toContain("BEGIN CERTIFICATE");
  await expect(users()).rejects.toThrow(/ENOENT/);
  expect(await taken("smarthost-credential")).toContain("apikey:SG.other");
});

test("a file that others may read is not taken over", async () => {
  await put("users", APP, 0o644);
  expect((await run()).said).toMatch(/users is not root's alone/);
  await expect(users()).rejects.toThrow(/ENOENT/);
});

function joined({ key, cert }: { key: string; cert: string }): string {
  return key + cert;
}
