import { getDomain, getPublicSuffix } from "tldts";
import { type ParsedDmarc, parseDmarc } from "./dmarc/record";
import { isDmarcRecord } from "./dmarc/tag-list";
import { LONGEST_NAME } from "./domain-name";
import type { Finding } from "./finding";
import type { DnsResolver } from "./resolver";

/** A DMARC record that a tree walk found. */
export interface WalkedRecord {
  /** The domain whose `_dmarc` name has the record. */
  domain: string;
  text: string;
  parsed: ParsedDmarc;
}

/** What a tree walk found out about a domain (RFC 9989 section 4.10). */
export interface TreeWalk {
  /** Where the walk began. */
  domain: string;
  organizationalDomain: string;
  /** The records on the way, the longest name first; a walk stops at one with psd=y or psd=n. */
  found: WalkedRecord[];
  /** The names that were asked for a TXT record, in order; at most eight. */
  queried: string[];
}

/**
 * RFC 9989 section 4.10, step 4: a name of eight labels or more is shortened to seven, so eight queries
 * suffice.
 */
const LABELS_AFTER_SHORTCUT = 7;

/**
 * Finds a domain's organizational domain as receivers do: by the DNS tree walk of RFC 9989 section 4.10.
 * Rejects where a look-up does: nobody knows then.
 * @param domain in the form of `parseDomainName`
 * @param resolver by `withPlanned`, a walk before the first deployment tells what comes
 */
export async function walkOrganizationalDomain(domain: string, resolver: DnsResolver): Promise<TreeWalk> {
  const found: WalkedRecord[] = [];
  const queried: string[] = [];
  let labels = domain.split(".");
  while (labels.length > 0) {
    const target = labels.join(".");
    const name = `_dmarc.${target}`;
    if (name.length <= LONGEST_NAME) {
      queried.push(name);
      const record = await findRecord(target, resolver);
      if (record) {
        found.push(record);
        if (flag(record) === "y" || flag(record) === "n") {
          break;
        }
      }
    }
    labels = labels.length > LABELS_AFTER_SHORTCUT ? labels.slice(-LABELS_AFTER_SHORTCUT) : labels.slice(1);
  }
  return { domain, organizationalDomain: selectOrganizationalDomain(domain, found), found, queried };
}

/**
 * The DMARC record of exactly this domain; undefined where there is none, where there are several (all void),
 * and where the text is void (RFC 9989 section 4.10, step 2).
 */
export async function findRecord(domain: string, resolver: DnsResolver): Promise<WalkedRecord | undefined> {
  const name = `_dmarc.${domain}`;
  const { records } = await resolver.lookUp(name, "TXT");
  const [text, ...others] = records.filter(isDmarcRecord);
  if (text === undefined || others.length > 0) {
    return undefined;
  }
  const parsed = parseDmarc(text, name);
  return parsed.record ? { domain, text, parsed } : undefined;
}

/**
 * RFC 9989 section 4.10.2: psd=n here, or one label below a psd=y above, or the highest record, or the start.
 */
function selectOrganizationalDomain(domain: string, found: readonly WalkedRecord[]): string {
  for (const record of found) {
    if (flag(record) === "n") {
      return record.domain;
    }
    if (flag(record) === "y" && record.domain !== domain) {
      const labelsBelow = record.domain.split(".").length + 1;
      return domain.split(".").slice(-labelsBelow).join(".");
    }
  }
  return found.at(-1)?.domain ?? domain;
}

function flag({ parsed }: WalkedRecord): "y" | "n" | "u" {
  return parsed.record?.psd ?? "u";
}

/**
 * What the organizational domain probably is, without a look-up: the public suffix and one label, as RFC 7489
 * had it. The private section of the public suffix list counts too (`github.io` is a suffix): that is how
 * receivers of RFC 7489 read it, and a wrong guess then says that domains do not align, never that they do.
 * A public suffix, and a name that the list cannot place, is its own organizational domain.
 */
export function predictOrganizationalDomain(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/** Whether the public suffix list has the domain as a suffix, its private section included. */
export function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain;
}

/**
 * Where receivers of RFC 9989 (tree walk) and those that still follow RFC 7489 (public suffix list) take
 * different domains for the organization; undefined where they agree.
 */
export function compareOrganizationalDomain(walk: TreeWalk, path: string): Finding | undefined {
  const predicted = predictOrganizationalDomain(walk.domain);
  const { organizationalDomain, domain } = walk;
  if (predicted === organizationalDomain) {
    return undefined;
  }
  const isBelow = organizationalDomain.endsWith(`.${predicted}`);
  return {
    severity: "warning",
    path,
    message:
      `the organizational domain of ${domain} is ${organizationalDomain} by the tree walk of RFC 9989, and ` +
      `${predicted} by the public suffix list, so receivers differ in alignment and inherited policies`,
    next: isBelow
      ? `Publish a DMARC record at _dmarc.${predicted}, or authenticate mail as ${organizationalDomain}.`
      : `Authenticate mail as the From domain itself, or ask the owner of ${organizationalDomain} for psd=y.`,
  };
}
