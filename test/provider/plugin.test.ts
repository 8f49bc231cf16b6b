import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../kit/client";

/** A folder that looks like the project's to the executable. */
let folder: string;
const bundle = () => join(folder, "dist", "provider", "sendgrid.cjs");
const executable = () => join(folder, "pulumi-resource-sendgrid");
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sendgrid-plugin-"));
  await copyFile("pulumi-resource-sendgrid", executable());
  await build({
    entryPoints: ["providers/sendgrid/main.ts"],
    bundle: true,
    platform: "node",
    outfile: bundle(),
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = () =>
  spawn(process.execPath, [executable(), "127.0.0.1:1"], { stdio: ["ignore", "pipe", "pipe"] });
const firstLine = async (child: ReturnType<typeof run>) =>
  String((await once(createInterface({ input: child.stdout }), "line"))[0]);

describe("the executable", () => {
  it("prints its port first and then serves the provider", async () => {
    const child = run();
    const client = connect(Number(await firstLine(child)));
    expect(await client.version()).toBe("0.1.0");
    client.close();
    child.kill("SIGTERM");
    await once(child, "exit");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends at once when the engine sends %s", async (signal) => {
    const child = run();
    await firstLine(child);
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("ends when the engine is gone", async () => {
    const script = `require("node:child_process").spawn(process.execPath, [${JSON.stringify(executable())}], { stdio: "inherit" })`;
    const engine = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const port = await once(createInterface({ input: engine.stdout }), "line");
    expect(Number(port[0])).toBeGreaterThan(0);
    engine.kill("SIGKILL");
    // The pipe ends when the last process that holds it has: the plugin.
    await once(engine.stdout, "close");
  });

  it("says what to do when it is not built", async () => {
    const bare = await mkdtemp(join(tmpdir(), "sendgrid-plugin-"));
    await copyFile("pulumi-resource-sendgrid", join(bare, "pulumi-resource-sendgrid"));
    expect(await output(bare)).toEqual({
      code: 1,
      stdout: "",
      stderr: `pulumi-resource-sendgrid: ${join(bare, "dist", "provider", "sendgrid.cjs")} is missing: run \`npm ci\`, or \`npm run build\`, in ${bare}.\n`,
    });
    await rm(bare, { recursive: true });
  });

  it("says what to do when Node is too old", async () => {
    const old = await mkdtemp(join(tmpdir(), "sendgrid-plugin-"));
    await copyFile("pulumi-resource-sendgrid", join(old, "pulumi-resource-sendgrid"));
    // A substitute for an old Node: this one, which says that it is 20. It does not show that an old one can read the file.
    const preload = join(old, "preload.cjs");
    await writeFile(preload, 'Object.defineProperty(process.versions, "node", { value: "20.19.0" });');
    const { code, stderr } = await output(old, ["--require", preload]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^pulumi-resource-sendgrid: Node .* is too old: put Node 22 or newer first on PATH\.\n$/,
    );
    await rm(old, { recursive: true });
  });
});

async function output(directory: string, options: string[] = []) {
  await mkdir(directory, { recursive: true });
  const child = spawn(process.execPath, [...options, join(directory, "pulumi-resource-sendgrid")]);
  const parts = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    parts.stdout += data;
  });
  child.stderr.on("data", (data) => {
    parts.stderr += data;
  });
  const [code] = await once(child, "close");
  return { code, ...parts };
}
