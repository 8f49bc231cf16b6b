import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EngineNotFoundError, findEngine } from "../../engine/find-engine";

// The CLIs here are shell scripts that answer to `pulumi version` and to nothing else. That the real one is
// found, downloaded or built is shown by every run of the sandbox.

let folder: string;
let nowhere: string;
const cache = () => join(folder, "cache");
const installedCli = () => join(cache(), "pulumi", "v3.259.0", "bin", "pulumi");

/** An address on this machine where nothing listens. */
async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "smarthost-engine-"));
  // No go, no pulumi, and neither the vendor's site nor the Go module proxy can be reached.
  nowhere = await freeAddress();
  vi.stubEnv("PATH", join(folder, "path"));
  vi.stubEnv("NODE_USE_ENV_PROXY", "1");
  vi.stubEnv("HTTPS_PROXY", nowhere);
  vi.stubEnv("GOPROXY", nowhere);
  vi.stubEnv("PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK", "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function executable(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A zip archive with nothing in it. */
const emptyArchive = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);

const onPath = (name: string, script: string) => executable(join(folder, "path", name), script);

describe("which engine is taken", () => {
  test("`pulumi` on PATH comes first when it is recent enough", async () => {
    const path = onPath("pulumi", "echo v3.249.0");
    executable(installedCli(), "echo v3.259.0");
    expect(await findEngine({ cache: cache() })).toMatchObject({ source: "path", version: "3.249.0", path });
  });

  test("one that was installed earlier replaces a `pulumi` on PATH that is too old, and the reason says so", async () => {
    onPath("pulumi", "echo v3.248.9");
    executable(installedCli(), "echo v3.259.0");
    const engine = await findEngine({ cache: cache() });
    expect(engine).toMatchObject({ source: "installed", version: "3.259.0", path: installedCli() });
    expect(engine.reason).toMatch(/minimum CLI version requirement is 3\.249\.0.*v3\.248\.9/);
  });

  test("a `pulumi` on PATH that does not run is passed over", async () => {
    onPath("pulumi", "exit 3");
    executable(installedCli(), "echo v3.259.0");
    expect((await findEngine({ cache: cache() })).source).toBe("installed");
  });

  test("a build that answers with an older version than the pinned one is not taken", async () => {
    onPath(
      "go",
      `case "$1" in
         env) echo go1.26.0 ;;
         list) echo one/package ;;
         build) while [ "$1" != -o ]; do shift; done; /bin/mkdir -p "$(/usr/bin/dirname "$2")"; printf '#!/bin/sh\\necho v3.1.0\\n' >"$2"; /bin/chmod +x "$2" ;;
       esac`,
    );
    await expect(findEngine({ cache: cache() })).rejects.toThrow("current CLI version is v3.1.0");
    expect(readdirSync(join(cache(), "pulumi"))).toEqual([]);
  });
});

describe("when there is no engine", () => {
  test("the error names everything that was tried, each with its reason, and the next actions", async () => {
    const error = await findEngine({ cache: cache() }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineNotFoundError);
    const message = error instanceof Error ? error.message : "";
    expect(message.split("\n")).toEqual([
      "No Pulumi engine was found. Tried, in this order:",
      "  - `pulumi` on PATH: not there",
      `  - one installed earlier by this project: none in ${join(cache(), "pulumi")}`,
      "  - the vendor's download: https://get.pulumi.com/ cannot be reached (ECONNREFUSED)",
      expect.stringContaining(
        `a build from the Go module proxy (about 6 minutes the first time): no \`go\` on PATH; ${nowhere}/golang.org/toolchain/`,
      ),
      "Next: do one of these and run the command again.",
      expect.stringContaining("Install Pulumi 3.249.0 or newer"),
      expect.stringContaining("set GOPROXY to a Go module proxy"),
    ]);
  });

  test("a Go that is too old is named with its version", async () => {
    const go = onPath("go", "echo go1.19.8");
    await expect(findEngine({ cache: cache() })).rejects.toThrow(
      `${go} is go1.19.8, and Go 1.21.0 or newer is needed; ${nowhere}`,
    );
  });

  test("a Go toolchain with another checksum than the pinned one is not used, and not kept", async () => {
    const proxy = createServer((_request, response) => response.end(emptyArchive));
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    vi.stubEnv("GOPROXY", `http://127.0.0.1:${port},direct`);
    await expect(findEngine({ cache: cache() })).rejects.toThrow(/has the checksum h1:\S+ instead of h1:/);
    expect(readdirSync(join(cache(), "go"))).toEqual([]);
    await new Promise((resolve) => proxy.close(resolve));
  });

  test("a build that fails gives the go command's last words", async () => {
    onPath("go", `case "$1" in env) echo go1.26.0 ;; *) echo "go: no network" >&2; exit 1 ;; esac`);
    await expect(findEngine({ cache: cache() })).rejects.toThrow("go: no network");
  });

  test("each way is announced before it is tried, and its failure right after", async () => {
    const lines: string[] = [];
    await findEngine({ cache: cache(), onProgress: (line) => lines.push(line) }).catch(() => {});
    expect(lines).toEqual([
      "Pulumi CLI v3.259.0: trying the vendor's download",
      expect.stringContaining("the vendor's download did not work"),
      expect.stringContaining("trying a build from the Go module proxy"),
      expect.stringContaining("fetching the toolchain"),
      expect.stringContaining("no `go` on PATH"),
    ]);
  });

  test("a cache folder that can not be written is named", async () => {
    writeFileSync(cache(), "a file where the folder should be");
    await expect(findEngine({ cache: cache() })).rejects.toThrow(`the cache folder ${cache()}`);
  });
});
