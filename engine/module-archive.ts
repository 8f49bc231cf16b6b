import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";

/**
 * Unpacks the archive of a Go module and computes its hash, which go.sum files and the checksum database call
 * "h1" (https://go.dev/ref/mod#go-sum-files, golang.org/x/mod/sumdb/dirhash): SHA-256 over one line for each
 * file, sorted by name.
 * @param prefix what every name in the archive begins with: `MODULE@VERSION/`
 */
export async function unpackModule(zip: string, prefix: string, directory: string): Promise<string> {
  const hashes = new Map<string, string>();
  // yauzl itself refuses names that lead out of the folder.
  const archive = await openPromise(zip, { lazyEntries: true });
  for await (const entry of archive.eachEntry()) {
    const name = entry.fileName;
    if (name.endsWith("/")) continue;
    if (!name.startsWith(prefix)) throw new Error(`${zip} holds ${name}, which is not below ${prefix}`);
    const path = join(directory, name.slice(prefix.length));
    await mkdir(dirname(path), { recursive: true });
    const hash = createHash("sha256");
    const hashing = new Transform({
      transform(chunk, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(await archive.openReadStreamPromise(entry), hashing, createWriteStream(path));
    hashes.set(name, hash.digest("hex"));
  }
  const lines = [...hashes.keys()].sort().map((name) => `${hashes.get(name)}  ${name}\n`);
  return `h1:${createHash("sha256").update(lines.join("")).digest("base64")}`;
}
