import type { DeclaredNames } from "../identities";
import type { RecordChange, ReportFinding } from "../report";

/** What is to be said about one record's change, beyond what SPF, DKIM and DMARC say. */
export function recordFindings(record: RecordChange, names: DeclaredNames): ReportFinding[] {
  return [...proxiedFindings(record), ...returnPathFindings(record, names), ...exchangerFindings(record)];
}

function proxiedFindings({ name, urn, after, before }: RecordChange): ReportFinding[] {
  if (after?.proxied !== true || before?.proxied === true) {
    return [];
  }
  const message =
    "the record is proxied: DNS answers with the proxy's addresses in place of it, and mail does not authenticate";
  return [{ severity: "error", path: name, message, next: "Set proxied to false.", urn }];
}

function returnPathFindings(
  { change, purpose, name, urn }: RecordChange,
  names: DeclaredNames,
): ReportFinding[] {
  if (purpose !== "return path" || change !== "removed" || !names.returnPaths.has(name)) {
    return [];
  }
  const message =
    "the return path's record is removed, and SendGrid still sends with it: SPF fails, and bounces are lost";
  const next = "Keep the record as long as the domain is authenticated at SendGrid.";
  return [{ severity: "error", path: name, message, next, urn }];
}

function exchangerFindings({ change, purpose, name, urn, before, after }: RecordChange): ReportFinding[] {
  if (purpose !== "MX" || !before || change === "adopted") {
    return [];
  }
  if (!after) {
    const message = `no ${before.values.join(" or ")} takes mail for the name any more`;
    return [{ severity: "warning", path: name, message, next: "Check who is to receive its mail.", urn }];
  }
  const [was, is] = [before.values.join(" or "), after.values.join(" or ")];
  const message = `mail to the name goes elsewhere: ${was} → ${is}`;
  const next = "Check that the new host takes mail for it.";
  return was === is ? [] : [{ severity: "warning", path: name, message, next, urn }];
}
