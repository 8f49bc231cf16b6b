import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { runInNetwork } from "../../boot/network-run";
import { EXISTING } from "./collisions";
import { table } from "./fault-table";
import { FAULTS, type ScenarioResult } from "./scenario";

/** Without root there is no server to boot, and only CI may insist on one. */
const wanted = process.getuid?.() === 0 || process.env.CI === "true";
/** A limit for what hangs; on two quiet cores it takes less than three minutes. */
const LIMIT_MS = 1_200_000;

describe.runIf(wanted)("smarthost doctor, with a stack and a booted relay", () => {
  let result: ScenarioResult;

  beforeAll(async () => {
    const lines: string[] = [];
    const ran = await runInNetwork("test/doctor/sandbox/inside.ts", {}, [13], (line) =>
      lines.push(line),
    ).catch((error: unknown) => {
      throw new Error(lines.slice(-40).join("\n"), { cause: error });
    });
    result = z.custom<ScenarioResult>((value) => typeof value === "object" && value !== null).parse(ran);
    console.log(table(result.rows));
  }, LIMIT_MS);

  it("names each record that is in the way before the first up, with the setting that adopts it, and nothing else", () => {
    const { collisions } = result;
    for (const { name } of EXISTING) {
      const named = collisions.filter(({ message, path, next }) =>
        `${path} ${message} ${next}`.includes(name),
      );
      expect(named, name).not.toEqual([]);
    }
    expect(collisions).toHaveLength(EXISTING.length);
    expect(collisions.map(({ check }) => check)).toEqual(EXISTING.map(() => "collisions"));
    for (const { next } of collisions) {
      expect(next).toMatch(/adopt/);
    }
  });

  it("has nothing to say before the first up where nothing is in the way", () => {
    expect(result.beforeUp).toMatchObject({ status: "ok", source: "planned" });
  });

  it("is all green after up, with no check left out that has something to look at", () => {
    const { checks, status } = result.healthy;
    // Nothing is left to be made, so nothing can be in its way.
    expect(checks.filter((check) => check.status !== "ok").map(({ name }) => name)).toEqual(["collisions"]);
    expect(status).toBe("ok");
    expect(checks.length).toBeGreaterThanOrEqual(10);
  });

  it.each(FAULTS.map(({ name }) => name))("names %s and no other, and is green when it is mended", (name) => {
    const row = result.rows.find(({ fault }) => fault === name);
    expect(row?.others).toEqual([]);
    expect(row?.found?.next).toMatch(/\S/);
    expect(row?.mended).toEqual([]);
  });
});
