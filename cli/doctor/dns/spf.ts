import type { Finding } from "../../../components/mail-dns/finding";
import { type DnsResolver, withPlanned } from "../../../components/mail-dns/resolver";
import { describeBudget, spfBudget } from "../../../components/mail-dns/spf/budget";
import { inspectSpf } from "../../../components/mail-dns/spf/findings";
import { isSpf } from "../../../components/mail-dns/spf/record";
import { type Check, type DoctorWorld, resultOf, skipped } from "../check";
import { goneIdentities } from "../sendgrid/identity-answers";
import type { Subject, SubjectDomain, SubjectRecord } from "../subject";
import { isServed } from "./sightings";

/** The SPF records that receivers evaluate: of the return path, and of the domain where the stack declares one. */
export const spf: Check = {
  name: "spf",
  title: "SPF",
  async run(subject, world) {
    const names = (
      await Promise.all(subject.domains.map((domain) => namesOf(domain, subject, world)))
    ).flat();
    if (names.length === 0) {
      return skipped("no SPF record of the stack's is in DNS as declared, so none is evaluated");
    }
    const resolver = withPlanned(world.resolvers[0].resolver, plannedSpf(subject));
    const looked = await Promise.all(names.map((name) => lookAt(name, resolver)));
    return resultOf(
      looked.flatMap(({ findings }) => findings),
      looked.map(({ summary }) => summary).join("; "),
    );
  },
};

interface SpfName {
  name: string;
  /** Whether the text is the smart host's, behind a CNAME: nobody here can change it. */
  isForeign: boolean;
}

/** Names whose record is there as declared, or is about to be: of others, DNS records says what is wrong. */
async function namesOf(domain: SubjectDomain, subject: Subject, world: DoctorWorld): Promise<SpfName[]> {
  const gone = await goneIdentities(subject, world);
  const found: SpfName[] = [];
  for (const record of domain.records) {
    const isOwn = record.purpose === "spf" && record.type === "TXT";
    const isReturnPath = record.type === "CNAME" && record.purpose === "return-path";
    const planned = isOwn && record.planned && record.values !== undefined;
    if (planned || ((isOwn || isReturnPath) && !record.planned && (await isServed(record, world)))) {
      const ownerIsGone = isReturnPath && gone.some((identity) => identity.domain === domain.domain);
      found.push(...(ownerIsGone ? [] : [{ name: record.name, isForeign: isReturnPath }]));
    }
  }
  return found;
}

/** Texts that names have once the stack is up. */
function plannedSpf({ domains }: Subject): ReadonlyMap<string, string> {
  const isPlanned = ({ planned, purpose, type }: SubjectRecord) =>
    planned && purpose === "spf" && type === "TXT";
  return new Map(
    domains
      .flatMap(({ records }) => records.filter(isPlanned))
      .flatMap(({ name, values = [] }) => values.filter(isSpf).map((text): [string, string] => [name, text])),
  );
}

async function lookAt(
  { name, isForeign }: SpfName,
  resolver: DnsResolver,
): Promise<{ findings: Finding[]; summary: string }> {
  const budget = await spfBudget(name, resolver);
  const [own] = budget.records;
  if (own === undefined) {
    const findings = budget.problems.map(
      ({ message, kind }): Finding => ({
        severity: kind === "unknown" ? "warning" : "error",
        path: name,
        message: `${message}, and receivers check SPF there`,
        next: isForeign
          ? "Have SendGrid validate the domain again: it publishes SPF behind the CNAME."
          : "Run `pulumi up --refresh`, which publishes it.",
      }),
    );
    return { findings, summary: `${name} has no SPF` };
  }
  const all = inspectSpf(own.text, name, budget, name).filter(({ severity }) => severity !== "info");
  // What a service publishes for itself is its own matter, unless receivers give up on it.
  const findings = isForeign ? all.filter(({ severity }) => severity === "error") : all;
  return { findings, summary: `${name}: ${describeBudget(budget)}` };
}
