import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { projectRoot } from "../../engine/project-root";

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

/** Packs this project as it is built, into an existing folder. */
export async function pack(destination: string): Promise<Tarball> {
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
