import { dirname, join } from "node:path";
import { goTool } from "../../engine/go-tool";
import { projectRoot } from "../../engine/project-root";

const VERSION = "1.38.0";

/**
 * The folder of Pulumi's language host for YAML, which the engine looks for on PATH. It is built once into the
 * project's cache, from modules that most of the CLI's build has compiled already: half a minute on two cores.
 */
export async function yamlHost(): Promise<string> {
  const host = await goTool({
    name: "pulumi-language-yaml",
    version: VERSION,
    what: `Pulumi's YAML language host ${VERSION}`,
    moduleDirectory: join(projectRoot(), "test", "languages", "yaml-host"),
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    onProgress: (line) => console.error(line),
  });
  return dirname(host);
}
