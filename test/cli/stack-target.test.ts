import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { stackTarget } from "../../cli/transport/stack-target";
import { findEngine } from "../../engine/find-engine";
import { runCommand } from "./relay-world";

let cwd: string;
beforeAll(async () => {
  const { path } = await findEngine();
  cwd = await mkdtemp(join(tmpdir(), "stack-"));
  await writeFile(join(cwd, "Pulumi.yaml"), "name: mail\nruntime: nodejs\n");
  vi.stubEnv("PATH", `${dirname(path)}:${process.env.PATH}`);
  vi.stubEnv("PULUMI_BACKEND_URL", `file://${cwd}`);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "");
  vi.stubEnv("PULUMI_SKIP_UPDATE_CHECK", "true");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(cwd, { recursive: true, force: true });
});

/** Makes a stack with these outputs. */
async function stackWith(name: string, outputs: object) {
  const urn = `urn:pulumi:${name}::mail::pulumi:pulumi:Stack::mail-${name}`;
  const stack = { urn, custom: false, type: "pulumi:pulumi:Stack", outputs };
  const manifest = { time: "2026-11-24T12:00:00Z", magic: "", version: "" };
  await execa("pulumi", ["stack", "init", name], { cwd });
  await execa("pulumi", ["stack", "import", "--stack", name], {
    cwd,
    input: JSON.stringify({ version: 3, deployment: { manifest, resources: [stack] } }),
  });
}

it("is the server that the stack's outputs name", async () => {
  const outputs = { relayInstanceId: "i-0123456789abcdef0", relayRegion: "eu-central-1", relayPort: 587 };
  await stackWith("dev", outputs);
  expect(await stackTarget({ stack: "dev", cwd })).toEqual({
    instance: "i-0123456789abcdef0",
    region: "eu-central-1",
  });
});

it("is refused with the output that is missing", async () => {
  await stackWith("old", { relayHost: "10.0.0.1" });
  const { code, err } = await runCommand(["relay", "queue", "--stack", "old", "--cwd", cwd]);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/"old" has no output relayInstanceId\nNext: Export relayInstanceId/),
  });
});

it.each(["gone", "--help", "a b"])(
  "of the stack %j, which is not there, is told in Pulumi's words",
  async (stack) => {
    await expect(stackTarget({ stack, cwd })).rejects.toThrow(/has no outputs that could be read: .+/);
  },
);

it("needs the Pulumi CLI", async () => {
  const path = process.env.PATH;
  vi.stubEnv("PATH", "/nonexistent");
  await expect(stackTarget({ stack: "dev", cwd })).rejects.toThrow(
    /the Pulumi CLI could not be run: .*ENOENT/,
  );
  vi.stubEnv("PATH", path);
});
