import type { Finding } from "../finding";
import { readReportUris } from "./report-uri-list";
import { type DmarcTags, readTagList } from "./tag-list";

/** What a domain asks receivers to do with mail that fails (RFC 9989 section 4.7, tag p). */
export type DmarcPolicy = "none" | "quarantine" | "reject";
/** How closely an authenticated domain has to match the From domain: relaxed or strict (section 3.2.10). */
export type AlignmentMode = "r" | "s";
/**
 * When failure reports are wanted: all mechanisms fail, any fails, DKIM fails, SPF fails (section 4.7, fo).
 */
export type FailureReportingOption = "0" | "1" | "d" | "s";

/**
 * The tags of a record that hold a valid value; a tag that is left out has the default of RFC 9989 section
 * 4.7.
 */
export interface DmarcRecord {
  p?: DmarcPolicy;
  /** For existing subdomains; default: p. */
  sp?: DmarcPolicy;
  /** For subdomains that do not exist; default: sp, then p. */
  np?: DmarcPolicy;
  /** Default r. */
  adkim?: AlignmentMode;
  /** Default r. */
  aspf?: AlignmentMode;
  /** Test mode: the policy applies one level lower. Default n. */
  t?: "y" | "n";
  /** y: a public suffix; n: an organizational domain; u, the default: the tree walk decides. */
  psd?: "y" | "n" | "u";
  /** Default 0; without meaning unless ruf is set. */
  fo?: FailureReportingOption[];
  /** URIs for aggregate reports, percent-encoded as published. */
  rua?: string[];
  /** URIs for failure reports, percent-encoded as published. */
  ruf?: string[];
}

/** The policy for the domain itself, its existing subdomains and those that do not exist. */
export interface DmarcPolicies {
  p: DmarcPolicy;
  sp: DmarcPolicy;
  np: DmarcPolicy;
}

/** A record's text as receivers understand it. */
export interface ParsedDmarc {
  /** Undefined where receivers ignore the whole text; a finding says why. */
  record: DmarcRecord | undefined;
  /**
   * What receivers apply before the test mode is taken into account, defaults filled in. Undefined where they
   * apply no DMARC at all (RFC 9989 section 4.10.1).
   */
  policies: DmarcPolicies | undefined;
  /** Tags that RFC 9989 does not know, which receivers ignore. */
  unknown: DmarcTags;
  /** pct, rf and ri of RFC 7489, which receivers that follow RFC 9989 ignore. */
  historic: DmarcTags;
  findings: Finding[];
}

const POLICIES = ["none", "quarantine", "reject"] as const;
const MODES = ["r", "s"] as const;
const FAILURE_OPTIONS = ["0", "1", "d", "s"] as const;

/**
 * The record's text. Tags in a fixed order; pct, rf and ri cannot be expressed, so they are never written.
 */
export function buildDmarc(record: DmarcRecord): string {
  const { p, sp, np, adkim, aspf, t, psd, fo, rua, ruf } = record;
  const single = Object.entries({ p, sp, np, adkim, aspf, t, psd });
  const lists = Object.entries({ fo: fo?.join(":"), rua: rua?.join(","), ruf: ruf?.join(",") });
  const tags = [...single, ...lists].filter(([, value]) => value !== undefined && value !== "");
  return ["v=DMARC1", ...tags.map(([tag, value]) => `${tag}=${value}`)].join("; ");
}

/**
 * Reads a TXT record's text (its strings joined) as receivers do (RFC 9989 sections 4.7, 4.8 and 4.10.1).
 * Never throws: whatever is wrong becomes a finding, and an invalid value gives way to the default.
 * @param path where the text stands, for the findings, such as `_dmarc.example.com`
 */
export function parseDmarc(text: string, path: string): ParsedDmarc {
  const { tags, unknown, historic, findings } = readTagList(text, path);
  if (tags === undefined) {
    return { record: undefined, policies: undefined, unknown, historic, findings };
  }
  const warn = (message: string, next: string) => findings.push({ severity: "warning", path, message, next });
  const read = <T>(tag: string, reader: (value: string) => T | undefined, otherwise: string) => {
    const value = tags.get(tag);
    const result = value === undefined ? undefined : reader(value);
    if (value !== undefined && result === undefined) {
      warn(
        `${tag}=${value} is not valid, and receivers ${otherwise}`,
        `Correct the tag ${tag}, or remove it.`,
      );
    }
    return result;
  };
  const uris = (tag: string) => readReportUris(tag, tags.get(tag), warn);
  const noPolicy = "do not apply the policy (RFC 9989 section 4.10.1)";
  const record: DmarcRecord = {
    p: read("p", oneOf(POLICIES), noPolicy),
    sp: read("sp", oneOf(POLICIES), noPolicy),
    np: read("np", oneOf(POLICIES), noPolicy),
    adkim: read("adkim", oneOf(MODES), "use r"),
    aspf: read("aspf", oneOf(MODES), "use r"),
    t: read("t", oneOf(["y", "n"]), "use n"),
    psd: read("psd", oneOf(["y", "n", "u"]), "use u"),
    fo: read("fo", failureReportingOptions, "use 0"),
    rua: uris("rua"),
    ruf: uris("ruf"),
  };
  if (record.fo && !tags.has("ruf")) {
    warn("fo has no effect without ruf (RFC 9989 section 4.7)", "Add ruf, or remove fo.");
  }
  const isBroken = (["p", "sp", "np"] as const).some((tag) => tags.has(tag) && record[tag] === undefined);
  const policies = applicablePolicies(record, isBroken);
  if (record.p === undefined || isBroken) {
    findings.push({
      severity: policies ? "warning" : "error",
      path,
      message: policies
        ? "without a valid p, sp and np receivers act as if the policy were none"
        : "without a valid p, sp and np, and without rua, receivers apply no DMARC at all",
      next: "Publish p=none, p=quarantine or p=reject.",
    });
  }
  return { record, policies, unknown, historic, findings };
}

/**
 * RFC 9989 section 4.10.1: a broken policy counts as none where reports are asked for, and as no record
 * elsewhere.
 */
function applicablePolicies(record: DmarcRecord, isBroken: boolean): DmarcPolicies | undefined {
  const { p, rua } = record;
  if (p !== undefined && !isBroken) {
    const sp = record.sp ?? p;
    return { p, sp, np: record.np ?? sp };
  }
  return rua ? { p: "none", sp: "none", np: "none" } : undefined;
}

/** RFC 5234 section 2.3: the literals of the grammar are case-insensitive. */
function oneOf<T extends string>(values: readonly T[]): (value: string) => T | undefined {
  return (value) => values.find((candidate) => candidate === value.toLowerCase());
}

/** RFC 9989 section 4.8, dmarc-fo: each at most once, and not both 0 and 1. */
function failureReportingOptions(value: string): FailureReportingOption[] | undefined {
  const options = value.split(":").map(oneOf(FAILURE_OPTIONS));
  const valid = options.filter((option) => option !== undefined);
  const isUnique = new Set(valid).size === options.length;
  return isUnique && !(valid.includes("0") && valid.includes("1")) ? valid : undefined;
}
