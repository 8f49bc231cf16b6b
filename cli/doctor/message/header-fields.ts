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
  const head = raw.toString("utf8").split(/\r?\n\r?\n/, 1)[0] ?? "";
  return head
    .replace(/\r?\n(?=[ \t])/g, "")
    .split(/\r?\n/)
    .map((line) => /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line))
    .flatMap((match) =>
      match?.[1] ? [{ name: match[1].toLowerCase(), value: match[2]?.trim() ?? "" }] : [],
    );
}

/** The values of the fields of this name, in their order. */
export function headerValues(fields: readonly HeaderField[], name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.flatMap((field) => (field.name === wanted ? [field.value] : []));
}

/** The domain of the author, lower case; undefined where there is not one From field with one address: DMARC has no domain then. */
export function authorDomain(fields: readonly HeaderField[]): string | undefined {
  const [from, ...more] = headerValues(fields, "From");
  if (from === undefined || more.length > 0) {
    return undefined;
  }
  const [author, ...others] = addressparser(from, { flatten: true });
  return others.length > 0 ? undefined : /@([^@]+)$/.exec(author?.address ?? "")?.[1]?.toLowerCase();
}
