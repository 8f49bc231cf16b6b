import { dnsRecordSet } from "../../../mail-resources/dns-record";
import type { Preview, ResourceChange } from "../../../mail-resources/preview";
import { type Resource, stackOfUrn } from "../../../mail-resources/resource";
import { zoneNames } from "../../../mail-resources/zone-names";
import type { Subject, SubjectSource } from "../subject";
import { type DeclaredRecordSet, subjectDomains } from "./records";
import { refusalFindings } from "./refusals";
import { relayTargets, smartHostTargets } from "./relays";
import { type SubjectResource, sendGridIdentities, sendGridKeys, sendGridTarget } from "./sendgrid";

/** What a stack has, by its state. */
export function subjectOfState(resources: readonly Resource[], stack?: string): Subject {
  const all = resources.map((resource) => ({ resource, planned: false }));
  const name = stack ?? resources.map(({ urn }) => stackOfUrn(urn)).find((found) => found !== undefined);
  return subjectOf(all, "deployed", name);
}

/**
 * What a stack will have, by a preview: what is created counts as planned, and what an update changes counts as it is
 * now, because the world is as it is now.
 */
export function subjectOfPreview({ changes, diagnostics }: Preview, stack?: string): Subject {
  return {
    ...subjectOf(changes.flatMap(ofChange), "planned", stack),
    refusals: refusalFindings(diagnostics),
  };
}

function subjectOf(
  all: readonly SubjectResource[],
  source: SubjectSource,
  stack: string | undefined,
): Subject {
  const identities = sendGridIdentities(all);
  const relays = relayTargets(all);
  const zones = zoneNames(all.map(({ resource }) => resource));
  const declared = all.flatMap(({ resource, planned }): DeclaredRecordSet[] => {
    const set = dnsRecordSet(resource, zones);
    return set === undefined ? [] : [{ set, planned, isOwn: isOwn(resource) }];
  });
  return {
    ...(stack !== undefined && { stack }),
    source,
    domains: subjectDomains(declared, identities),
    identities,
    keys: sendGridKeys(all),
    smartHosts: smartHostTargets(relays),
    relays,
    sendGridAccess: sendGridTarget(all, identities),
    refusals: [],
  };
}

/** A new resource as it will be; others as they are. What is about to go is no subject any more. */
function ofChange({ operation, before, after }: ResourceChange): SubjectResource[] {
  if (operation === "delete") {
    return [];
  }
  const resource = before ?? after;
  return resource === undefined ? [] : [{ resource, planned: before === undefined && operation !== "read" }];
}

/** Whether one of the module's components is among the parents, by the types that the URN names. */
function isOwn({ urn }: Resource): boolean {
  return (urn.split("::")[2] ?? "").includes("smarthost:index:MailDns$");
}
