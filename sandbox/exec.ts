import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { runEnvironment } from "../engine/environment";
import { projectRoot } from "../engine/project-root";
import { AwsAccount } from "./aws";
import { settingsFor } from "./journey";
import { createAuthority } from "./pki";
import { DOMAIN, startWorld } from "./world";

/** The only stack name for which settings are at hand. */
const STACK = "bare";

/**
 * Runs a command in the project's folder with the emulated account around it: the substitute providers attached,
 * SendGrid's emulator in the environment, the state in a folder that is removed afterwards, and settings for a
 * stack named `bare`. No server is booted.
 * @returns the command's exit code
 */
export async function execute([program = "", ...args]: string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "smarthost-exec-"));
  const world = await startWorld({
    domain: DOMAIN,
    aws: new AwsAccount(),
    authority: await createAuthority(),
  });
  const settingsFile = join(projectRoot(), `Pulumi.${STACK}.yaml`);
  try {
    await writeFile(settingsFile, stringify({ config: { ...settingsFor(13), ...world.settings } }), {
      flag: "wx",
    });
    const { exitCode } = await execa(program, args, {
      cwd: projectRoot(),
      stdio: "inherit",
      reject: false,
      env: {
        ...runEnvironment({
          stateDirectory: folder,
          home: join(folder, "home"),
          passphrase: "sandbox",
          attachedProviders: world.attachedProviders,
        }),
        ...world.environment,
      },
    });
    return exitCode ?? 1;
  } finally {
    await world.close();
    await Promise.all([settingsFile, folder].map((path) => rm(path, { recursive: true, force: true })));
  }
}
