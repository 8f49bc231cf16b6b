import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Check, CheckResult } from "../../cli/doctor/check";
import { renderReport, reportJson, verdictOf } from "../../cli/doctor/report";
import { type CheckReport, runChecks } from "../../cli/doctor/run-checks";
import type { TextStream } from "../../cli/text-stream";
import { fakeWorld, subject } from "./fake-world";

const finding = (severity: "error" | "warning" | "info") => ({
  severity,
  path: "TXT example.com",
  message: `what the ${severity} is`,
  next: "Do this.",
});
const result = (status: CheckResult["status"], findings: CheckResult["findings"] = []): CheckResult => ({
  status,
  findings,
  summary: `how it is ${status}`,
});
const reports = (...results: CheckResult[]): CheckReport[] =>
  results.map((each, index) => ({
    check: { name: `check-${index}`, title: `Check ${index}` },
    result: each,
  }));

const all = reports(
  result("ok"),
  result("warning", [finding("warning"), finding("info")]),
  result("error", [finding("error")]),
  result("skipped"),
);

describe("the report", () => {
  it("in a pipe has words, each finding with its next action, and the sum", () => {
    expect(renderReport(all, new PassThrough())).toBe(
      `
ok      Check 0  how it is ok
warning Check 1  how it is warning
    warning: TXT example.com: what the warning is.
      Next: Do this.
    info: TXT example.com: what the info is.
      Next: Do this.
error   Check 2  how it is error
    error: TXT example.com: what the error is.
      Next: Do this.
skipped Check 3  how it is skipped

Something is wrong: 1 error, 1 warning in 4 checks, 1 of them skipped.`.trimStart(),
    );
  });

  it("in a terminal has marks", () => {
    const terminal: TextStream = Object.assign(new PassThrough(), { isTTY: true });
    const text = renderReport(all, terminal);
    for (const mark of ["✔", "!", "✖", "-"]) {
      expect(text).toContain(mark);
    }
    expect(text).not.toMatch(/^ok/m);
  });

  it("as data has everything", () => {
    expect(
      reportJson(reports(result("warning", [finding("warning")])), subject([], { stack: "dev" })),
    ).toEqual({
      stack: "dev",
      source: "deployed",
      status: "warning",
      checks: [
        {
          name: "check-0",
          title: "Check 0",
          status: "warning",
          summary: "how it is warning",
          findings: [finding("warning")],
        },
      ],
    });
  });

  it.each<[CheckResult["status"][], string]>([
    [["ok", "skipped"], "ok"],
    [["ok", "warning"], "warning"],
    [["warning", "error", "ok"], "error"],
    [["skipped", "skipped"], "warning"],
  ])("of %j is %s", (statuses, verdict) => {
    expect(verdictOf(reports(...statuses.map((status) => result(status))))).toBe(verdict);
  });
});

describe("checks", () => {
  const check = (name: string, run: Check["run"]): Check => ({ name, title: name, run });

  it("that crash are told so, and hide no other", async () => {
    const crash = check("a", () => Promise.reject(new TypeError("x is not a function")));
    const done = await runChecks(
      [crash, check("b", async () => result("ok"))],
      subject([]),
      fakeWorld(),
      () => {},
    );
    expect(done).toMatchObject([
      {
        result: {
          status: "error",
          findings: [{ message: expect.stringContaining("TypeError: x is not a function") }],
        },
      },
      { result: { status: "ok" } },
    ]);
  });

  it("stay in their order, and the progress names those under way", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = check("slow", async () => {
      await gate;
      return result("ok");
    });
    const seen: string[] = [];
    const running = runChecks(
      [slow, check("quick", async () => result("ok"))],
      subject([]),
      fakeWorld(),
      (titles) => {
        seen.push(titles.join("+"));
        if (titles.length === 1 && seen.length > 2) release();
      },
    );
    expect((await running).map((report) => report.check.name)).toEqual(["slow", "quick"]);
    expect(seen).toEqual(["slow", "slow+quick", "slow", ""]);
  });
});
