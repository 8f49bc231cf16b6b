import type { Finding } from "./finding";
import { predictOrganizationalDomain, walkOrganizationalDomain } from "./organizational-domain";
import type { DnsResolver } from "./resolver";

/** How closely an authenticated domain has to match the From domain (RFC 9989 section 3.2.10). */
export type AlignmentMode = "relaxed" | "strict";

/** The domains of a sender's mail, in the form of `parseDomainName`, and what its DMARC record asks. */
export interface Sender {
  /** The domain of the From address. */
  from: string;
  /** The domain of the return path, which SPF authenticates; left out where SPF authenticates none. */
  returnPath?: string;
  /** The domain of the DKIM signature (d=); left out where mail is not signed. */
  dkimDomain?: string;
  /** Tag aspf. */
  spfMode: AlignmentMode;
  /** Tag adkim. */
  dkimMode: AlignmentMode;
}

/** Whether one mechanism's domain aligns with the From domain. */
export interface IdentifierAlignment {
  /** In the mode that the record asks for: what decides. */
  isAligned: boolean;
  /** Whether it would align in strict mode: the domains are equal. */
  strict: boolean;
  /** Whether it would align in relaxed mode: the organizational domains are equal. */
  relaxed: boolean;
  /** Why, in words. */
  reason: string;
}

/** The alignment of both mechanisms (RFC 9989 section 4.4). */
export interface Alignment {
  spf: IdentifierAlignment;
  dkim: IdentifierAlignment;
  /** Whether mail can pass DMARC: one aligned mechanism is enough. */
  canPass: boolean;
}

/**
 * Compares the domains that SPF and DKIM authenticate with the From domain (RFC 9989 section 4.4). Whether
 * the mechanisms themselves pass is another question.
 * @param sender with `organizationalDomain`, which gives the organizational domain of each of its domains
 */
export function alignment(sender: Sender & { organizationalDomain: (domain: string) => string }): Alignment {
  const { from, returnPath, dkimDomain, spfMode, dkimMode, organizationalDomain } = sender;
  const compare = (what: string, domain: string | undefined, mode: AlignmentMode): IdentifierAlignment => {
    if (domain === undefined) {
      return { isAligned: false, strict: false, relaxed: false, reason: `there is no ${what}` };
    }
    const strict = domain === from;
    const [organization, wanted] = [organizationalDomain(domain), organizationalDomain(from)];
    const relaxed = strict || organization === wanted;
    const reason = strict
      ? `${what} ${domain} is the From domain`
      : relaxed
        ? `${what} ${domain} is not the From domain ${from}, but of its organization ${wanted}`
        : `${what} ${domain} belongs to ${organization}, and the From domain ${from} to ${wanted}`;
    return { isAligned: mode === "strict" ? strict : relaxed, strict, relaxed, reason };
  };
  const spf = compare("return path", returnPath, spfMode);
  const dkim = compare("DKIM domain", dkimDomain, dkimMode);
  return { spf, dkim, canPass: spf.isAligned || dkim.isAligned };
}

/**
 * What a reviewer should know of a sender's alignment, without a look-up: organizational domains are
 * predicted by the public suffix list, and the findings say so.
 * @param path of what the findings are about, such as `dmarc`
 */
export function alignmentFindings(sender: Sender, path: string): Finding[] {
  const compared = alignment({ ...sender, organizationalDomain: predictOrganizationalDomain });
  return describe(sender, compared, path, "predicted by the public suffix list");
}

/**
 * The same by look-ups: organizational domains come from tree walks, as receivers do it (RFC 9989 section
 * 4.10.2). Rejects where a look-up does.
 * @param resolver by `withPlanned`, the sender's own DMARC record counts before it is published
 */
export async function walkedAlignmentFindings(
  sender: Sender,
  path: string,
  resolver: DnsResolver,
): Promise<Finding[]> {
  const { from, returnPath, dkimDomain } = sender;
  const domains = [...new Set([from, returnPath, dkimDomain])].filter((domain) => domain !== undefined);
  const walks = await Promise.all(domains.map((domain) => walkOrganizationalDomain(domain, resolver)));
  const organizations = new Map(walks.map((walk) => [walk.domain, walk.organizationalDomain]));
  const compared = alignment({
    ...sender,
    organizationalDomain: (domain) => organizations.get(domain) ?? domain,
  });
  return describe(sender, compared, path, "by tree walks in the DNS");
}

function describe(
  sender: Sender,
  { spf, dkim, canPass }: Alignment,
  path: string,
  source: string,
): Finding[] {
  const add = (severity: Finding["severity"], where: string, message: string, next: string): Finding => ({
    severity,
    path: where,
    message: `${message} (organizational domains ${source})`,
    next,
  });
  if (!canPass) {
    const message = `mail can never pass DMARC: ${spf.reason}; ${dkim.reason}`;
    return [add("error", path, message, remedy(sender, spf, dkim))];
  }
  if (spf.isAligned && dkim.isAligned) {
    return [add("info", path, `SPF and DKIM both align: ${spf.reason}; ${dkim.reason}`, "Nothing to do.")];
  }
  return spf.isAligned
    ? [
        add(
          "warning",
          `${path}.dkimAlignment`,
          `DMARC passes by SPF alone, which forwarding breaks: ${dkim.reason}`,
          dkim.relaxed ? "Set dkimAlignment to relaxed." : `Sign with a key of ${sender.from}.`,
        ),
      ]
    : [
        add(
          sender.returnPath === undefined ? "info" : "warning",
          `${path}.spfAlignment`,
          `DMARC passes by DKIM alone: ${spf.reason}`,
          spf.relaxed ? "Set spfAlignment to relaxed." : `Use a return path at or below ${sender.from}.`,
        ),
      ];
}

function remedy(sender: Sender, spf: IdentifierAlignment, dkim: IdentifierAlignment): string {
  if (dkim.relaxed || spf.relaxed) {
    return `Set ${dkim.relaxed ? "dkimAlignment" : "spfAlignment"} to relaxed.`;
  }
  return `Sign with a key of ${sender.from}, or use a return path at or below it.`;
}
