import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { execa } from "execa";
import { goTool } from "./go-tool";
import { projectRoot } from "./project-root";

/** Folders and files beside the generated ones that belong to npm and the compiler. */
const notGenerated = new Set(["bin", "node_modules", "package-lock.json"]);

export interface GenerateOptions {
  /** The Pulumi package schema, as the provider's GetSchema gives it. */
  schema: unknown;
  /** Whose package it is; default `nodejs`. */
  language?: "nodejs" | "python" | "go";
  /** The cache folder for the generator; default {@link cacheDirectory}. */
  cache?: string;
  onProgress?: (line: string) => void;
}

/**
 * Generates a language's package of a provider from its schema by Pulumi's own generator, which is built
 * once from the pinned Go modules (about a minute after the CLI was built, longer without).
 * @returns the content of each file by its path with forward slashes
 */
export async function generateSdk(options: GenerateOptions): Promise<Map<string, string>> {
  const moduleDirectory = join(projectRoot(), "engine");
  const generator = await goTool({
    name: "gen-sdk",
    version: await sourceHash(moduleDirectory, ["go.mod", "go.sum", "gen-sdk/main.go"]),
    what: "Pulumi's SDK generator",
    moduleDirectory,
    package: "./gen-sdk",
    cache: options.cache,
    onProgress: options.onProgress,
  });
  const scratch = await mkdtemp(join(tmpdir(), "smarthost-sdk-"));
  try {
    await execa(generator, [scratch, options.language ?? "nodejs"], {
      input: JSON.stringify(options.schema),
    });
    return await readFiles(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** How a folder differs from what was generated. */
export interface Staleness {
  file: string;
  problem: "missing" | "differs" | "not generated any more";
}

/** Compares a folder with what was generated; an empty list means that it is up to date. */
export async function staleFiles(
  directory: string,
  generated: ReadonlyMap<string, string>,
): Promise<Staleness[]> {
  const present = await readFiles(directory);
  const files = [...new Set([...generated.keys(), ...present.keys()])].sort();
  return files.flatMap((file): Staleness[] => {
    if (!generated.has(file)) {
      return [{ file, problem: "not generated any more" }];
    }
    if (!present.has(file)) {
      return [{ file, problem: "missing" }];
    }
    return generated.get(file) === present.get(file) ? [] : [{ file, problem: "differs" }];
  });
}

/** Makes a folder equal to what was generated and returns what was changed. */
export async function writeFolder(
  directory: string,
  generated: ReadonlyMap<string, string>,
): Promise<Staleness[]> {
  const stale = await staleFiles(directory, generated);
  for (const { file } of stale) {
    const path = join(directory, file);
    const content = generated.get(file);
    if (content === undefined) {
      await rm(path);
    } else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  }
  return stale;
}

async function readFiles(directory: string): Promise<Map<string, string>> {
  await mkdir(directory, { recursive: true });
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !notGenerated.has(file.split("/", 1)[0] ?? ""))
    .sort();
  return new Map(
    await Promise.all(
      files.map(async (file) => [file, await readFile(join(directory, file), "utf8")] as const),
    ),
  );
}

async function sourceHash(directory: string, files: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(await readFile(join(directory, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
