import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommand } from "../cli/relay-world";
import { fakeWorld } from "./fake-world";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "doctor-"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const URN = "urn:pulumi:dev::mail";
const STACK = { urn: `${URN}::pulumi:pulumi:Stack::mail-dev`, type: "pulumi:pulumi:Stack" };
const POLICY = {
  urn: `${URN}::cloudflare:index/dnsRecord:DnsRecord::policy`,
  type: "cloudflare:index/dnsRecord:DnsRecord",
  id: "1",
  inputs: { zoneId: "z", name: "_dmarc.example.com", type: "TXT", content: '"v=DMARC1; p=none"' },
  outputs: {},
};
const state = (...resources: object[]) => JSON.stringify({ version: 3, deployment: { resources } });
const preview = JSON.stringify({ steps: [{ op: "create", urn: POLICY.urn, newState: POLICY }] });

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** Only these look at what is made up here. */
const CHECKS = ["--only", "collisions,dns-records,dmarc"];
const doctor = (argv: string[], published = "v=DMARC1; p=none") =>
  runCommand(["doctor", ...CHECKS, ...argv], {
    env: {},
    doctorWorld: fakeWorld({
      nameServers: {},
      zone: published === "" ? {} : { "_dmarc.example.com": [["TXT", published]] },
    }),
  });

describe("the exit code", () => {
  it.each<[string, string, number]>([
    ["0 where all is green", "v=DMARC1; p=none", 0],
    ["3 where there are warnings", "v=DMARC1; p=reject", 3],
    ["1 where there are errors", "", 1],
  ])("is %s", async (_, published, code) => {
    const done = await doctor(["--state", await file("state.json", state(STACK, POLICY))], published);
    expect(done).toMatchObject({ code, err: "" });
    expect(done.out).toContain("DNS records");
  });
});

describe("the stack is read", () => {
  /** A stand-in for the CLI, which answers by its first words; what it was asked goes to a file. */
  async function withPulumi(answers: Record<string, { out?: string; err?: string; code?: number }>) {
    const script = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const argv = process.argv.slice(2);
appendFileSync(${JSON.stringify(join(folder, "asked"))}, argv.join(" ") + "\\n");
const { out = "", err = "", code = 0 } = ${JSON.stringify(answers)}[argv[0]];
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;
`;
    await writeFile(join(folder, "pulumi"), script, { mode: 0o755 });
    await rm(join(folder, "asked"), { force: true });
    vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
    return async () => (await import("node:fs/promises")).readFile(join(folder, "asked"), "utf8");
  }

  it("from its state, by the name that is given", async () => {
    const asked = await withPulumi({ stack: { out: state(STACK, POLICY) } });
    const { out } = await doctor(["dev", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ stack: "dev", source: "deployed", status: "ok" });
    expect(await asked()).toBe("stack export --non-interactive --stack=dev\n");
  });

  it("from a preview where it has nothing yet, also from one that was refused", async () => {
    const asked = await withPulumi({ stack: { out: state(STACK) }, preview: { out: preview, code: 255 } });
    const { out } = await doctor(["--json"], "");
    expect(JSON.parse(out)).toMatchObject({
      source: "planned",
      checks: [{ name: "collisions", status: "ok" }, {}, {}],
    });
    expect(await asked()).toBe(
      "stack export --non-interactive\npreview --json --show-sames --non-interactive\n",
    );
  });

  it("and what the CLI says of a wrong name is told", async () => {
    await withPulumi({ stack: { err: "error: no stack named 'gone' found\n", code: 255 } });
    expect(await doctor(["gone"])).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /"gone" could not be read: error: no stack named[\s\S]*Next: Check the name/,
      ),
    });
  });

  it("from a file that a script wrote", async () => {
    const { out } = await doctor(["--preview", await file("preview.json", preview), "--json"], "");
    expect(JSON.parse(out)).toMatchObject({ stack: "dev", source: "planned" });
  });

  it.each([
    ["a file that is not there", () => "/nonexistent/state.json", /can't be read: ENOENT/],
    ["a file that is no state", () => file("other.json", "{}"), /is not what `pulumi stack export` writes/],
  ])("and %s is told", async (_, path, message) => {
    expect(await doctor(["--state", await path()])).toMatchObject({
      code: 1,
      err: expect.stringMatching(message),
    });
  });
});

describe("a command line that is wrong ends with 2", () => {
  it.each<[string, string[], RegExp]>([
    ["two files", ["--state", "a", "--preview", "b"], /--state and --preview exclude each other/],
    [
      "a check that there is not",
      ["--skip", "dns,spf"],
      /--only and --skip exclude each other|"dns": no such check/,
    ],
    ["an option without its companion", ["--authserv-id", "x"], /--authserv-id goes with --message/],
    ["an unknown option", ["--dns-servers"], /Did you mean --dns-server\?/],
  ])("%s", async (_, argv, message) => {
    expect(await doctor(argv)).toMatchObject({ code: 2, out: "", err: expect.stringMatching(message) });
  });

  it.each(["resolver.example", "192.0.2.53:99999", "[192.0.2.53]:53", "2001:db8::53:"])(
    "%s as a DNS server",
    async (server) => {
      const done = await doctor(["--state", await file("state.json", state(POLICY)), "--dns-server", server]);
      expect(done).toMatchObject({ code: 2, err: expect.stringContaining("is no address of a DNS server") });
    },
  );

  it("a key that would travel in clear", async () => {
    const path = await file("state.json", state(POLICY));
    const env = { SENDGRID_API_KEY: "SG.secret", SENDGRID_BASE_URL: "http://api.example" };
    const done = await runCommand(["doctor", "--state", path, ...CHECKS], { env });
    expect(done).toMatchObject({ code: 2, err: expect.stringContaining("unencrypted") });
    expect(done.err).not.toContain("SG.secret");
  });
});

it("the help names the checks, the scopes of the key and the exit codes", async () => {
  const { code, out } = await runCommand(["doctor", "--help"]);
  expect(code).toBe(0);
  for (const text of ["dns-records", "sendgrid-keys", "whitelabel.read", "3 warnings"]) {
    expect(out).toContain(text);
  }
});

it("reads a message that begins with empty lines, as one that was copied does", async () => {
  const path = await file("copied.eml", "\r\n\r\nFrom: a@example.com\r\n\r\nhello");
  const stack = await file("state.json", state(STACK));
  const { out } = await runCommand(["doctor", "--only", "message", "--state", stack, "--message", path], {
    env: {},
    doctorWorld: fakeWorld({ nameServers: {}, zone: {} }),
  });
  expect(out).toContain("a message from example.com");
});
