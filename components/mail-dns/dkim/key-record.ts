import type { Finding } from "../finding";

/** The tags of a DKIM key record (RFC 6376 section 3.6.1); one that is left out has its default. */
export interface DkimKeyRecord {
  /** Default DKIM1. */
  v?: "DKIM1";
  /** Hash algorithms that may be used; default: all. */
  h?: string[];
  /** Key type; default rsa. */
  k?: string;
  /** Notes for people, quoted-printable as published. */
  n?: string;
  /** The public key in base64 without white space; empty: the key is revoked. */
  p: string;
  /** Services that the key is for; default `*`, all. */
  s?: string[];
  /** Flags: y, testing; s, no subdomains in the signature's i=. Default: none. */
  t?: string[];
}

/** A key record's text as verifiers understand it. */
export interface ParsedDkim {
  /** Undefined where verifiers ignore the whole text; a finding says why. */
  record: DkimKeyRecord | undefined;
  /** Tags that RFC 6376 does not know, which verifiers ignore. */
  unknown: [tag: string, value: string][];
  findings: Finding[];
}

/**
 * RFC 6376 section 3.2: names are case-sensitive, values have no semicolon, white space may surround both.
 */
const TAG = /^([A-Za-z][A-Za-z0-9_]*)\s*=\s*([\x21-\x3a\x3c-\x7e\s]*)$/;
const KNOWN = new Set(["v", "h", "k", "n", "p", "s", "t"]);

/** The record's text. Tags in the order of RFC 6376's examples, the key last. */
export function buildDkim({ v, h, k, n, p, s, t }: DkimKeyRecord): string {
  const tags = Object.entries({ v, h: h?.join(":"), k, n, s: s?.join(":"), t: t?.join(":"), p });
  return tags
    .filter(([, value]) => value !== undefined)
    .map(([tag, value]) => `${tag}=${value}`)
    .join("; ");
}

/**
 * Reads a key record (RFC 6376 sections 3.2, 3.6.1 and 6.1.2). Never throws: a text that verifiers ignore
 * gives no record and an error finding. What the tags mean for mail is for `inspectDkim`.
 * @param text the text, or the character strings of the TXT record, which are joined without white space
 * @param path where the text stands, for the findings, such as `s1._domainkey.example.com`
 */
export function parseDkim(text: string | readonly string[], path: string): ParsedDkim {
  const findings: Finding[] = [];
  const unknown: ParsedDkim["unknown"] = [];
  const discard = (message: string, next: string) =>
    findings.push({ severity: "error", path, message: `${message}, and verifiers ignore the record`, next });
  const parts = (typeof text === "string" ? text : text.join("")).split(";").map((part) => part.trim());
  if (parts.at(-1) === "") {
    parts.pop();
  }
  const tags = new Map<string, string>();
  parts.forEach((part, index) => {
    const [, tag, value = ""] = TAG.exec(part) ?? [];
    if (tag === undefined) {
      discard(
        `"${shortened(part)}" is not of the form tag=value (RFC 6376 section 3.2)`,
        "Correct or remove it.",
      );
    } else if (tags.has(tag)) {
      discard(`there is more than one tag ${tag} (RFC 6376 section 3.2)`, "Keep one.");
    } else {
      tags.set(tag, value.trim());
      if (tag === "v" && (index > 0 || value.trim() !== "DKIM1")) {
        discard("the tag v is not v=DKIM1 in front (RFC 6376 section 3.6.1)", "Begin the text with v=DKIM1.");
      }
      if (!KNOWN.has(tag)) {
        unknown.push([tag, value.trim()]);
        const message = `the tag ${tag} is not known, and verifiers ignore it`;
        findings.push({ severity: "info", path, message, next: "Remove it." });
      }
    }
  });
  const p = tags.get("p")?.replace(/\s+/g, "");
  if (p === undefined) {
    discard("there is no tag p (RFC 6376 section 3.6.1)", "Add the public key.");
  }
  if (p === undefined || findings.some(({ severity }) => severity === "error")) {
    return { record: undefined, unknown, findings };
  }
  const list = (tag: string) =>
    tags
      .get(tag)
      ?.split(":")
      .map((item) => item.trim());
  const v = tags.has("v") ? "DKIM1" : undefined;
  const record = {
    v,
    h: list("h"),
    k: tags.get("k"),
    n: tags.get("n"),
    p,
    s: list("s"),
    t: list("t"),
  } as const;
  return { record, unknown, findings };
}

/** A key is long, and a message is read by people. */
function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
