import pLimit from "p-limit";
import { describe, it } from "vitest";
import type { Compilation, Consumer } from "./consumer";

interface Tried extends Compilation {
  /** Whether what it makes runs later; the others make nothing. */
  runs?: boolean;
  /** Whether all declarations are checked that it finds, the package's and its peers'. */
  whole?: boolean;
}

const COMPILATIONS: readonly Tried[] = [
  { compiler: "typescript", kind: "commonjs", module: "commonjs", moduleResolution: "bundler", runs: true },
  {
    ...{ compiler: "typescript", kind: "esm", module: "nodenext", moduleResolution: "nodenext" },
    ...{ runs: true, whole: true },
  },
  { compiler: "typescript", kind: "commonjs", module: "node16", moduleResolution: "node16" },
  { compiler: "typescript", kind: "esm", module: "esnext", moduleResolution: "bundler" },
  // TypeScript 6 has given up node10, which looks at `typesVersions` and not at `exports`.
  {
    ...{ compiler: "typescript-5.9", kind: "commonjs", module: "commonjs", moduleResolution: "node10" },
    whole: true,
  },
  { compiler: "typescript-5.9", kind: "commonjs", module: "node16", moduleResolution: "node16" },
  { compiler: "typescript-5.9", kind: "esm", module: "nodenext", moduleResolution: "nodenext" },
  { compiler: "typescript-5.9", kind: "esm", module: "esnext", moduleResolution: "bundler" },
];

/** A test's limit counts while it waits for its turn, too. */
const PATIENCE = { timeout: 300_000 };

/** Compiles the consumer's program in every way; leaves it in CommonJS and in ESM. */
export function compilationTests(consumer: () => Consumer): void {
  const limit = pLimit(2);
  describe("somebody else's project compiles", PATIENCE, () => {
    it.concurrent.each(COMPILATIONS)(
      "$kind by $compiler with module $module and moduleResolution $moduleResolution",
      ({ runs = false, whole = false, ...compilation }) => {
        const options = [...(runs ? [] : ["--noEmit"]), ...(whole ? ["--skipLibCheck", "false"] : [])];
        return limit(() => consumer().compile(compilation, ...options));
      },
    );
  });
}
