import type { Finding } from "../../../components/mail-dns/finding";
import { plainText } from "../../plain-text";
import { duration } from "../../quantities";
import { type Check, resultOf, skipped } from "../check";
import type { Subject, SubjectRecord } from "../subject";
import { type AskedIdentity, askIdentities, type DomainAnswer } from "./identity-answers";
import { unreadable } from "./no-answer";
import { whyNotAsked } from "./own-scopes";
import { takenFindings } from "./taken-identities";

/** The authenticated domains at SendGrid: whether they exist, are valid, and are what the stack says. */
export const sendGridIdentities: Check = {
  name: "sendgrid-identities",
  title: "SendGrid identities",
  async run(subject, world) {
    if (subject.identities.length === 0) {
      return skipped("the stack has no identity at SendGrid");
    }
    const whyNot = await whyNotAsked(world, "whitelabel.read");
    if (whyNot !== undefined) {
      return skipped(whyNot);
    }
    const all = await askIdentities(subject, world);
    const forbidden = all.map(({ answer }) => answer).find(({ kind }) => kind === "forbidden");
    if (forbidden?.kind === "forbidden") {
      return skipped(unreadable(forbidden));
    }
    const findings = [
      ...all.flatMap((each) => findingsOf(each, subject, world.now())),
      ...(await takenFindings(subject, world)),
    ];
    const planned = subject.identities.length - all.length;
    const valid = all.filter(({ answer }) => answer.kind === "found" && answer.value.valid).length;
    return resultOf(
      findings,
      `${valid} of ${all.length} valid${planned > 0 ? `, ${planned} not made yet` : ""}`,
    );
  },
};

function findingsOf({ identity, answer }: AskedIdentity, subject: Subject, now: Date): Finding[] {
  const name = `${identity.subdomain === undefined ? "" : `${identity.subdomain}.`}${identity.domain}`;
  const finding = (severity: Finding["severity"], message: string, next: string): Finding => ({
    severity,
    path: name,
    message,
    next,
  });
  switch (answer.kind) {
    case "missing":
      return [
        finding(
          "error",
          `SendGrid has no authenticated domain ${identity.id} any more, and refuses mail from ${identity.domain}`,
          "Run `pulumi up --refresh`, which makes it anew and publishes its records.",
        ),
      ];
    case "forbidden":
    case "unknown":
      return [finding("warning", plainText(answer.message), "Run the doctor again.")];
    case "found":
      return [
        ...validityFindings(answer.value, subject, now, finding),
        ...driftFindings(answer.value, identity, finding),
      ];
  }
}

type Found = (severity: Finding["severity"], message: string, next: string) => Finding;

function validityFindings(
  { valid, dns, last_validation_attempt_at: at }: DomainAnswer,
  subject: Subject,
  now: Date,
  finding: Found,
): Finding[] {
  if (valid) {
    return [];
  }
  const invalid = Object.values(dns).filter((record) => !record.valid);
  const named = invalid.map(
    ({ type, host, data }) => `${type} ${host} should say ${JSON.stringify(plainText(data.slice(0, 100)))}`,
  );
  const when = at ? `, last looked at ${duration(now.getTime() / 1_000 - at)} ago` : ", never looked at";
  return [
    finding(
      "error",
      `SendGrid does not take the domain for valid${when}, and refuses its mail${named.length === 0 ? "" : `: ${named.join("; ")}`}`,
      remedy(
        invalid.map(({ host }) => host),
        subject,
      ),
    ),
  ];
}

/** Records that the stack does not have are a person's to publish. */
function remedy(hosts: readonly string[], { domains }: Subject): string {
  const declared = new Set(domains.flatMap(({ records }) => records.map(({ name }: SubjectRecord) => name)));
  const others = hosts.filter((host) => !declared.has(host));
  const validate = "`pulumi up --refresh` has SendGrid look again";
  return others.length === 0
    ? `Mend what DNS records says, then ${validate}; where DNS is right, it was not yet when SendGrid looked.`
    : `Publish ${others.join(", ")} as SendGrid asks, then ${validate}.`;
}

function driftFindings(
  answer: DomainAnswer,
  { domain, isDefault }: AskedIdentity["identity"],
  finding: Found,
): Finding[] {
  const findings: Finding[] = [];
  if (answer.domain.toLowerCase() !== domain) {
    findings.push(
      finding(
        "error",
        `it is the identity of ${plainText(answer.domain)} at SendGrid`,
        "Compare the stack's state with the account: `pulumi refresh`.",
      ),
    );
  }
  if (isDefault !== undefined && answer.default !== isDefault) {
    findings.push(
      finding(
        "warning",
        isDefault
          ? "it is not the account's default any more: mail of senders without an identity is signed by another"
          : "it is the account's default, and the stack says that it is not",
        "Run `pulumi up --refresh`, which sets it.",
      ),
    );
  }
  return findings;
}
