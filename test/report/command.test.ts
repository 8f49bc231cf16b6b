import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../cli/relay-world";
import { cloudflareRecord, create, previewJson, type Step, update } from "./previews";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(...steps: Step[]): Promise<string> {
  const path = join(folder, "preview.json");
  await writeFile(path, previewJson(steps));
  return path;
}
const report = (...argv: string[]) => runCommand(["report", ...argv], { env: {} });

const DOMAIN = "example.com";
const policy = (tags: string) => cloudflareRecord("dmarc", `_dmarc.${DOMAIN}`, "TXT", `v=DMARC1; ${tags}`);
const NOTHING_TO_SAY = create(
  cloudflareRecord("return-path", `em.${DOMAIN}`, "CNAME", "u1.wl1.sendgrid.net"),
);
const WARNING = update(policy("p=reject; rua=mailto:dmarc@example.com"), {
  content: '"v=DMARC1; p=none; rua=mailto:dmarc@example.com"',
});
const ERROR = create(cloudflareRecord("spf", DOMAIN, "TXT", "v=spf1 +all"));

describe("the exit code", () => {
  it.each<[string, Step, string, number]>([
    ["0 where nothing is to be said", NOTHING_TO_SAY, "info", 0],
    ["0 for warnings, where errors fail", WARNING, "error", 0],
    ["3 for warnings, where warnings fail", WARNING, "warning", 3],
    ["1 for errors", ERROR, "error", 1],
    ["1 for errors, where warnings fail", ERROR, "warning", 1],
    ["0 for errors, where nothing fails", ERROR, "never", 0],
  ])("is %s", async (_, step, failOn, code) => {
    const done = await report(await file(step), "--dns-server", "none", "--fail-on", failOn);
    expect(done).toMatchObject({ code, err: "" });
    expect(done.out).toContain(`Mail for stack production`);
  });
});

describe("wrong usage ends with 2, before anything is read", () => {
  it.each([
    ["no preview", [], "there is no preview to report"],
    ["two previews", ["preview.json", "--stack", "dev"], "one is enough"],
    ["no address of a DNS server", ["preview.json", "--dns-server", "ns.example"], "--dns-server"],
    ["no time", ["preview.json", "--dns-timeout", "0"], "--dns-timeout"],
    ["a comment without a token", ["preview.json", "--comment"], "GITHUB_TOKEN is not set"],
    ["a folder that is not there", ["--stack", "dev", "--cwd", "/nowhere"], "--cwd"],
  ])("%s", async (_, argv, said) => {
    const { code, err, out } = await report(...argv);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(err).toContain("Next: ");
    expect(out).toBe("");
  });
});

it("says what to do where the file is not there, or no preview", async () => {
  expect(await report(join(folder, "missing.json"))).toMatchObject({
    code: 1,
    err: expect.stringContaining("missing.json"),
  });
  const path = join(folder, "text.json");
  await writeFile(path, "Previewing update (dev)");
  const { code, err } = await report(path);
  expect(code).toBe(1);
  expect(err).toContain("Next: Write it with `pulumi preview --json --show-sames > preview.json`.");
});

it("does without a DNS server that does not answer, and says that nothing was looked up", async () => {
  const server = createSocket("udp4");
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const spf = create(cloudflareRecord("spf", DOMAIN, "TXT", "v=spf1 include:_spf.crm.example ~all"));
    const silent = `127.0.0.1:${server.address().port}`;
    const done = await report(await file(spf), "--dns-server", silent, "--dns-timeout", "0.2", "--json");
    expect(done.code).toBe(0);
    const [domain] = JSON.parse(done.out).domains;
    expect(domain.spf[0].after).toEqual({ text: "v=spf1 include:_spf.crm.example ~all", ownLookups: 1 });
  } finally {
    server.close();
  }
});
