import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder that holds this project's package.json, seen from the sources as well as from dist/.
 * @throws when there is none above this file, which means that the package is incomplete.
 */
export function projectRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) {
      return folder;
    }
  }
  throw new Error(`No package.json above ${__dirname}: run this from a complete copy of the project.`);
}
