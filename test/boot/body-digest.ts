import { createHash } from "node:crypto";

/** SHA-256 of a message's body, in hex: all behind the first empty line, which no relay may change. */
export function bodyDigest(content: string | Buffer): string {
  const octets = Buffer.from(content);
  const begin = octets.indexOf("\r\n\r\n");
  return createHash("sha256")
    .update(begin < 0 ? "" : octets.subarray(begin + 4))
    .digest("hex");
}
