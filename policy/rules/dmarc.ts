import * as z from "zod";
import { parseDmarc } from "../../components/mail-dns/dmarc/record";
import { isDmarcRecord } from "../../components/mail-dns/dmarc/tag-list";
import { isWithin } from "../../components/mail-dns/domain-name";
import { type PublishedText, publishedTexts, severalAtOneName } from "../records";
import { defineRule, type RuleResource, type Violation } from "../rule";
import { unvalidatedIdentities } from "./sendgrid-identities";
import { spfRecords } from "./spf";

/** Where a domain's DMARC record is (RFC 9989 section 4.10). */
const LABEL = "_dmarc.";
/** What may stand beside a DMARC record at the same name, though nothing should. */
const OTHER_TEXT = /^(?!v\s*=\s*dmarc)/i;

/** Every text at a DMARC name that is one, or is meant to be one. */
export function dmarcRecords(resources: readonly RuleResource[]): PublishedText[] {
  return publishedTexts(
    resources,
    (text, name) => `${name}.`.startsWith(LABEL) && !OTHER_TEXT.test(text.trimStart()),
  );
}

function domainOf(name: string): string {
  return name.slice(LABEL.length);
}

export const dmarcSyntax = defineRule({
  name: "dmarc-syntax",
  title: "DMARC that receivers can read",
  description:
    "A DMARC record is written as RFC 9989 says. Receivers ignore one that is not, or parts of it, without telling anybody.",
  remediation: "Correct the record, for instance to v=DMARC1; p=none; rua=mailto:reports@example.com.",
  level: "mandatory",
  severity: "high",
  scope: "resource",
  settings: z.object({
    warnings: z
      .boolean()
      .default(false)
      .meta({ description: "Whether tags that receivers ignore are violations too, such as pct." }),
  }),
  check: (resources, { warnings }) =>
    dmarcRecords(resources).flatMap(({ urn, name, text }): Violation[] => {
      const { findings, record } = parseDmarc(text, name);
      const isBad = findings.some(({ severity }) => severity === "error") || record?.p === undefined;
      const counted = findings.filter(({ severity }) => severity !== "info");
      return counted.length > 0 && (isBad || warnings)
        ? [{ urn, message: `${name}: ${counted.map(({ message }) => message).join("; ")}` }]
        : [];
    }),
});

export const dmarcSingle = defineRule({
  name: "dmarc-single",
  title: "One DMARC record at a name",
  description:
    "A name has one DMARC record, over all resources. With two, receivers apply none (RFC 9989 section 4.10).",
  remediation: "Keep the record that is meant, and remove the others.",
  level: "mandatory",
  severity: "high",
  scope: "stack",
  settings: z.object({}),
  check: (resources) => severalAtOneName(dmarcRecords(resources).filter(isDmarc), "DMARC records"),
});

function isDmarc({ text }: PublishedText): boolean {
  return isDmarcRecord(text);
}

export const dmarcReports = defineRule({
  name: "dmarc-reports",
  title: "DMARC with reports",
  description:
    "A DMARC record names an address for aggregate reports (rua). Without them nobody sees which mail fails. A domain that sends no mail needs none.",
  remediation: "Add rua=mailto: with an address that somebody reads or a service evaluates.",
  level: "advisory",
  severity: "medium",
  scope: "stack",
  settings: z.object({}),
  check: (resources) => {
    const parked = new Set(
      spfRecords(resources)
        .filter(({ text }) => /^v=spf1 +-all *$/i.test(text))
        .map(({ name }) => name),
    );
    return dmarcRecords(resources)
      .filter(isDmarc)
      .flatMap(({ urn, name, text }): Violation[] => {
        const { record } = parseDmarc(text, name);
        const needsNone = record?.p === "reject" && parked.has(domainOf(name));
        return record === undefined || record.p === undefined || (record.rua ?? []).length > 0 || needsNone
          ? []
          : [{ urn, message: `${name} has no rua, so that nobody gets reports` }];
      });
  },
});

export const dmarcValidated = defineRule({
  name: "dmarc-validated-identity",
  title: "No enforcement before validation",
  description:
    "A domain whose SendGrid identity is not validated has no DMARC policy of quarantine or reject: its mail would be refused.",
  remediation:
    "Declare a DomainValidation of the identity and let the DMARC record depend on it, or publish p=none until then.",
  level: "mandatory",
  severity: "critical",
  scope: "stack",
  settings: z.object({}),
  check: (resources) => {
    const identities = unvalidatedIdentities(resources);
    return dmarcRecords(resources)
      .filter(isDmarc)
      .flatMap(({ urn, name, text }) => {
        const { policies } = parseDmarc(text, name);
        return identities.flatMap(({ domain, name: identity }): Violation[] => {
          const policy = domain === domainOf(name) ? policies?.p : policies?.sp;
          const applies = isWithin(domain, domainOf(name)) && !hasOwnRecord(resources, domain, name);
          return applies && (policy === "quarantine" || policy === "reject")
            ? [
                {
                  urn,
                  message: `${name} has the policy ${policy}, and nothing validates ${identity} (${domain})`,
                },
              ]
            : [];
        });
      });
  },
});

/** Whether a closer DMARC record of this stack is the one that receivers take for the domain. */
function hasOwnRecord(resources: readonly RuleResource[], domain: string, name: string): boolean {
  const own = `${LABEL}${domain}`;
  return own !== name && dmarcRecords(resources).some((other) => other.name === own);
}
