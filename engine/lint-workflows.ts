import { join } from "node:path";
import { execa } from "execa";
import { goTool } from "./go-tool";
import { projectRoot } from "./project-root";

/**
 * Checks .github/workflows with actionlint (https://github.com/rhysd/actionlint), pinned and checksummed
 * by engine/actionlint/go.mod and go.sum and built once into the cache.
 */
async function lintWorkflows(): Promise<number> {
  const root = projectRoot();
  const version = "1.7.12";
  const actionlint = await goTool({
    name: "actionlint",
    version,
    what: `actionlint ${version}`,
    moduleDirectory: join(root, "engine", "actionlint"),
    package: "github.com/rhysd/actionlint/cmd/actionlint",
    onProgress: (line) => console.error(line),
  });
  const { exitCode } = await execa(actionlint, ["-color"], { cwd: root, stdio: "inherit", reject: false });
  return exitCode ?? 1;
}

lintWorkflows()
  .then((exitCode) => {
    process.exitCode = exitCode;
  })
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
