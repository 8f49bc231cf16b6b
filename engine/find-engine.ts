import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { cacheDirectory, installOnce } from "./cache";
import { findOnPath } from "./executable";
import { goBuild } from "./go-build";
import { minimumGo } from "./go-toolchain";
import { projectRoot } from "./project-root";
import { downloadFromVendor } from "./vendor-download";

/**
 * The oldest Pulumi CLI that is used. 3.249 is the first release whose Node.js SDK asks for Node.js 22,
 * this project's own minimum, and so the oldest SDK that the package accepts as its peer; the CLI is
 * released together with the SDK and understands every request of an SDK of its own age.
 */
export const minimumEngine = "3.249.0";

/** Where an engine came from: PATH, this project's cache, the vendor's site, the Go module proxy. */
export type EngineSource = "path" | "installed" | "download" | "built";

/** A Pulumi CLI that was run and answered with its version. */
export interface Engine {
  /** To be handed to the Automation API: `LocalWorkspace.createOrSelectStack(…, { pulumiCommand })`. */
  command: PulumiCommand;
  /** Without a "v"; "unknown" only where the SDK's own version check is switched off. */
  version: string;
  source: EngineSource;
  /** The executable. */
  path: string;
  /** Why this one, in a sentence. */
  reason: string;
}

export interface FindEngineOptions {
  /** The cache folder; default {@link cacheDirectory}. */
  cache?: string;
  /** Receives a line whenever there is something to tell, at least every 10 seconds while building. */
  onProgress?: (line: string) => void;
  /** Stops a download or a build. */
  signal?: AbortSignal;
}

/** No engine could be found or made; the message lists everything that was tried, and what to do. */
export class EngineNotFoundError extends Error {
  constructor(readonly attempts: readonly Attempt[]) {
    super(
      [
        "No Pulumi engine was found. Tried, in this order:",
        ...attempts.map(({ what, why }) => `  - ${what}: ${why}`),
        "Next: do one of these and run the command again.",
        `  - Install Pulumi ${minimumEngine} or newer (https://www.pulumi.com/docs/install/), so that \`pulumi version\` runs.`,
        `  - Install Go ${minimumGo} or newer (https://go.dev/doc/install), or set GOPROXY to a Go module proxy, so that the engine can be built.`,
      ].join("\n"),
    );
    this.name = "EngineNotFoundError";
  }
}

/** One way that did not lead to an engine, and why. */
export interface Attempt {
  what: string;
  why: string;
}

/**
 * Finds the Pulumi CLI, the engine of every run: `pulumi` on PATH when it is recent enough, one that this
 * project installed earlier, the vendor's download, and last a build from the Go module proxy (about six
 * minutes on two cores the first time), pinned by engine/go.mod and go.sum. Two processes may ask at once.
 * An engine that was built has no Node.js language host: give it an inline program.
 * @throws EngineNotFoundError
 */
export async function findEngine(options: FindEngineOptions = {}): Promise<Engine> {
  const attempts: Attempt[] = [];
  const found = (await fromPath(attempts)) ?? (await fromCache(options, attempts));
  if (found === undefined) {
    throw new EngineNotFoundError(attempts);
  }
  return found;
}

async function fromPath(attempts: Attempt[]): Promise<Engine | undefined> {
  const path = findOnPath("pulumi");
  if (path === undefined) {
    attempts.push({ what: "`pulumi` on PATH", why: "not there" });
    return undefined;
  }
  try {
    const command = await PulumiCommand.get({ version: new SemVer(minimumEngine) });
    return engine(command, "path", path, `it is on PATH and not older than ${minimumEngine}`);
  } catch (error) {
    attempts.push({ what: `\`pulumi\` on PATH (${path})`, why: oneLine(error) });
    return undefined;
  }
}

async function fromCache(options: FindEngineOptions, attempts: Attempt[]): Promise<Engine | undefined> {
  const version = await pinnedVersion();
  const directory = join(cacheDirectory(options.cache), "pulumi", `v${version}`);
  const path = join(directory, "bin", process.platform === "win32" ? "pulumi.exe" : "pulumi");
  const whyNot = () => attempts.map(({ what, why }) => `${what}: ${why}`).join("; ");
  try {
    const installed = await installOnce({
      directory,
      probe: async (root) => await installedIn(root, version),
      install: async (root) => await install({ ...options, root, version, attempts }),
      onWait: () => options.onProgress?.("waiting for another process that is installing the Pulumi CLI"),
    });
    if ("found" in installed) {
      return engine(installed.found, "installed", path, `this project installed it earlier (${whyNot()})`);
    }
    const command = await PulumiCommand.get({ root: directory, version: new SemVer(version) });
    return engine(command, installed.made, path, `${made[installed.made]} just now (${whyNot()})`);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof NothingInstalled)) {
      attempts.push({ what: `the cache folder ${directory}`, why: oneLine(error) });
    }
    return undefined;
  }
}

/** The engine in a folder of the cache, when it runs and is the version wanted. */
async function installedIn(root: string, version: string): Promise<PulumiCommand | undefined> {
  try {
    return await PulumiCommand.get({ root, version: new SemVer(version) });
  } catch {
    return undefined;
  }
}

const made = {
  download: "it was downloaded from the vendor",
  built: "it was built from the Go module proxy",
};

class NothingInstalled extends Error {}

interface Installing extends FindEngineOptions {
  root: string;
  version: string;
  attempts: Attempt[];
}

/** Fills `root` with an engine that runs, by the vendor's download or else by a build. */
async function install(options: Installing): Promise<"download" | "built"> {
  const { root, version, attempts, onProgress, signal } = options;
  attempts.push({ what: "one installed earlier by this project", why: `none in ${dirname(root)}` });

  const ways = [
    {
      source: "download" as const,
      what: "the vendor's download",
      run: () => downloadFromVendor({ root, version, signal }),
    },
    {
      source: "built" as const,
      what: "a build from the Go module proxy (about 6 minutes the first time)",
      run: () => buildFromModuleProxy({ root, version, cache: options.cache, onProgress, signal }),
    },
  ];
  for (const way of ways) {
    onProgress?.(`Pulumi CLI v${version}: trying ${way.what}`);
    try {
      await way.run();
      await PulumiCommand.get({ root, version: new SemVer(version) });
      return way.source;
    } catch (error) {
      signal?.throwIfAborted();
      attempts.push({ what: way.what, why: oneLine(error) });
      onProgress?.(`Pulumi CLI v${version}: ${way.what} did not work: ${oneLine(error)}`);
    }
  }
  throw new NothingInstalled();
}

async function buildFromModuleProxy(options: {
  root: string;
  version: string;
  cache?: string;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}): Promise<void> {
  await goBuild({
    what: `Pulumi CLI v${options.version}`,
    moduleDirectory: join(projectRoot(), "engine"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    output: join(options.root, "bin", process.platform === "win32" ? "pulumi.exe" : "pulumi"),
    // Without it the CLI takes itself for a development version.
    linkerFlags: [`-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${options.version}`],
    cache: options.cache,
    onProgress: options.onProgress,
    signal: options.signal,
  });
}

/** The version that is downloaded or built: the one that engine/go.mod pins, so that both are the same. */
async function pinnedVersion(): Promise<string> {
  const file = join(projectRoot(), "engine", "go.mod");
  const pinned = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(await readFile(file, "utf8"))?.[1];
  if (pinned === undefined) {
    throw new Error(`${file} requires no github.com/pulumi/pulumi/pkg/v3: restore it with git.`);
  }
  return pinned;
}

function engine(command: PulumiCommand, source: EngineSource, path: string, reason: string): Engine {
  return { command, version: command.version?.version ?? "unknown", source, path, reason };
}

/** The first line of an error that says something; the SDK's errors carry a whole process's output. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").map((line) => line.replace(/^\s*(code: \S+|stdout:|stderr:)\s*/, "").trim());
  return lines.find((line) => line !== "") ?? "no reason given";
}
