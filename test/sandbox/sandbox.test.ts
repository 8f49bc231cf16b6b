import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../engine/project-root";
import type { SandboxReport } from "../../sandbox/report";
import { findLeaks } from "../../sandbox/secrets";

const program = join(projectRoot(), "dist/sandbox/main.js");
/** Where a server can be booted; with CI=true the sandbox itself fails when it can not. */
const asRoot = process.platform === "linux" && process.getuid?.() === 0;

async function runSandbox(...args: string[]): Promise<SandboxReport> {
  const { stdout } = await execa(process.execPath, [program, "--json", ...args], { cwd: projectRoot() });
  return JSON.parse(stdout);
}

/** What the run of that process left behind: network namespaces, and folders among its temporary files. */
function leftovers(pid: number | undefined, folder: string): string[] {
  const namespaces = asRoot ? readdirSync("/run/netns") : [];
  return [
    ...namespaces.filter((name) => name.startsWith(`smarthost-${pid}`)),
    // Node.js keeps compiled code there too.
    ...readdirSync(folder).filter((name) => name.startsWith("smarthost-")),
  ];
}

describe("the sandbox", () => {
  it("brings a message through a booted Debian 13 to the inbox, authenticated, after a wrong record was mended", async () => {
    const report = await runSandbox("--fail-at", "validation");
    expect(report.resources).toHaveLength(24);
    expect(report.records.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "_dmarc.example.com TXT",
      "s1._domainkey.example.com CNAME",
      "s2._domainkey.example.com CNAME",
      "em.example.com CNAME",
    ]);
    expect(report.failure).toContain('Expected CNAME for "s1._domainkey.example.com"');
    expect(report.searched.length).toBeGreaterThan(5);
    expect(report.booted).toBe(asRoot);
    expect(report.deliveries.map(({ subject }) => subject)).toEqual(
      asRoot ? ["hello from the sandbox", "queued before the replacement"] : [],
    );
    for (const { smartHostPort, tls, user, from, authenticationResults } of report.deliveries) {
      expect(smartHostPort).toBe(587);
      expect(["TLSv1.2", "TLSv1.3"]).toContain(tls.version);
      expect(user).toBe("apikey");
      expect(from).toMatch(/@em\.example\.com$/);
      expect(authenticationResults).toMatch(/dkim=pass header\.d=example\.com/);
      expect(authenticationResults).toMatch(/spf=pass .*smtp\.mailfrom=em\.example\.com/);
      expect(authenticationResults).toMatch(/dmarc=pass .*header\.from=example\.com/);
    }
  }, 600_000);

  it("does the same on Debian 12, and loses nothing while the smart host is down or the key is rotated", async () => {
    const { deliveries, rotation } = await runSandbox(
      ...["--debian", "12", "--fail-at", "smart-host", "--rotate-key"],
    );
    expect(rotation === undefined).toBe(!asRoot);
    expect(rotation?.byNewKey ?? 1).toBeGreaterThan(0);
    expect(deliveries.map(({ subject }) => subject)).toEqual(
      asRoot ? ["hello from the sandbox", "sent during an outage", "queued before the replacement"] : [],
    );
  }, 600_000);

  it("removes everything that it made when it is interrupted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sandbox-test-"));
    const running = execa(process.execPath, [program, "--json"], {
      cwd: projectRoot(),
      env: { TMPDIR: folder },
      reject: false,
    });
    let progress = "";
    running.stderr.on("data", (chunk: Buffer) => {
      progress += chunk;
    });
    while (!progress.includes("pulumi up")) {
      await sleep(100);
    }
    expect(leftovers(running.pid, folder)).not.toEqual([]);
    running.kill("SIGINT");
    const { exitCode } = await running;
    expect(exitCode).toBe(130);
    expect(leftovers(running.pid, folder)).toEqual([]);
    await rm(folder, { recursive: true });
  }, 300_000);
});

describe("the search for secrets", () => {
  const secrets = new Map([
    ["the key", "SG.aaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],
  ]);
  const text = [...secrets.values()].join();

  it.each([
    ["as it is", `password = ${text}\n`],
    ["in base64", Buffer.from(text).toString("base64")],
    ["in base64 of a longer text", Buffer.from(`\0apikey\0${text}`).toString("base64")],
    ["in base64 at any place", Buffer.from(`user:${text}:more`).toString("base64")],
    ["in hexadecimal", Buffer.from(text).toString("hex")],
  ])("finds one %s", (_, content) => {
    expect(findLeaks([{ name: "a file", content }], secrets)).toEqual([
      { place: "a file", secret: "the key" },
    ]);
  });

  it("finds none in a text without one", () => {
    expect(findLeaks([{ name: "a file", content: "SG.something.else" }], secrets)).toEqual([]);
  });
});
