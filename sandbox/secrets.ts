import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A place where a secret must not stand, with its whole content. */
export interface SearchedPlace {
  name: string;
  content: string;
}

/** A secret that was found in clear. The secret itself is not in it. */
export interface Leak {
  place: string;
  secret: string;
}

/**
 * Searches texts for secrets, as they are and in base64, hexadecimal and percent encoding.
 * @param secrets by a name that may be shown
 */
export function findLeaks(places: readonly SearchedPlace[], secrets: ReadonlyMap<string, string>): Leak[] {
  return [...secrets].flatMap(([secret, text]) => {
    const spellings = spellingsOf(text);
    return places
      .filter(({ content }) => spellings.some((spelling) => content.includes(spelling)))
      .map(({ name }) => ({ place: name, secret }));
  });
}

function spellingsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  // Inside a longer text, base64 depends on where the secret begins: three ways, of which the ends are cut off.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(offset === 0 ? 0 : 4)
      .replace(/.{0,3}=*$/, ""),
  );
  return [text, ...base64, bytes.toString("hex"), encodeURIComponent(text)];
}

/** Every file below a folder, read as text. */
export async function filesBelow(folder: string, name: string): Promise<SearchedPlace[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => ({
        name: `${name}: ${entry.name}`,
        content: await readFile(join(entry.parentPath, entry.name), "latin1"),
      })),
  );
}
