import { join } from "node:path";
import { execa } from "execa";
import { cacheDirectory, installOnce } from "../engine/cache";

/**
 * The Python of a virtual environment that has a package, installed once into the project's cache, from the Python package
 * index as the machine is set up for it.
 *
 * @param extras of the package, such as `server`
 * @param others more packages with their versions, such as `parver==0.5`
 */
export async function pythonWith(
  name: string,
  version: string,
  extras: string[] = [],
  others: string[] = [],
): Promise<string> {
  const directory = join(cacheDirectory(), name, version);
  await installOnce({
    directory,
    probe: async (root) => {
      const program = `import importlib.metadata as m; print(m.version("${name}"))`;
      const { stdout, failed } = await execa(pythonOf(root), ["-c", program], { reject: false });
      return (!failed && stdout === version) || undefined;
    },
    install: async (scratch) => {
      await execa("python3", ["-m", "venv", scratch]);
      const wanted = `${name}${extras.length > 0 ? `[${extras.join(",")}]` : ""}==${version}`;
      const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted, ...others];
      await execa(pythonOf(scratch), install, { timeout: 600_000 });
    },
  });
  return pythonOf(directory);
}

function pythonOf(environment: string): string {
  return join(environment, "bin", "python");
}
