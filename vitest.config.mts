import { relative } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders whose tests boot servers: each takes minutes, most of them waiting. */
const BOOTING = /^test\/(boot|doctor\/sandbox|fleet|machine|sandbox)\//;

/** What boots servers comes first, so that no file is left at the end with the machine to itself. */
class BootingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const sorted = await super.sort(files);
    const boots = ({ moduleId }: TestSpecification) => BOOTING.test(relative(this.ctx.config.root, moduleId));
    return [...sorted.filter(boots), ...sorted.filter((file) => !boots(file))];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/consumer/**"],
    globalSetup: ["./test/prepare.ts"],
    reporters: ["default", "./test/closing-line.ts"],
    // Servers, engines and namespaces start in tests: the limit is there for what hangs, not for what is slow.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // Two files at once, on any machine: an engine run or a booted server keeps a processor busy and waits in turns.
    maxWorkers: 2,
    sequence: { sequencer: BootingFirst },
  },
});
