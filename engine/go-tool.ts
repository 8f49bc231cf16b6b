import { join } from "node:path";
import { cacheDirectory, installOnce } from "./cache";
import { isExecutable } from "./executable";
import { type GoBuild, goBuild } from "./go-build";

/** A Go program that the project builds once and keeps. */
export interface GoTool extends Omit<GoBuild, "output"> {
  /** The executable's name. */
  name: string;
  /** Whatever tells one build from another: a version, or a hash of the sources. */
  version: string;
}

/**
 * The path of a Go program, built into the cache when it is not there yet.
 * @throws Error from {@link goBuild}: no Go, or the go command's last words.
 */
export async function goTool(tool: GoTool): Promise<string> {
  const directory = join(cacheDirectory(tool.cache), tool.name, tool.version);
  await installOnce({
    directory,
    probe: async (root) => isExecutable(join(root, tool.name)) || undefined,
    install: async (scratch) => await goBuild({ ...tool, output: join(scratch, tool.name) }),
    onWait: () => tool.onProgress?.(`waiting for another process that is building ${tool.what}`),
  });
  return join(directory, tool.name);
}
