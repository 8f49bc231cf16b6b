import type { Finding } from "../finding";

/** The tags of a DMARC record as they are written, in order, without the version. */
export type DmarcTags = [tag: string, value: string][];

/** The tags that a record's text consists of, told apart. */
export interface DmarcTagList {
  /** The tags of RFC 9989 by name; undefined where receivers ignore the whole text. */
  tags: Map<string, string> | undefined;
  unknown: DmarcTags;
  historic: DmarcTags;
  findings: Finding[];
}

/** RFC 9989 section 4.8: the name of the version tag in either case, its value exactly. */
const VERSION = /^[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/;
const TAG = /^([A-Za-z]+)[ \t]*=[ \t]*([\x20-\x3a\x3c-\x7e]+)$/;
const KNOWN = new Set(["p", "sp", "np", "adkim", "aspf", "fo", "rua", "ruf", "t", "psd"]);
/** RFC 9989 section 9.3: registered by RFC 7489, without meaning since. */
const HISTORIC = new Set(["pct", "rf", "ri"]);

/** Whether receivers take the text for a DMARC record (RFC 9989 section 4.10): it begins with `v=DMARC1`. */
export function isDmarcRecord(text: string): boolean {
  return VERSION.test(text);
}

/**
 * Splits a record's text into tags (RFC 9989 section 4.8). The names of tags are case-sensitive, and a tag
 * that occurs twice makes the whole text void, as RFC 6376 section 3.2 says of every tag list. Never throws.
 * @param path where the text stands, for the findings
 */
export function readTagList(text: string, path: string): DmarcTagList {
  const findings: Finding[] = [];
  const unknown: DmarcTags = [];
  const historic: DmarcTags = [];
  const add = (severity: Finding["severity"], message: string, next: string) =>
    findings.push({ severity, path, message, next });
  const version = VERSION.exec(text);
  if (!version) {
    add(
      "error",
      "a DMARC record begins with v=DMARC1, in capitals, and receivers ignore this text (RFC 9989 section 4.7)",
      "Put v=DMARC1 in front, without white space before it.",
    );
    return { tags: undefined, unknown, historic, findings };
  }
  const tags = new Map<string, string>();
  const seen = new Set(["v"]);
  const repeated = new Set<string>();
  const parts = text.slice(version[0].length).split(";").map(withoutSpace);
  if (parts.at(-1) === "") {
    parts.pop();
  }
  for (const part of parts) {
    const [, tag = "", value = ""] = TAG.exec(part) ?? [];
    // A tag of RFC 9989 with a broken value still counts as given: section 4.10.1 asks whether sp is valid.
    const name = tag || (/^([A-Za-z]+)[ \t]*=/.exec(part)?.[1] ?? "");
    if (seen.has(name)) {
      repeated.add(name);
    }
    if (name !== "") {
      seen.add(name);
    }
    if (KNOWN.has(name)) {
      tags.set(name, tag ? value : withoutSpace(part.slice(part.indexOf("=") + 1)));
    } else if (tag === "") {
      add("warning", `"${part}" is not of the form tag=value, and receivers ignore it`, "Remove it.");
    } else if (HISTORIC.has(name)) {
      historic.push([name, value]);
      add("warning", `the tag ${name} is historic, and receivers ignore it (RFC 9989)`, "Remove it.");
    } else {
      unknown.push([name, value]);
      const meant = KNOWN.has(name.toLowerCase()) ? "; names of tags are lower case" : "";
      add(
        "warning",
        `the tag ${name} is not known, and receivers ignore it${meant}`,
        "Correct or remove it.",
      );
    }
  }
  if (repeated.size > 0) {
    const names = [...repeated].join(", ");
    const message = `has more than one tag ${names}, which makes the whole record void (RFC 6376 section 3.2)`;
    add("error", message, "Keep one of each.");
    return { tags: undefined, unknown, historic, findings };
  }
  return { tags, unknown, historic, findings };
}

/** Only space and tab may surround a separator (RFC 5234, WSP); anything else belongs to the value. */
function withoutSpace(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
