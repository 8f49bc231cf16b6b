import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Progress } from "../../cli/progress";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What is written on standard error while work takes this long, by a clock of the test's. */
async function writtenDuring(seconds: number, isTTY: boolean, steps: Record<number, string> = {}) {
  const err = Object.assign(new PassThrough(), { isTTY });
  const progress = new Progress(err);
  const work = progress.during("asking", async () => {
    for (const [second, text] of Object.entries(steps))
      setTimeout(() => progress.set(text), Number(second) * 1_000);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    return "done";
  });
  await vi.advanceTimersByTimeAsync(seconds * 1_000);
  expect(await work).toBe("done");
  expect(vi.getTimerCount()).toBe(0);
  return String(err.read() ?? "");
}

describe("progress", () => {
  it("is silent about what takes less than two seconds", async () => {
    expect(await writtenDuring(1.9, true)).toBe("");
    expect(await writtenDuring(1.9, false)).toBe("");
  });

  it("is a line now and then where it is no terminal", async () => {
    expect(await writtenDuring(20, false, { 10: "fetching" })).toBe("asking … 2 s\nfetching … 17 s\n");
  });

  it("is one line that is written over and taken away in a terminal", async () => {
    const text = await writtenDuring(3.2, true);
    expect(text.split("\r\u001b[K")).toEqual(["", "asking … 2 s", "asking … 3 s", "asking … 3 s", ""]);
  });

  it("ends with the work, also where that fails", async () => {
    const progress = new Progress(new PassThrough());
    await expect(progress.during("asking", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(vi.getTimerCount()).toBe(0);
  });
});
