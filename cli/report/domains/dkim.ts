import { inspectDkim } from "../../../components/mail-dns/dkim/inspect";
import { parseDkim } from "../../../components/mail-dns/dkim/key-record";
import { known, showValue, type Value } from "../../../mail-resources/value";
import type { DeclaredNames } from "../identities";
import type { DkimReport, ReportFinding } from "../report";
import type { PreviewedDns, Published } from "./published";
import { DKIM_NAME } from "./purpose";

interface Outcome {
  report: DkimReport;
  findings: ReportFinding[];
}

/** What happens to the DKIM key at a name, or undefined where receivers find the same key. */
export function dkimReport(name: string, dns: PreviewedDns, identities: DeclaredNames): Outcome | undefined {
  const { selector = "", domain = "" } = DKIM_NAME.exec(name)?.groups ?? {};
  const [was, is] = [keyAt(dns.before, name), keyAt(dns.after, name)];
  const outcome = (
    change: DkimReport["change"],
    meaning: string,
    findings: ReportFinding[] = [],
  ): Outcome => ({
    report: { selector, name, change, meaning },
    findings,
  });
  if (was === is) {
    return undefined;
  }
  if (is === undefined) {
    return removed(outcome, name, domain, dns, identities);
  }
  const text = keyText(dns.after, name);
  const findings = text === undefined ? [] : inspectDkim(text, name);
  if (is === REVOKED) {
    return outcome("revoked", "Mail that is signed with it fails DKIM.", findings);
  }
  if (was === undefined) {
    return outcome("added", "Receivers can verify mail that is signed with this selector.", findings);
  }
  if (!isKnown(dns.after, name)) {
    return outcome("changed", "Which key receivers find here is known after the update.");
  }
  return outcome(
    "rotated",
    "Receivers find another key here: mail that was signed with the old one and is still on its way fails DKIM.",
    [...findings, replacedKey(name)],
  );
}

/** What an empty `p` stands for. */
const REVOKED = "p=";

/** What decides which key receivers find: the tag p of a text, or where a CNAME leads. */
function keyAt(published: Published, name: string): string | undefined {
  const [set] = published.at(name);
  if (!set) {
    return undefined;
  }
  const text = keyText(published, name);
  if (set.type === "TXT" && text !== undefined) {
    const { record } = parseDkim(text, name);
    return record ? `p=${record.p}` : text;
  }
  return shown(set.values);
}

function isKnown(published: Published, name: string): boolean {
  return published.at(name).every(({ values }) => values.every(known));
}

function keyText(published: Published, name: string): string | undefined {
  return published.texts(name)[0];
}

function shown(values: readonly Value[]): string {
  return values.map(showValue).join(" ");
}

function replacedKey(name: string): ReportFinding {
  return {
    severity: "warning",
    path: name,
    message:
      "the selector gets another key, and mail that was signed with the old one fails DKIM while it is on its way",
    next: "Publish a new key under a selector of its own, sign with it, and remove the old one a week later.",
  };
}

function removed(
  outcome: (change: DkimReport["change"], meaning: string, findings: ReportFinding[]) => Outcome,
  name: string,
  domain: string,
  { after }: PreviewedDns,
  { identities }: DeclaredNames,
): Outcome {
  const signer = identities.find(({ keyNames }) => keyNames.includes(name));
  if (signer) {
    return outcome("removed", "SendGrid goes on to sign with it, and receivers can't verify that mail.", [
      {
        severity: "error",
        path: name,
        message: `the key is removed, and SendGrid signs mail of ${signer.domain} with it: DKIM fails`,
        next: "Keep the record as long as the domain is authenticated at SendGrid.",
        urn: signer.urn,
      },
    ]);
  }
  const others = after.names().filter((other) => DKIM_NAME.exec(other)?.groups?.domain === domain);
  return outcome("removed", "Mail that was signed with it and is still on its way fails DKIM.", [
    {
      severity: "warning",
      path: name,
      message:
        others.length > 0
          ? "the key is removed: mail that was signed with it fails DKIM"
          : `the key is removed, and no other key of ${domain} is in this stack: signed mail fails DKIM`,
      next: "Remove it a week after the last mail was signed with it.",
    },
  ]);
}
