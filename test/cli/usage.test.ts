import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../engine/project-root";
import { runCommand } from "./relay-world";

describe("a command line that is wrong ends with 2, and says what to do", () => {
  it.each<[string, string[], RegExp]>([
    ["no relay", ["queue"], /no relay is named\nNext: Name the relay by one of/],
    ["two relays", ["queue", "--local", "--ssh", "a"], /--ssh and --local name several relays/],
    [
      "options that do not go together",
      ["queue", "--local", "--region", "x", "--cwd", "y"],
      /--cwd goes.*; --region goes/,
    ],
    ["an unknown command", ["queu"], /Did you mean queue\?[\s\S]*Next: `smarthost relay --help`/],
    [
      "an unknown option",
      ["queue", "--sendr"],
      /Did you mean --sender\?[\s\S]*Next: `smarthost relay queue --help`/,
    ],
    ["a limit that is no number", ["queue", "--local", "--limit", "-1"], /--limit.*Give a whole number/],
    ["ids that are none", ["hold", "--local", "x", "ALL"], /"x", "ALL": no queue id/],
    ["no ids", ["hold", "--local"], /no message is named\nNext: Give queue ids, or --all/],
    ["ids and --all", ["release", "--local", "ABCDEF", "--all"], /exclude each other/],
    ["delete --all", ["delete", "--local", "--all"], /unknown option '--all'/],
    ["no addresses", ["test", "--local"], /required option '--from <address>'/],
    [
      "addresses that are none",
      ["test", "--local", "--from", "a", "--to", "b"],
      /2 faults[\s\S]*--from: "a"[\s\S]*--to: "b"/,
    ],
    [
      "no way for a test",
      ["test", "--from", "a@example.com", "--to", "b@example.com"],
      /Send by SMTP with --host/,
    ],
    ["a port that is none", ["test", "--port", "0", "--from", "a", "--to", "b"], /--port: "0" is no port/],
  ])("%s", async (_what, argv, message) => {
    const { code, out, err } = await runCommand(["relay", ...argv]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});

describe("the bundled command", () => {
  let folder: string;
  let bundle: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "smarthost-cli-"));
    bundle = join(folder, "smarthost.cjs");
    await build({
      entryPoints: [join(projectRoot(), "cli/main.ts")],
      bundle: true,
      platform: "node",
      target: "node22",
      outfile: bundle,
    });
  });
  afterAll(() => rm(folder, { recursive: true }));
  const bundled = (args: string[], env: Record<string, string> = {}) =>
    execa(process.execPath, [bundle, ...args], { reject: false, env });

  it("shows help on standard output, with the exit codes", async () => {
    const { exitCode, stdout, stderr } = await bundled(["relay", "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("Exit codes: 0 done; 1 failed; 2 wrong usage; 3 done, and mail waits");
  });

  it("has everything in it that AWS's way needs", async () => {
    const instance = ["relay", "queue", "--instance", "i-0123456789abcdef0"];
    const env = {
      AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "A",
      AWS_SECRET_ACCESS_KEY: "s",
    };
    const { exitCode, stderr } = await bundled([...instance, "--region", "eu-central-1"], env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /was not able to run a command on i-0123456789abcdef0 in eu-central-1: .*ECONNREFUSED/,
    );
  });

  it("ends quietly when its reader has seen enough, such as head", async () => {
    const script = `"${process.execPath}" "${bundle}" relay queue --help | true; echo "\${PIPESTATUS[0]}"`;
    expect(await execa("bash", ["-c", script])).toMatchObject({ stdout: "0", stderr: "" });
  });

  it("has no colours where it is no terminal, and colours where they are forced", async () => {
    const plain = await bundled(["relay", "queue"]);
    expect({ code: plain.exitCode, first: plain.stderr.split("\n")[0] }).toEqual({
      code: 2,
      first: "error: no relay is named",
    });
    expect((await bundled(["relay", "queue"], { FORCE_COLOR: "1" })).stderr).toContain(
      "\u001b[31merror:\u001b[39m",
    );
  });
});
