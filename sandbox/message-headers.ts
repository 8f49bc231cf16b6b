import addressparser from "nodemailer/lib/addressparser";

/** The values of a header field in a raw message, unfolded, in their order (RFC 5322, section 2.2). */
export function headerValues(raw: Buffer, name: string): string[] {
  const wanted = name.toLowerCase();
  const head = raw.toString("utf8").split(/\r?\n\r?\n/, 1)[0] ?? "";
  return head
    .replace(/\r?\n(?=[ \t])/g, "")
    .split(/\r?\n/)
    .map((line) => /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line))
    .flatMap((match) => (match?.[1]?.toLowerCase() === wanted ? [match[2]?.trim() ?? ""] : []));
}

/**
 * The domain of the message's author, lower-case, or undefined where there is not exactly one From field
 * with exactly one address: such a message has no domain that it could be authenticated for.
 */
export function authorDomain(raw: Buffer): string | undefined {
  const [from, ...more] = headerValues(raw, "From");
  if (from === undefined || more.length > 0) return undefined;
  const [author, ...others] = addressparser(from, { flatten: true });
  if (!author || others.length > 0) return undefined;
  return /@([^@]+)$/.exec(author.address)?.[1]?.toLowerCase();
}
