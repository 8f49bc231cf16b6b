import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Fault } from "../components/faults";
import { VERSION } from "../providers/sendgrid/provider";
import { REPOSITORY } from "../providers/sendgrid/repository";

const Manifest = z.object({
  version: z.string(),
  repository: z.object({ type: z.literal("git"), url: z.string() }).optional(),
});

/** What package.json says of the version and of where the sources are. */
export type Manifest = z.output<typeof Manifest>;

export async function readManifest(root: string): Promise<Manifest> {
  return Manifest.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
}

/** What a release has to agree with; what is left out is not compared. */
export interface Publication {
  /** The tag that is released, such as "v0.2.0". */
  tag?: string;
  /** The repository that releases, as `OWNER/NAME`. */
  repository?: string;
}

/** Where package.json, the provider and the place of publication say different things. */
export function manifestFaults({ version, repository }: Manifest, publication: Publication = {}): Fault[] {
  const faults: Fault[] = [];
  const differs = (path: string, value: string | undefined, wanted: string) => {
    if (value !== wanted) {
      faults.push({ path, value, reason: "is not as it has to be", next: `Make it "${wanted}".` });
    }
  };
  differs("VERSION in providers/sendgrid/provider.ts", VERSION, version);
  // npm refuses provenance that names another repository than the package.
  differs("package.json: repository.url", repository?.url, `git+https://github.com/${REPOSITORY}.git`);
  if (publication.tag !== undefined) differs("the tag", publication.tag, `v${version}`);
  if (publication.repository !== undefined) {
    differs("REPOSITORY in providers/sendgrid/repository.ts", REPOSITORY, publication.repository);
  }
  return faults;
}
