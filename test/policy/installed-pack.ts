import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { projectRoot } from "../../engine/project-root";

/** The policy pack as a consumer has it, and what an engine without the vendor's language host needs to run it. */
export interface InstalledPack {
  /** The folder for `--policy-pack`. */
  folder: string;
  /** Environment of the engine. */
  environment: Record<string, string>;
  /** Writes a configuration of the pack. @returns the path for `--policy-pack-config` */
  config(name: string, policies: Record<string, unknown>): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Puts the pack that `npm run build` made into a project beside nothing but `@pulumi/pulumi`. The real language host runs
 * `@pulumi/pulumi/cmd/run-policy-pack` in the pack's folder; where the engine finds none, it runs
 * `pulumi-analyzer-policy-nodejs` from the path, and that is a script of this test with the same command in it.
 */
export async function installPack(): Promise<InstalledPack> {
  const root = projectRoot();
  const directory = await mkdtemp(join(tmpdir(), "smarthost-policy-"));
  const modules = join(directory, "node_modules");
  const installed = join(modules, "pulumi-smarthost");
  const folder = join(installed, "policy");
  await mkdir(join(modules, "@pulumi"), { recursive: true });
  await symlink(join(root, "node_modules", "@pulumi", "pulumi"), join(modules, "@pulumi", "pulumi"));
  for (const file of ["PulumiPolicy.yaml", "package.json"]) {
    await cp(join(root, "policy", file), join(folder, file));
  }
  await cp(join(root, "dist", "policy"), join(installed, "dist", "policy"), { recursive: true });
  const host = join(directory, "bin", "pulumi-analyzer-policy-nodejs");
  await mkdir(join(directory, "bin"));
  await writeFile(
    host,
    `#!/bin/sh\nexec '${process.execPath}' '${join(modules, "@pulumi/pulumi/cmd/run-policy-pack")}' "$@"\n`,
  );
  await chmod(host, 0o755);
  return {
    folder,
    environment: { PATH: `${join(directory, "bin")}${delimiter}${process.env.PATH}` },
    config: async (name, policies) => {
      const path = join(directory, `${name}.json`);
      await writeFile(path, JSON.stringify(policies));
      return path;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
