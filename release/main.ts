import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import type { Fault } from "../components/faults";
import { writeFolder } from "../engine/generate-sdk";
import { projectRoot } from "../engine/project-root";
import { publicApi } from "./api/extract";
import { API_FOLDER, RELEASED_FOLDER, readApi, writeApi } from "./api/folder";
import { makeRelease, releaseTime } from "./archives";
import { parseChangelog } from "./changelog";
import { checkRelease } from "./check";
import { readManifest } from "./manifest";
import { REFERENCE_FOLDER, referenceOf } from "./reference/pages";

const root = projectRoot();
const program = new Command("npm run release --").description("Makes and checks what a release consists of.");

program
  .command("archives")
  .description("Makes the npm package, the plug-in's archives, bills of materials and checksums.")
  .option("--out <folder>", "where to", join("dist", "release"))
  .action(async ({ out }: { out: string }) => {
    const time = await releaseTime(root, process.env.SOURCE_DATE_EPOCH);
    for (const name of await makeRelease({ root, folder: join(root, out), time }))
      console.log(join(out, name));
  });

program
  .command("api")
  .description("Writes the public API into api/, and its reference into docs/reference.")
  .action(async () => {
    await writeApi(join(root, API_FOLDER), await publicApi(root));
    await writeFolder(join(root, REFERENCE_FOLDER), await referenceOf(root));
  });

program
  .command("check")
  .description("Whether version and changelog say what has changed in the public API since the last release.")
  .option("--since <folder>", "the last release's public API", RELEASED_FOLDER)
  .option("--tag <tag>", "the tag that is to be released")
  .option("--repository <owner/name>", "the repository that is to release it")
  .action(async ({ since, ...publication }: { since: string; tag?: string; repository?: string }) => {
    const { changes, least, released, faults } = await checkRelease(root, since, publication);
    for (const { weight, file, path, what } of changes) console.log(`${weight} ${file} ${path}: ${what}`);
    console.log(
      released === undefined
        ? "Nothing was released yet, so any version will do."
        : `Changes since ${released}: ${changes.length}. They ask for ${least} at least.`,
    );
    refuse(faults);
  });

program
  .command("notes")
  .description("Prints what the changelog says of this version, for the release's page.")
  .action(async () => {
    const { version } = await readManifest(root);
    const sections = parseChangelog(await readFile(join(root, "CHANGELOG.md"), "utf8"));
    const section = sections.find((each) => each.version === version);
    if (section === undefined) throw new Error(`CHANGELOG.md has no section for ${version}. Next: write it.`);
    console.log(section.notes);
  });

program
  .command("done")
  .description("Keeps the public API as that of the last release; to be committed after it.")
  .action(async () => {
    const { version } = await readManifest(root);
    await writeApi(join(root, RELEASED_FOLDER), await readApi(join(root, API_FOLDER)), version);
    console.log(`${RELEASED_FOLDER} has the public API of ${version} now.`);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

function refuse(faults: readonly Fault[]): void {
  for (const { path, value, reason, next } of faults) {
    console.error(`${path}:${value === undefined ? "" : ` "${value}"`} ${reason}. Next: ${next}`);
  }
  if (faults.length > 0) process.exitCode = 1;
}
