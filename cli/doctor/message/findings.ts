import type { Alignment } from "../../../components/mail-dns/alignment";
import { plainText } from "../../plain-text";
import type { Finding } from "../check";
import type { MethodResult } from "./authentication-results";
import { dkimDomain, type ReceiverView, spfDomain } from "./receiver";
import type { VerifiedSignature } from "./verify";

/** A message, as its receiver and a second look see it. */
export interface Evidence {
  /** The domain of the From field. */
  from: string;
  view: ReceiverView;
  /** How the domains that passed relate to the From domain. */
  alignment: Alignment;
  verified: VerifiedSignature[];
}

const NEXT: Record<string, string> = {
  fail: "The sending address is not among those of the record: look whether the mail went through the smart host, and run the check spf.",
  softfail:
    "The sending address is not among those of the record: look whether the mail went through the smart host, and run the check spf.",
  neutral: "The record says nothing about the sending address: run the check spf.",
  none: "The return path's domain has no SPF record: run the check dns-records.",
  temperror: "The receiver got no answer from DNS: send another message, and run the check dns-records.",
  permerror:
    "The receiver could not use the record: it is doubled, misspelled, or needs too many look-ups. Run the check spf.",
};

/** What SPF came to, and whether it counts for DMARC. */
export function spfFindings({ view: { spf, dmarc }, alignment }: Evidence): Finding[] {
  if (spf === undefined) {
    return [];
  }
  const domain = spfDomain(spf) ?? "the return path";
  if (spf.result !== "pass") {
    return [
      {
        severity: dmarc?.result === "pass" ? "warning" : "error",
        path: "Authentication-Results: spf",
        message: `SPF is ${plainText(spf.result)} for ${plainText(domain)}${said(spf)}`,
        next: NEXT[spf.result] ?? "Run the check spf.",
      },
    ];
  }
  return alignment.spf.isAligned
    ? []
    : [
        {
          severity: "info",
          path: "Authentication-Results: spf",
          message: `SPF passes and does not count for DMARC: ${plainText(alignment.spf.reason)}`,
          next: "Nothing to do while DKIM passes; give the identity a return path below the domain (`identity.subdomain`) for a second way to pass.",
        },
      ];
}

/** What the receiver says of the signatures of the From domain. */
export function dkimFindings({ from, view: { dkim }, alignment, verified }: Evidence): Finding[] {
  const own = dkim.filter((each) => isOf(dkimDomain(each), from, alignment));
  if (dkim.some(({ result }) => result === "pass") && alignment.dkim.isAligned) {
    return [];
  }
  const signatures = dkim.filter(({ result }) => result !== "none");
  if (signatures.length === 0 && verified.length === 0) {
    return [
      error(
        "dkim",
        "the message is not signed",
        "Send it through the smart host, whose identity for the domain has to be valid: run the check sendgrid-identities.",
      ),
    ];
  }
  const failed = (own.length > 0 ? own : signatures).filter(({ result }) => result !== "pass");
  return failed.length > 0
    ? failed.map((each) =>
        error(
          "dkim",
          `the signature of ${plainText(dkimDomain(each) ?? "an unnamed domain")} is ${plainText(each.result)}${said(each)}`,
          "Run the check dkim, which compares the published key with the signer's. If the body hash is wrong, something changed the message on its way.",
        ),
      )
    : [
        error(
          "dkim",
          `signatures pass, and none of them counts for ${from}: ${plainText(alignment.dkim.reason)}`,
          "Have the smart host sign with the From domain: its identity for the domain has to be valid, and the message sent from that domain.",
        ),
      ];
}

/** What DMARC came to: the receiver's own verdict, or what follows where it has none. */
export function dmarcFindings({ from, view: { dmarc, spf, dkim }, alignment }: Evidence): Finding[] {
  const passes =
    (spf?.result === "pass" && alignment.spf.isAligned) ||
    (dkim.some(({ result }) => result === "pass") && alignment.dkim.isAligned);
  if (dmarc === undefined) {
    return passes
      ? []
      : [
          error(
            "dmarc",
            `neither SPF nor DKIM passes for ${from}, so DMARC fails`,
            "Mend SPF or DKIM, as said above; receivers refuse such mail once the policy is quarantine or reject.",
          ),
        ];
  }
  switch (dmarc.result) {
    case "pass":
      return [];
    case "none":
    case "bestguesspass":
      return [
        {
          severity: "warning",
          path: "Authentication-Results: dmarc",
          message: `the receiver found no DMARC record for ${from}`,
          next: "Set `dmarc` in the stack, with policy none to begin with; if it is set, run the check dmarc.",
        },
      ];
    case "temperror":
    case "permerror":
      return [
        error(
          "dmarc",
          `the receiver could not apply the DMARC record (${dmarc.result})${said(dmarc)}`,
          "Run the check dmarc: the record is doubled or void, or DNS did not answer.",
        ),
      ];
    default:
      return [
        error(
          "dmarc",
          `DMARC is ${plainText(dmarc.result)} for ${from}${said(dmarc)}: ${plainText(alignment.spf.reason)}; ${plainText(alignment.dkim.reason)}`,
          "Mend what SPF and DKIM say here; one of them has to pass for a domain that aligns with the From domain.",
        ),
      ];
  }
}

/** Where the signatures come to something else here than at the receiver. */
export function secondLookFindings({ from, view: { dkim }, alignment, verified }: Evidence): Finding[] {
  return verified
    .filter(({ domain, result }) => isOf(domain, from, alignment) && result !== "pass")
    .filter(({ domain }) => dkim.some((each) => dkimDomain(each) === domain && each.result === "pass"))
    .map(({ domain, selector, result, reason }) => {
      const isBody = /body hash/i.test(reason);
      return {
        severity: isBody ? ("warning" as const) : ("error" as const),
        path: `${selector}._domainkey.${domain}`,
        message: `the receiver says pass, and verified here against DNS as it is now the signature is ${result}${reason && ` (${plainText(reason)})`}`,
        next: isBody
          ? 'The file is not the message as it was received: save the original ("Show original", Download), not a copy of what is shown.'
          : "The key was changed or removed since: run the check dkim. If the file was altered, save the original again.",
      };
    });
}

/** Whether a signing domain is the From domain's, or its organization's where the receiver's results say so. */
function isOf(domain: string | undefined, from: string, { dkim }: Alignment): boolean {
  return (
    domain !== undefined &&
    (domain === from || (dkim.isAligned && from.endsWith(`.${domain}`)) || domain.endsWith(`.${from}`))
  );
}

function error(method: string, message: string, next: string): Finding {
  return { severity: "error", path: `Authentication-Results: ${method}`, message, next };
}

function said({ reason }: MethodResult): string {
  return reason === "" ? "" : ` (${plainText(reason)})`;
}
