import { createWriteStream } from "node:fs";
import { chmod, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { coerce, lt } from "semver";
import { cacheDirectory, installOnce } from "./cache";
import { findOnPath, isExecutable } from "./executable";
import { unpackModule } from "./module-archive";

/**
 * The oldest Go on PATH that is used: since 1.21 the go command fetches, by itself and from the module proxy,
 * the newer toolchain that a go.mod asks for (https://go.dev/doc/toolchain).
 */
export const minimumGo = "1.21.0";

/** The toolchain that is fetched where PATH has no such Go, not older than engine/go.mod asks for. */
const fetchedGo = "1.26.8";

/**
 * The checksums of that toolchain as Go's checksum database has them, the module hash "h1"
 * (https://go.dev/ref/mod#go-sum-files), by Go's names of operating system and processor.
 */
const checksums: Readonly<Record<string, string>> = {
  "linux-amd64": "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
  "linux-arm64": "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=",
  "darwin-amd64": "h1:7/9KPPN8PckcA9s91hm2jmQMhzW4KyTJXHIs45L0C9M=",
  "darwin-arm64": "h1:dFjGhY6f8DTsY8/rLchUTDRRfjJP4pCrGCwxvHFT2Fg=",
};

export interface FindGoOptions {
  /** The cache folder; default {@link cacheDirectory}. */
  cache?: string;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * The go command: the one on PATH, when it is recent enough, or the official toolchain, which the Go module
 * proxy serves as a module (72 MB), checked against its pinned checksum and kept in the cache.
 * @throws Error that says why there is neither.
 */
export async function findGo(options: FindGoOptions = {}): Promise<string> {
  const onPath = await goOnPath();
  if ("go" in onPath) return onPath.go;
  try {
    return await fetchedToolchain(options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new Error(`${onPath.why}; ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function goOnPath(): Promise<{ go: string } | { why: string }> {
  const go = findOnPath("go");
  if (go === undefined) return { why: "no `go` on PATH" };
  // In no module, so that no go.mod sends the go command to fetch another toolchain first.
  const { stdout, failed } = await execa(go, ["env", "GOVERSION"], {
    cwd: tmpdir(),
    env: { GOTOOLCHAIN: "local" },
    reject: false,
  });
  const version = coerce(stdout);
  if (failed || version === null) return { why: `${go} does not run` };
  return lt(version, minimumGo)
    ? { why: `${go} is ${stdout.trim()}, and Go ${minimumGo} or newer is needed` }
    : { go };
}

async function fetchedToolchain({ cache, onProgress, signal }: FindGoOptions): Promise<string> {
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const checksum = checksums[platform];
  if (checksum === undefined) throw new Error(`there is no pinned Go toolchain for ${platform}`);
  const directory = join(cacheDirectory(cache), "go", `go${fetchedGo}`);
  await installOnce({
    directory,
    probe: async (root) => isExecutable(join(root, "bin", "go")) || undefined,
    install: async (scratch) => {
      onProgress?.(`Go ${fetchedGo}: fetching the toolchain from the Go module proxy (72 MB)`);
      const name = `v0.0.1-go${fetchedGo}.${platform}`;
      const zip = `${scratch}.zip`;
      try {
        await download(`${moduleProxy()}/golang.org/toolchain/@v/${name}.zip`, zip, signal);
        const actual = await unpackModule(zip, `golang.org/toolchain@${name}/`, scratch);
        if (actual !== checksum) {
          throw new Error(`the Go toolchain ${name} has the checksum ${actual} instead of ${checksum}`);
        }
      } finally {
        await rm(zip, { force: true });
      }
      await finish(scratch);
      onProgress?.(`Go ${fetchedGo}: fetched`);
    },
    onWait: () => onProgress?.("waiting for another process that is fetching Go"),
  });
  return join(directory, "bin", "go");
}

/** The first proxy of GOPROXY (https://go.dev/ref/mod#environment-variables); without Go there is no default. */
function moduleProxy(): string {
  const [first = ""] = (process.env.GOPROXY ?? "").split(/[,|]/);
  if (!first.startsWith("http")) {
    throw new Error("no Go is installed, and GOPROXY names no module proxy to fetch it from");
  }
  return first.replace(/\/$/, "");
}

async function download(url: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  const limit = AbortSignal.timeout(300_000);
  const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, limit]) : limit }).catch(
    (error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Error(`${url} cannot be reached (${describe(cause)})`);
    },
  );
  if (!response.ok || response.body === null) {
    throw new Error(`${url} answers ${response.status} ${response.statusText}`);
  }
  await pipeline(response.body, createWriteStream(file));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/**
 * The programs are not executable in a module's archive, which has no permissions, and modules inside the
 * toolchain are called _go.mod there, or they would end it. The go command mends both, too, when it fetches one.
 */
async function finish(directory: string): Promise<void> {
  for (const folder of [join(directory, "bin"), join(directory, "pkg", "tool")]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      await chmod(join(entry.parentPath, entry.name), 0o755);
    }
  }
  for (const folder of ["src", join("src", "cmd")]) {
    await rename(join(directory, folder, "_go.mod"), join(directory, folder, "go.mod"));
  }
}
