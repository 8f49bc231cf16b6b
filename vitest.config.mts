import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/consumer/**"],
    globalSetup: ["./test/prepare.ts"],
    reporters: ["default", "./test/closing-line.ts"],
    // Servers, engines and namespaces start in tests: the limit is there for what hangs, not for what is slow.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // Two engine runs or two booted servers at once measure the machine, not the code.
    fileParallelism: false,
  },
});
