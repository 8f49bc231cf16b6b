import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generateSdk } from "../../engine/generate-sdk";
import { projectRoot } from "../../engine/project-root";
import { codeBlocks } from "../docs/code-blocks";

/** Writes the package of a language, generated from a component folder's schema, into a folder. */
export async function writeSdk(
  componentFolder: string,
  language: "python" | "go",
  folder: string,
): Promise<void> {
  const schema: unknown = JSON.parse(await readFile(join(componentFolder, "schema.json"), "utf8"));
  const files = await generateSdk({ schema, language, onProgress: (line) => console.error(line) });
  for (const [name, content] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** The program in a language that docs/other-languages.md shows: its only block of it. */
export function documentedProgram(language: string): string {
  const page = join("docs", "other-languages.md");
  const found = codeBlocks(projectRoot()).filter(
    (block) => block.file === page && block.language === language,
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${page} has ${found.length} blocks of ${language}, and the test runs one`);
  }
  return only.code;
}
