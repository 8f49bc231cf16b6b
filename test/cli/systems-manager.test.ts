import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { SystemsManagerTransport } from "../../cli/transport/systems-manager";
import { runCommand, startRelayWorld } from "./relay-world";
import { INSTANCE, REGION, RunCommandSubstitute } from "./run-command-substitute";

let world: Awaited<ReturnType<typeof startRelayWorld>>;
let aws: RunCommandSubstitute;
let awsEnv: Record<string, string>;
beforeAll(async () => {
  world = await startRelayWorld();
  aws = new RunCommandSubstitute(world.env);
  awsEnv = await aws.start();
});
afterAll(async () => {
  await aws?.stop();
  await world?.stop();
});
afterEach(() => {
  vi.unstubAllEnvs();
  aws.endsAs = undefined;
  aws.hidesEnd = undefined;
});

/** Runs `smarthost relay … --instance …`, with AWS's environment. */
async function remote(argv: string[], changes: Record<string, string | undefined> = {}, instance = INSTANCE) {
  for (const [name, value] of Object.entries({ ...awsEnv, ...changes })) vi.stubEnv(name, value);
  return await runCommand(["relay", ...argv, "--instance", instance], { locate: world.around.locate });
}

describe("by AWS Systems Manager", () => {
  it("the queue of a real Postfix is shown, held and released", async () => {
    const id = await world.deferred("one");
    const { code, out } = await remote(["queue", "--json", "--check"]);
    expect(JSON.parse(out)).toMatchObject({ messages: [{ id, queue: "deferred" }] });
    expect(code).toBe(3);
    expect(await remote(["hold", id])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 message held/),
    });
    expect((await world.queue()).messages).toMatchObject([{ id, queue: "hold" }]);
    expect(await remote(["release", "--all", "--region", REGION])).toMatchObject({ code: 0 });
    expect(await remote(["flush", id])).toMatchObject({ code: 0, err: "" });
  });

  it("a test message is sent on the server and followed to the smart host's answer", async () => {
    const { code, out } = await remote(["test", "--from", "app@example.com", "--to", "someone@example.org"]);
    expect(out).toMatch(/Answer: +250 .*queued as SMART-HOST-1/);
    expect(code).toBe(0);
  });

  describe("output larger than one answer", () => {
    /** Stands for a queue: lines of random text, which do not shrink, as many as the command's argument says. */
    const source = join(tmpdir(), "smarthost-random-lines");
    beforeAll(() =>
      writeFile(source, `#!/bin/sh\nhead -c "$1"000 /dev/urandom | base64 -w 76\n`, { mode: 0o755 }),
    );
    afterAll(() => rm(source));
    const fetched = async (kilobytes: number, mostCharacters?: number) => {
      for (const [name, value] of Object.entries(awsEnv)) vi.stubEnv(name, value);
      const said: string[] = [];
      const options = { instance: INSTANCE, mostCharacters, onProgress: (text: string) => said.push(text) };
      const ran = await new SystemsManagerTransport(options, () => source).run({
        program: "postqueue",
        args: [String(kilobytes)],
      });
      return { ...ran, said };
    };

    it("comes whole, page by page", async () => {
      const { stdout, cutFrom, said } = await fetched(120);
      expect(Buffer.from(stdout, "base64").length).toBe(120_000);
      expect(cutFrom).toBeUndefined();
      expect(said.length).toBeGreaterThan(1);
    });

    it("is cut at the most that is fetched, after a whole line, and says how many lines there were", async () => {
      const { stdout, cutFrom } = await fetched(100, 70_000);
      const lines = stdout.split("\n");
      expect(cutFrom).toEqual({ lines: Math.ceil(((100_000 / 3) * 4) / 76) });
      expect(lines.pop()).toBe("");
      expect(new Set(lines.map((line) => line.length))).toEqual(new Set([76]));
      expect(lines.length).toBeGreaterThan(500);
      expect(lines.length).toBeLessThan(cutFrom?.lines ?? 0);
    });
  });

  it("a program's failure is told with its own words", async () => {
    const locate = world.around.locate;
    for (const [name, value] of Object.entries(awsEnv)) vi.stubEnv(name, value);
    const gone = await runCommand(["relay", "queue", "--instance", INSTANCE], {
      locate: (program) => `${locate(program)}-gone`,
    });
    expect(gone.code).toBe(1);
    expect(gone.err).toMatch(
      /postqueue failed on i-\w+ by AWS Systems Manager \(exit 127\)[\s\S]*not found\nNext: Check/,
    );
  });
});

describe("AWS's refusals name the next action", () => {
  it.each([
    [
      "an instance that it does not know",
      {},
      "i-00000000000000000",
      /InvalidInstanceId: .*\nNext: .*ssmAgent/,
    ],
    [
      "a wrong key",
      { AWS_ACCESS_KEY_ID: "AKIAOTHER" },
      INSTANCE,
      /UnrecognizedClient.*\nNext: AWS does not know/,
    ],
    ["another region", { AWS_REGION: "us-east-1" }, INSTANCE, /InvalidSignatureException/],
  ])("%s", async (_what, env, instance, message) => {
    const { code, out, err } = await remote(["queue"], env, instance);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toContain("secret");
  });

  it("a command that the server never got", async () => {
    aws.endsAs = { Status: "TimedOut", StatusDetails: "DeliveryTimedOut" };
    expect((await remote(["queue"])).err).toMatch(/did not succeed: DeliveryTimedOut\nNext: Check .* online/);
  });

  it("an end that the user may not see", async () => {
    aws.hidesEnd = {
      code: "AccessDeniedException",
      message: "not authorized to perform: ssm:GetCommandInvocation",
    };
    expect((await remote(["queue"])).err).toMatch(/AccessDenied.*not authorized[\s\S]*Next: Let your user/);
  });

  it.each(["i-1", "--help", "i-0123456789abcdef0;id", "mi-0123456789abcdeg0"])(
    "%s is no instance",
    async (instance) => {
      const scripts = aws.scripts.length;
      const { code } = await remote(["queue"], {}, instance);
      expect([code, aws.scripts.length]).toEqual([2, scripts]);
    },
  );
});
