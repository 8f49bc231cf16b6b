import { execa } from "execa";
import { findGo } from "./go-toolchain";

/** A build of one Go program by the go command. */
export interface GoBuild {
  /** What is built, for progress lines: "the Pulumi CLI v3.259.0". */
  what: string;
  /** The folder with the go.mod and go.sum that pin every module. */
  moduleDirectory: string;
  /** The package to build: an import path, or a path relative to the module's folder. */
  package: string;
  /** The executable to write. */
  output: string;
  /** Passed to the linker, for instance `-X` to set the version. */
  linkerFlags?: string[];
  /** The cache folder, where Go itself is kept if it has to be fetched; default {@link cacheDirectory}. */
  cache?: string;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Builds a Go program from the module proxy (or from the local module and build cache, where it is warm),
 * without C and without a trace of this machine's paths. Reports every 10 seconds that it goes on.
 * @throws Error with the go command's last words.
 */
export async function goBuild(build: GoBuild): Promise<void> {
  const go = await findGo(build);
  const started = Date.now();
  const report = (line: string) =>
    build.onProgress?.(`${build.what}: ${line}, ${duration(Date.now() - started)}`);

  let downloads = 0;
  const listing = await watched({
    go,
    build,
    arguments: ["list", "-deps", build.package],
    onErrorLine: (line) => {
      downloads += line.startsWith("go: downloading") ? 1 : 0;
    },
    onTick: () => report(`downloading Go modules (${downloads} so far)`),
  });
  const total = listing.split("\n").filter(Boolean).length;

  let compiled = 0;
  await watched({
    go,
    build,
    arguments: [
      "build",
      // One line for each package that is compiled, and none for those in Go's build cache.
      "-v",
      "-ldflags",
      ["-s", "-w", ...(build.linkerFlags ?? [])].join(" "),
      "-o",
      build.output,
      build.package,
    ],
    onErrorLine: () => {
      compiled += 1;
    },
    onTick: () => report(`compiling (${compiled} of at most ${total} Go packages)`),
  });
  report("built");
}

interface Watched {
  go: string;
  build: GoBuild;
  arguments: string[];
  onErrorLine(line: string): void;
  onTick(): void;
}

/** Runs the go command, hands on its error lines, ticks every 10 seconds, and returns its output. */
async function watched(run: Watched): Promise<string> {
  const child = execa(run.go, run.arguments, {
    cwd: run.build.moduleDirectory,
    env: {
      CGO_ENABLED: "0",
      GOFLAGS: "-mod=readonly -buildvcs=false -trimpath",
      GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? "auto",
      GOWORK: "off",
      // The program is to run here, whatever the caller cross-compiles for.
      GOOS: undefined,
      GOARCH: undefined,
    },
    stdin: "ignore",
    cancelSignal: run.build.signal,
    reject: false,
  });
  const lastWords: string[] = [];
  const ticker = setInterval(run.onTick, 10_000);
  try {
    for await (const line of child.iterable({ from: "stderr" })) {
      run.onErrorLine(line);
      lastWords.push(line);
      lastWords.splice(0, lastWords.length - 4);
    }
  } catch {
    // A failing command also ends its lines with an error; its exit code, below, tells the same better.
  } finally {
    clearInterval(ticker);
  }
  const result = await child;
  run.build.signal?.throwIfAborted();
  if (result.failed) {
    throw new Error(
      `go ${run.arguments[0]} of ${run.build.package} failed: ${lastWords.join(" / ") || result.message}`,
    );
  }
  return result.stdout;
}

/** 75_000 → "1 min 15 s". */
function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
