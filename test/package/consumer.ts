import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { runEnvironment } from "../../engine/environment";
import { findEngine } from "../../engine/find-engine";
import { projectRoot } from "../../engine/project-root";
import { AwsAccount } from "../../sandbox/aws";
import { createAuthority } from "../../sandbox/pki";
import { startWorld, ZONE_ID } from "../../sandbox/world";

const DOMAIN = "example.com";
/** The peers of the package, and what a TypeScript project has besides. */
const OTHERS = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/cloudflare", "typescript", "@types/node"];

const packed = z.object({
  filename: z.string(),
  size: z.number(),
  files: z.array(z.object({ path: z.string() })),
});
/** npm 11 answers with a list, npm 12 with an object by the package's name. */
const packs = z.union([z.array(packed), z.record(z.string(), packed)]).transform((all) => Object.values(all));

/** What `npm pack` made. */
export interface Tarball {
  path: string;
  bytes: number;
  /** Paths inside. */
  files: string[];
}

/** Somebody else's project, in a folder outside this repository, with the packed module installed. */
export interface Consumer {
  folder: string;
  tarball: Tarball;
  /** Compiles it by its own compiler. @throws with the compiler's messages. */
  compile(): Promise<void>;
  /** Previews it against the substitutes. @returns a line for each step: operation and URN. */
  preview(): Promise<string[]>;
  remove(): Promise<void>;
}

/** Packs this project as it is built, and installs it from the registry's packages and the tarball. */
export async function installConsumer(): Promise<Consumer> {
  const parent = await mkdtemp(join(tmpdir(), "smarthost-consumer-"));
  const folder = join(parent, "consumer");
  await cp(join(projectRoot(), "test", "consumer"), folder, { recursive: true });
  const tarball = await pack(parent);
  const others = await versionsInUse(OTHERS);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--save-exact"];
  await execa("npm", ["install", ...quiet, "--prefix", folder, tarball.path, ...others], { cwd: folder });
  return {
    folder,
    tarball,
    compile: async () => {
      await execa(process.execPath, [join("node_modules", "typescript", "bin", "tsc")], { cwd: folder });
    },
    preview: async () => await preview(folder, parent),
    remove: async () => await rm(parent, { recursive: true, force: true }),
  };
}

async function pack(destination: string): Promise<Tarball> {
  // Without scripts: `npm test` has built it already.
  const { stdout } = await execa(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", destination],
    { cwd: projectRoot() },
  );
  const [made] = packs.parse(JSON.parse(stdout));
  if (made === undefined) throw new Error("npm pack made nothing");
  return {
    path: join(destination, made.filename),
    bytes: made.size,
    files: made.files.map(({ path }) => path),
  };
}

async function versionsInUse(names: readonly string[]): Promise<string[]> {
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(projectRoot(), "package.json"), "utf8")));
  return names.map((name) => `${name}@${devDependencies[name]}`);
}

async function preview(folder: string, parent: string): Promise<string[]> {
  const stateDirectory = join(parent, "state");
  await mkdir(stateDirectory, { recursive: true });
  const engine = await findEngine();
  const world = await startWorld({
    domain: DOMAIN,
    aws: new AwsAccount(),
    authority: await createAuthority(),
  });
  try {
    const { stdout } = await execa(process.execPath, [join("bin", "preview.js"), DOMAIN, ZONE_ID], {
      cwd: folder,
      env: {
        ...runEnvironment({
          stateDirectory,
          home: join(parent, "home"),
          passphrase: "consumer",
          attachedProviders: world.attachedProviders,
        }),
        ...world.environment,
        PATH: `${dirname(engine.path)}:${process.env.PATH}`,
      },
    });
    return stdout.split("\n");
  } finally {
    await world.close();
  }
}
