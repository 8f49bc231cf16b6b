import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { projectRoot } from "../../engine/project-root";
import { pack, type Tarball } from "./tarball";

/** The peers of the package, and what a TypeScript project has besides. */
const OTHERS = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/cloudflare", "typescript", "@types/node"];
/** An older compiler beside the one that this project uses. */
const OLDER_COMPILER = { name: "typescript-5.9", version: "5.9.3" };

/** The two kinds of module that Node runs; each is a folder of the consumer's with the same program. */
export type ModuleKind = "commonjs" | "esm";

/** How a consumer compiles: its compiler and the settings that decide how an import is looked up. */
export interface Compilation {
  /** The package name of the compiler, as the consumer installed it. Default `typescript`, the newer one. */
  compiler?: "typescript" | "typescript-5.9";
  kind: ModuleKind;
  module: string;
  moduleResolution: string;
}

/** Somebody else's project, in a folder outside this repository, with the packed module installed. */
export interface Consumer {
  /** The project's folder, which has node_modules. */
  folder: string;
  tarball: Tarball;
  /** A folder beside it for whatever a test keeps. */
  parent: string;
  /** Compiles the program. `more` are options of tsc. @throws with the compiler's messages. */
  compile(compilation: Compilation, ...more: string[]): Promise<void>;
  remove(): Promise<void>;
}

/** Packs this project as it is built, and installs it from the tarball and its peers from the registry. */
export async function installConsumer(): Promise<Consumer> {
  const parent = await mkdtemp(join(tmpdir(), "smarthost-consumer-"));
  const folder = join(parent, "consumer");
  const template = join(projectRoot(), "test", "consumer");
  await cp(template, folder, { recursive: true });
  for (const kind of ["commonjs", "esm"]) {
    await cp(join(template, "src"), join(folder, kind), { recursive: true });
    await cp(join(template, "tsconfig.json"), join(folder, kind, "tsconfig.json"));
  }
  const tarball = await pack(parent);
  const others = [
    ...(await versionsInUse(OTHERS)),
    `${OLDER_COMPILER.name}@npm:typescript@${OLDER_COMPILER.version}`,
  ];
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--save-exact"];
  await execa("npm", ["install", ...quiet, "--prefix", folder, tarball.path, ...others], { cwd: folder });
  return {
    folder,
    tarball,
    parent,
    compile: async ({ compiler = "typescript", kind, module, moduleResolution }, ...more) => {
      const tsc = join("node_modules", compiler, "bin", "tsc");
      const lookUp = ["--module", module, "--moduleResolution", moduleResolution];
      await execa(process.execPath, [tsc, "-p", kind, ...lookUp, ...more], { cwd: folder });
    },
    remove: async () => await rm(parent, { recursive: true, force: true }),
  };
}

async function versionsInUse(names: readonly string[]): Promise<string[]> {
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(projectRoot(), "package.json"), "utf8")));
  return names.map((name) => `${name}@${devDependencies[name]}`);
}
