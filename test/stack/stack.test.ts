import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEngine } from "../../engine/find-engine";
import { DOMAIN, Journey } from "../../sandbox/journey";
import { changes, type RunResult } from "../../sandbox/stack-run";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("the stack of a new account, through the real engine against the substitutes", () => {
  let journey: Journey;
  let preview: RunResult;
  let up: RunResult;

  beforeAll(async () => {
    const { command } = await findEngine();
    journey = await Journey.begin({ engine: command, debian: 13 });
    preview = await journey.preview();
    up = await journey.up();
  });
  afterAll(() => journey?.end());

  it("is complete in its first preview: the same resources as up then makes", () => {
    const list = (result: RunResult) => result.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted();
    expect(list(preview)).toEqual(list(up));
    expect(new Set(preview.steps.map(({ op }) => op))).toEqual(new Set(["create"]));
  });
});
