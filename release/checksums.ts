import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The name of the file with the checksums, beside what it names. */
export const CHECKSUMS = "SHA256SUMS";

/** Lines as `sha256sum --check` reads them, in the order of the names. @param names files of the folder */
export async function sha256sums(folder: string, names: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    names.toSorted().map(async (name) => {
      const hash = createHash("sha256").update(await readFile(join(folder, name)));
      return `${hash.digest("hex")}  ${name}\n`;
    }),
  );
  return lines.join("");
}
