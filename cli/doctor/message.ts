import { type Alignment, alignment } from "../../components/mail-dns/alignment";
import { discoverPolicy } from "../../components/mail-dns/dmarc/policy-discovery";
import { predictOrganizationalDomain } from "../../components/mail-dns/organizational-domain";
import type { DnsResolver } from "../../components/mail-dns/resolver";
import { plainText } from "../plain-text";
import { type Check, type CheckResult, type DoctorWorld, type Finding, resultOf, skipped } from "./check";
import { isServed } from "./dns/sightings";
import {
  dkimFindings,
  dmarcFindings,
  type Evidence,
  secondLookFindings,
  spfFindings,
} from "./message/findings";
import { authorDomain, type HeaderField, headerFields } from "./message/header-fields";
import { authservIds, dkimDomain, type ReceiverView, receiverView, spfDomain } from "./message/receiver";
import { type VerifiedSignature, verifySignatures } from "./message/verify";
import type { Subject } from "./subject";

/**
 * What a receiver found out about a message, and whether its signatures verify again with the keys that DNS has now. The
 * message is one that `--message` names, as its receiver stored it.
 */
export const receivedMessage: Check = {
  name: "message",
  title: "Received message",
  async run(subject, world): Promise<CheckResult> {
    const { message: { received, authservId } = {}, resolvers, now } = world;
    if (received === undefined) {
      return skipped(
        "no message was given: `--message FILE` takes one as its receiver stored it, `--send-to ADDRESS` sends one",
      );
    }
    const { resolver } = resolvers[0];
    const fields = headerFields(received);
    const from = authorDomain(fields);
    if (from === undefined) {
      return resultOf([noAuthor()], "no message of one author");
    }
    const view = receiverView(fields, authservId);
    const verified = await judgeable(await verifySignatures(received, resolver, now()), subject, world);
    if (view === undefined) {
      return resultOf(
        [noResults(fields, authservId), ...unverified(verified, from)],
        `a message from ${from}`,
      );
    }
    const evidence: Evidence = { from, view, verified, alignment: await align(from, view, resolver) };
    const isOwn = subject.domains.some(({ domain }) => domain === from);
    const findings = [
      ...(isOwn || subject.domains.length === 0 ? [] : [foreign(from)]),
      ...spfFindings(evidence),
      ...dkimFindings(evidence),
      ...dmarcFindings(evidence),
      ...secondLookFindings(evidence),
    ];
    return resultOf(findings, summaryOf(evidence));
  },
};

/** Without signatures whose key record is not as declared: the check dns-records names that already. */
async function judgeable(
  verified: readonly VerifiedSignature[],
  { domains }: Subject,
  world: DoctorWorld,
): Promise<VerifiedSignature[]> {
  const records = domains.flatMap((domain) => domain.records);
  const isMissing = await Promise.all(
    verified.map(async ({ domain, selector, result }) => {
      const record = records.find(({ name }) => name === `${selector}._domainkey.${domain}`);
      return result !== "pass" && record !== undefined && !(await isServed(record, world));
    }),
  );
  return verified.filter((_, index) => !isMissing[index]);
}

/** How the domains that passed relate to the From domain, in the modes that its DMARC record asks for. */
async function align(from: string, view: ReceiverView, resolver: DnsResolver): Promise<Alignment> {
  const passed = view.dkim.filter(({ result }) => result === "pass").map(dkimDomain);
  const returnPath = view.spf?.result === "pass" ? spfDomain(view.spf) : undefined;
  // The receiver's verdict is there already; without an answer from DNS, the modes are the defaults.
  const policy = await discoverPolicy(from, resolver).catch(() => undefined);
  const { aspf = "r", adkim = "r" } = policy?.applies ? (policy.record.parsed.record ?? {}) : {};
  const modes = { r: "relaxed", s: "strict" } as const;
  const compare = (signer: string | undefined) =>
    alignment({
      from,
      ...(returnPath !== undefined && { returnPath }),
      ...(signer !== undefined && { dkimDomain: signer }),
      spfMode: modes[aspf],
      dkimMode: modes[adkim],
      organizationalDomain: predictOrganizationalDomain,
    });
  const all = passed.map(compare);
  return all.find(({ dkim }) => dkim.isAligned) ?? all[0] ?? compare(undefined);
}

function summaryOf({ from, view: { authservId, spf, dkim, dmarc }, verified }: Evidence): string {
  const results = [
    `SPF ${spf?.result ?? "not told"}`,
    `DKIM ${dkim.find(({ result }) => result === "pass")?.result ?? dkim[0]?.result ?? "not told"}`,
    `DMARC ${dmarc?.result ?? "not told"}`,
  ];
  const good = verified.filter(({ result }) => result === "pass").length;
  const again = `${good} of ${verified.length} signatures verify again`;
  return plainText(`from ${from}, by ${authservId || "its receiver"}: ${results.join(", ")}; ${again}`);
}

function noAuthor(): Finding {
  return {
    severity: "error",
    path: "--message",
    message:
      "the message has not one From field with one address, so it has no domain to be authenticated for",
    next: "Give the whole message with its header, as its receiver stored it.",
  };
}

function noResults(fields: readonly HeaderField[], trusted: string | undefined): Finding {
  const others = authservIds(fields).map((id) => plainText(id) || "a host without a name");
  return others.length > 0
    ? {
        severity: "error",
        path: "--authserv-id",
        message: `the message has no Authentication-Results of ${plainText(trusted ?? "")}; there are those of ${others.join(", ")}`,
        next: "Give the name of the host that received it, or leave --authserv-id out for the topmost.",
      }
    : {
        severity: "error",
        path: "Authentication-Results",
        message: "the message has no such field, so what its receiver found out is not known",
        next: 'Save it from the mailbox that received it, with all headers ("Show original", Download); what lies in a folder of sent mail has none.',
      };
}

function unverified(verified: readonly VerifiedSignature[], from: string): Finding[] {
  return verified
    .filter(({ domain, result }) => domain === from && result !== "pass")
    .map(({ domain, selector, result, reason }) => ({
      severity: "error" as const,
      path: `${selector}._domainkey.${domain}`,
      message: `verified here, the signature is ${result}${reason && ` (${plainText(reason)})`}`,
      next: "Run the check dkim, and save the original of the message.",
    }));
}

function foreign(from: string): Finding {
  return {
    severity: "warning",
    path: "From",
    message: `the message is from ${plainText(from)}, which is no domain of the stack`,
    next: "Look at a message that was sent with the stack's own sender address.",
  };
}
