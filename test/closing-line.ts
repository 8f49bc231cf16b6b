import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends the run with one plain line, `N passed, N failed`, for whoever reads the log by machine. What was skipped is
 * named; with CI=true it is a failure, because it has shown nothing.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => tests.filter((other) => other === state).length;
    const skipped = tests.length - count("passed") - count("failed");
    const broken = unhandledErrors.length + modules.flatMap((module) => module.errors()).length;
    const failed = count("failed") + broken;
    if (process.env.CI === "true" && skipped > 0) {
      process.exitCode = 1;
      this.print(count("passed"), failed + skipped);
    } else {
      this.print(count("passed"), failed, skipped);
    }
  }

  private print(passed: number, failed: number, skipped = 0): void {
    process.stdout.write(
      `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
    );
  }
}
