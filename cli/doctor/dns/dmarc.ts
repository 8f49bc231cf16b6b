import { walkedAlignmentFindings } from "../../../components/mail-dns/alignment";
import { externalReportFinding, externalReports } from "../../../components/mail-dns/dmarc/external-reports";
import { discoverPolicy } from "../../../components/mail-dns/dmarc/policy-discovery";
import { type DmarcRecord, parseDmarc } from "../../../components/mail-dns/dmarc/record";
import { parseReportUri } from "../../../components/mail-dns/dmarc/report-uri";
import { isDmarcRecord } from "../../../components/mail-dns/dmarc/tag-list";
import type { Finding } from "../../../components/mail-dns/finding";
import { type DnsResolver, withPlanned } from "../../../components/mail-dns/resolver";
import { plainText } from "../../plain-text";
import { type Check, type DoctorWorld, resultOf, skipped } from "../check";
import type { Subject, SubjectDomain } from "../subject";
import { isServed } from "./sightings";

/** The policy that receivers apply, who gets their reports, and whether the domain's mail can pass. */
export const dmarc: Check = {
  name: "dmarc",
  title: "DMARC",
  async run(subject, world) {
    if (subject.domains.length === 0) {
      return skipped("the stack declares no domain");
    }
    const looked = await Promise.all(subject.domains.map((domain) => lookAt(domain, subject, world)));
    const done = looked.filter((each) => each !== undefined);
    if (done.length === 0) {
      return skipped("no domain has its DMARC record as declared, so none is evaluated");
    }
    return resultOf(
      done.flatMap(({ findings }) => findings),
      done.map(({ summary }) => summary).join("; "),
    );
  },
};

interface Looked {
  findings: Finding[];
  summary: string;
}

/** Undefined where DNS records has said already that the record is not what it should be. */
async function lookAt(
  domain: SubjectDomain,
  subject: Subject,
  world: DoctorWorld,
): Promise<Looked | undefined> {
  const { domain: name, records } = domain;
  const declared = records.find(({ purpose }) => purpose === "dmarc");
  // A refused preview may end before the record.
  if (!declared && subject.refusals.length > 0) {
    return undefined;
  }
  if (declared && !declared.planned && !(await isServed(declared, world))) {
    return undefined;
  }
  const planned = new Map(
    declared?.planned ? (declared.values ?? []).map((text): [string, string] => [declared.name, text]) : [],
  );
  const resolver = withPlanned(world.resolvers[0].resolver, planned);
  try {
    const policy = await discoverPolicy(name, resolver);
    if (!policy.applies) {
      return { findings: [noPolicy(name, policy.reason)], summary: `${name}: none` };
    }
    const { text, parsed, domain: policyDomain } = policy.record;
    const path = `_dmarc.${policyDomain}`;
    return {
      findings: [
        ...parseDmarc(text, path).findings.filter(({ severity }) => severity !== "info"),
        ...(await consentFindings(policyDomain, parsed.record ?? {}, path, subject, resolver)),
        // A refused preview lacks what comes after the refusal, keys among it.
        ...(subject.refusals.length > 0
          ? []
          : await alignmentFindings(domain, parsed.record ?? {}, path, resolver)),
      ],
      summary: `${name}: ${policy.tag}=${policy.published}${policy.applied === policy.published ? "" : ` (test mode: ${policy.applied})`}`,
    };
  } catch (error) {
    const finding: Finding = {
      severity: "warning",
      path: `_dmarc.${name}`,
      message: `what receivers apply is not known: ${plainText(error instanceof Error ? error.message : String(error))}`,
      next: "Run the doctor again where DNS answers.",
    };
    return { findings: [finding], summary: `${name}: unknown` };
  }
}

function noPolicy(domain: string, reason: string): Finding {
  return {
    severity: "warning",
    path: `_dmarc.${domain}`,
    message: `${reason}: receivers may take anybody's mail for the domain's, and large ones demand a record of those who send much`,
    next: "Set `dmarc` in the stack, with policy none to begin with.",
  };
}

/** Report addresses in other domains, which have to agree (RFC 9990 section 4). */
async function consentFindings(
  domain: string,
  { rua = [], ruf = [] }: DmarcRecord,
  path: string,
  { domains }: Subject,
  resolver: DnsResolver,
): Promise<Finding[]> {
  const addresses = [...rua, ...ruf].flatMap((uri) => {
    const address = parseReportUri(uri)?.address;
    return address === undefined
      ? []
      : [{ domain: address.slice(address.lastIndexOf("@") + 1).toLowerCase(), path }];
  });
  const declared = new Set(domains.flatMap(({ records }) => records.map(({ name }) => name)));
  const findings: Finding[] = [];
  for (const report of externalReports(domain, addresses)) {
    // The stack's own consent records are looked at with all other records.
    if (!declared.has(report.name)) {
      const { records } = await resolver.lookUp(report.name, "TXT");
      findings.push(...(records.some(isDmarcRecord) ? [] : [externalReportFinding(report)]));
    }
  }
  return findings;
}

async function alignmentFindings(
  { domain, returnPath, hasDkim }: SubjectDomain,
  { adkim, aspf }: DmarcRecord,
  path: string,
  resolver: DnsResolver,
): Promise<Finding[]> {
  if (returnPath === undefined && !hasDkim) {
    return [];
  }
  const modes = { r: "relaxed", s: "strict" } as const;
  const sender = {
    from: domain,
    ...(returnPath !== undefined && { returnPath }),
    ...(hasDkim && { dkimDomain: domain }),
    spfMode: modes[aspf ?? "r"],
    dkimMode: modes[adkim ?? "r"],
  };
  const found = await walkedAlignmentFindings(sender, path, resolver);
  return found.filter(({ severity }) => severity !== "info");
}
