import { isIP } from "node:net";
import type { Fault } from "../../faults";
import { parseDomainName } from "../domain-name";
import type { Finding } from "../finding";
import { inspectSpf } from "./findings";
import { mergeSpf } from "./merge";
import { buildSpf } from "./record";
import { isAll, LOOKUP_LIMIT, lookupTerms, type SpfQualifier, type SpfTerm } from "./terms";

/** Who may use the domain as return path, in the parts that most domains need. */
export interface SpfSettings {
  /** Domains whose SPF records apply too, such as `_spf.google.com`. Each spends a lookup, and so do its own. */
  include?: string[];
  /** Addresses or CIDR ranges, IPv4 and IPv6. They spend no lookup. */
  addresses?: string[];
  /** Hosts whose addresses send; `true` for the domain's own A and AAAA records. Each spends a lookup. */
  a?: true | string[];
  /** Domains whose mail exchangers send; `true` for the domain's own. Each spends a lookup. */
  mx?: true | string[];
  /**
   * What receivers do with everybody else. `softfail`, the default, marks; `fail` lets them refuse, also mail
   * that was forwarded.
   */
  all?: "softfail" | "fail" | "neutral";
  /** The domain whose record decides about everybody else, in place of `all` (RFC 7208 section 6.1). */
  redirect?: string;
  /**
   * The record as it is published today, unquoted: `v=spf1 include:_spf.google.com ~all`. A domain may have one SPF
   * record only, so the terms above are added to it, before its `all` or `redirect`, which stay as they are.
   */
  existing?: string;
}

/** An SPF record from settings. */
export interface SpfPlan {
  text: string;
  faults: Fault[];
  findings: Finding[];
}

const ALL: Record<NonNullable<SpfSettings["all"]>, SpfQualifier> = { softfail: "~", fail: "-", neutral: "?" };

/**
 * The record that the settings describe, and everything that is wrong with them. Nothing is looked up.
 *
 * @param path of the settings, before the properties in faults
 * @param domain whose record it is; only the size of the answer and an include of itself depend on it
 */
export function planSpf(settings: SpfSettings, path: string, domain = ""): SpfPlan {
  const faults: Fault[] = [];
  const { a, mx, include = [], addresses = [] } = settings;
  const terms: SpfTerm[] = [
    ...hostTerms("a", a, `${path}.a`, faults),
    ...hostTerms("mx", mx, `${path}.mx`, faults),
    ...include.map((each, index): SpfTerm => {
      const name = readName(each, `${path}.include[${index}]`, faults);
      return { qualifier: "+", mechanism: "include", domain: name };
    }),
    ...addresses.flatMap((range, index) => readRange(range, `${path}.addresses[${index}]`, faults)),
    ...endTerms(settings, path, faults),
  ];
  const merged =
    settings.existing === undefined ? undefined : merge(settings.existing, terms, settings, path, faults);
  const spent = lookupTerms(terms).length;
  if (spent > LOOKUP_LIMIT) {
    faults.push({
      path: include.length > 0 ? `${path}.include` : path,
      reason: `needs ${spent} DNS lookups, and receivers give up after ${LOOKUP_LIMIT} (RFC 7208 section 4.6.4)`,
      next: "Remove includes of services that no longer send, or give one of them a subdomain of its own.",
    });
  }
  const text = merged?.text ?? buildSpf(terms);
  const inspected = faults.length > 0 ? [] : inspectSpf(text, domain, undefined, path);
  return { text, faults, findings: [...(merged?.findings ?? []), ...inspected] };
}

function hostTerms(
  mechanism: "a" | "mx",
  hosts: true | string[] | undefined,
  path: string,
  faults: Fault[],
): SpfTerm[] {
  if (hosts === true) {
    return [{ qualifier: "+", mechanism }];
  }
  return (hosts ?? []).map((host, index) => ({
    qualifier: "+",
    mechanism,
    domain: readName(host, `${path}[${index}]`, faults),
  }));
}

/** `all` or `redirect`, which end the record. */
function endTerms({ all, redirect }: SpfSettings, path: string, faults: Fault[]): SpfTerm[] {
  if (redirect === undefined) {
    return [{ qualifier: ALL[all ?? "softfail"], mechanism: "all" }];
  }
  if (all !== undefined) {
    faults.push({
      path: `${path}.redirect`,
      value: redirect,
      reason: `has no effect beside "all" (RFC 7208 section 6.1)`,
      next: "Remove one of them.",
    });
  }
  return [{ modifier: "redirect", value: readName(redirect, `${path}.redirect`, faults) }];
}

/** The name in lower case and A-labels. Underscores are usual here (`_spf.example.net`). */
function readName(name: string, path: string, faults: Fault[]): string {
  const labels = name.split(".");
  const asHost = labels.map((label) => (label === "" ? "" : label.replace(/_/g, "") || "x"));
  const parsed = parseDomainName(asHost.join("."), path);
  faults.push(...parsed.faults.map((fault) => ({ ...fault, value: name })));
  const converted = parsed.name.split(".");
  return labels
    .map((label, index) => (label.includes("_") ? label : (converted[index] ?? label)))
    .join(".")
    .toLowerCase();
}

function readRange(range: string, path: string, faults: Fault[]): SpfTerm[] {
  const [network = "", prefix, ...rest] = range.split("/");
  const version = isIP(network);
  const longest = version === 4 ? 32 : 128;
  const prefixIsGood =
    prefix === undefined || (/^(0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= longest);
  if (version === 0 || network.includes("%") || !prefixIsGood || rest.length > 0) {
    faults.push({
      path,
      value: range,
      reason: "is neither an IP address nor a CIDR range",
      next: "Write it like 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32.",
    });
    return [];
  }
  const length = prefix === undefined ? {} : { prefix: Number(prefix) };
  return [{ qualifier: "+", mechanism: version === 6 ? "ip6" : "ip4", network, ...length }];
}

function merge(existing: string, terms: SpfTerm[], { all }: SpfSettings, path: string, faults: Fault[]) {
  try {
    // Left out, `all` asks for nothing: there is nothing to explain about the one that is kept.
    const asked = all === undefined ? terms.filter((term) => !isAll(term)) : terms;
    const merged = mergeSpf(existing, asked, `${path}.existing`);
    faults.push(...merged.faults);
    return merged;
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    faults.push({
      path: `${path}.existing`,
      value: existing,
      reason: `is no SPF record that receivers accept: ${error.message}`,
      next: /^\s|\s$|"/.test(existing)
        ? "Give the text alone, without quotes and spaces around it, and strings joined as they are."
        : "Correct the record first: merged with ours it would stay void.",
    });
    return undefined;
  }
}
