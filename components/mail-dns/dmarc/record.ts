/** The tags of a DMARC record in order, the version first. */
export type DmarcTags = [tag: string, value: string][];

/** `v=DMARC1; p=none; …` (RFC 9989 section 4.8). */
export function buildDmarc(tags: DmarcTags): string {
  return tags.map(([tag, value]) => `${tag}=${value}`).join("; ");
}

/** Reads the tag list. Throws a `SyntaxError` when the text is no DMARC record. */
export function parseDmarc(text: string): DmarcTags {
  const tags = text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part): [string, string] => {
      const at = part.indexOf("=");
      if (at < 1) {
        throw new SyntaxError(`"${part}" is not of the form tag=value (RFC 9989 section 4.8)`);
      }
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
    });
  if (tags[0]?.[0] !== "v" || tags[0][1] !== "DMARC1") {
    throw new SyntaxError('a DMARC record starts with "v=DMARC1" (RFC 9989 section 4.8)');
  }
  return tags;
}
