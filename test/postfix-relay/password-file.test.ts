import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { credentialFiles } from "../../components/postfix-relay/server/credential";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { internalHost } from "../../components/smart-hosts/internal";
import { plainRoute } from "./any-relay-settings";
import { settings } from "./relay-settings";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "password-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the server's script with its paths moved into a folder; Postfix is not there, as before it is set up. */
async function run(changed: Partial<RelaySettings> = {}) {
  const given: RelaySettings = { ...settings, credential: { source: "file" }, ...changed };
  const script = credentialFiles(given)[0]?.content ?? "";
  const moved = script
    .replaceAll("/etc/smarthost", join(folder, "smarthost"))
    .replaceAll("/etc/postfix", folder)
    .replaceAll("/run/", `${folder}/`)
    .replaceAll("'0 ", `'${process.getuid?.()} `);
  const { exitCode, stderr, stdout } = await execa("sh", { input: moved, reject: false });
  return { exitCode, said: `${stdout}${stderr}` };
}

async function put(password: string, mode = 0o600, name = "password"): Promise<void> {
  const path = join(folder, "smarthost", name);
  await writeFile(path, password);
  await chmod(path, mode);
}

const table = () => readFile(join(folder, "smarthost-credential"), "utf8");

test("it waits for the file, says so, and makes the folder for root alone", async () => {
  const { exitCode, said } = await run();
  expect(exitCode).toBe(1);
  expect(said).toMatch(/waiting for the smart host's password in .*smarthost\/password \(root's, mode 600\)/);
  expect((await stat(join(folder, "smarthost"))).mode & 0o777).toBe(0o700);
});

test("the password becomes the table's entry, without its line break, and the table is root's alone", async () => {
  await run();
  await put("SG.key-1\n");
  expect(await run()).toMatchObject({ exitCode: 0 });
  expect(await table()).toBe("[smtp.sendgrid.net]:587 apikey:SG.key-1\n");
  expect((await stat(join(folder, "smarthost-credential"))).mode & 0o777).toBe(0o600);
});

test("a changed file changes the table", async () => {
  await run();
  await put("first");
  await run();
  await put("second", 0o400);
  await run();
  expect(await table()).toContain("apikey:second\n");
});

test.each([0o644, 0o640, 0o660])(
  "a file of mode %o is refused with the commands that mend it",
  async (mode) => {
    await run();
    await put("SG.key-1", mode);
    const { exitCode, said } = await run();
    expect(exitCode).toBe(1);
    expect(said).toMatch(/is not root's alone; mail is kept\. Run: chown root .*; chmod 600 /);
    await expect(table()).rejects.toThrow(/ENOENT/);
  },
);

test.each(["", "\n", "two words", "two\nlines", "trailing ", "ümlaut", "crlf\r\n"])(
  "what is no bare password is refused, and the last good one stays: %j",
  async (password) => {
    await run();
    await put("good");
    await run();
    await put(password);
    const { exitCode, said } = await run();
    expect(exitCode).toBe(1);
    expect(said).toMatch(/password is empty or has white space/);
    expect(await table()).toContain("apikey:good\n");
  },
);

test("of several smart hosts each has a file of its own, and there is a table with all of them or none", async () => {
  const endpoint = { ...settings.smartHost, host: "smtp.mailgun.org", user: "postmaster@mg.example.com" };
  const several = { fallbacks: [{ endpoint, credential: { source: "file" as const } }] };
  await run(several);
  await put("one");
  const { exitCode, said } = await run(several);
  expect(exitCode).toBe(1);
  expect(said).toMatch(/waiting for the smart host's password in .*smarthost\/password-2 /);
  await expect(table()).rejects.toThrow(/ENOENT/);
  await put("two", 0o600, "password-2");
  expect(await run(several)).toMatchObject({ exitCode: 0 });
  expect(await table()).toBe(
    "[smtp.sendgrid.net]:587 apikey:one\n[smtp.mailgun.org]:587 postmaster@mg.example.com:two\n",
  );
});

test("each route has a file and a table of its own, and one that is missing stops no other", async () => {
  const file = { source: "file" as const };
  const boss = { ...plainRoute, name: "boss", senders: ["boss@example.com"], recipients: undefined };
  const routes = { routes: [plainRoute, boss].map((route) => ({ ...route, credential: file })) };
  await run(routes);
  await put("one");
  await put("two", 0o600, "password-boss");
  const { exitCode, said } = await run(routes);
  expect(exitCode).toBe(1);
  expect(said).toMatch(/waiting for the smart host's password in .*smarthost\/password-news /);
  const tableOf = (route: string) => readFile(join(folder, `smarthost-credential-${route}`), "utf8");
  expect(await table()).toBe("[smtp.sendgrid.net]:587 apikey:one\n");
  expect(await tableOf("boss")).toBe("[smtp.sendgrid.net]:587 apikey:two\n");
  await expect(tableOf("news")).rejects.toThrow(/ENOENT/);
  await put("three", 0o600, "password-news");
  expect(await run(routes)).toMatchObject({ exitCode: 0 });
  expect(await tableOf("news")).toBe("[smtp.sendgrid.net]:587 apikey:three\n");
});

test("without a login anywhere there is no password to wait for", async () => {
  expect(await run({ smartHost: internalHost({ host: "10.0.0.5" }), credential: undefined })).toEqual({
    exitCode: 0,
    said: "",
  });
});
