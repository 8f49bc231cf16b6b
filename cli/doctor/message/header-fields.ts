import addressparser from "nodemailer/lib/addressparser";

/** A header field of a message (RFC 5322 section 2.2). */
export interface HeaderField {
  /** Lower case. */
  name: string;
  /** Unfolded. */
  value: string;
}

/** The header fields in their order, the newest trace first. Lines that are no field, such as an mbox's, are left out. */
export function headerFields(raw: Buffer): HeaderField[] {
  const head =
    raw
      .toString("utf8")
      .replace(/^\s+/, "")
      .split(/\r?\n\r?\n/, 1)[0] ?? "";
  return head
    .replace(/\r?\n(?=[ \t])/g, "")
    .split(/\r?\n/)
    .map((line) => /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line))
    .flatMap((match) =>
      match?.[1] ? [{ name: match[1].toLowerCase(), value: match[2]?.trim() ?? "" }] : [],
    );
}

/** The domain of the author, lower case; undefined where there is not one From field with one address: DMARC has no domain then. */
export function authorDomain(fields: readonly HeaderField[]): string | undefined {
  const [from, ...more] = fields.filter(({ name }) => name === "from");
  if (from === undefined || more.length > 0) {
    return undefined;
  }
  const [author, ...others] = addressparser(from.value, { flatten: true });
  return others.length > 0 ? undefined : /@([^@]+)$/.exec(author?.address ?? "")?.[1]?.toLowerCase();
}
