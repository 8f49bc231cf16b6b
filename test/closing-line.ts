import type { Reporter, TestModule } from "vitest/node";

/** Ends the run with one plain line, `N passed, N failed`, for whoever reads the log by machine. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        if (test.result().state === "passed") {
          passed += 1;
        } else {
          // A skipped or unfinished test has shown nothing.
          failed += 1;
        }
      }
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  }
}
