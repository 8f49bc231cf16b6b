import type { Finding } from "../../../components/mail-dns/finding";
import { plainText } from "../../plain-text";
import type { RecordView, Sighting } from "./sightings";

/** What is wrong with servers rather than with records, each server once. */
export function serverFindings(views: readonly RecordView[]): Finding[] {
  const findings: Finding[] = [];
  const sightings = views.flatMap(({ sightings: all, record, zone }) =>
    all.map((sighting) => ({ ...sighting, record, zone })),
  );
  for (const key of new Set(sightings.map(keyOf))) {
    const seen = sightings.filter((sighting) => keyOf(sighting) === key);
    const failed = seen.filter(({ verdict }) => verdict.kind === "unanswered");
    const [first] = failed;
    if (first?.verdict.kind !== "unanswered") {
      continue;
    }
    const isDeaf = failed.length === seen.length;
    const about = failed.map(({ record }) => `${record.type} ${record.name}`).join(", ");
    const severity = severityOf(first.role, isDeaf, sightings);
    findings.push({
      severity,
      path: first.server,
      message: `gives no answer${isDeaf ? "" : ` about ${about}`}: ${plainText(first.verdict.reason)}`,
      next: severity === "error" ? NOBODY : NEXT[first.role](first.zone, isDeaf),
    });
  }
  return [...findings, ...unreachableFindings(views)];
}

function keyOf({ role, server }: Sighting): string {
  return `${role} ${server}`;
}

function unreachableFindings(views: readonly RecordView[]): Finding[] {
  const zones = new Map<string, string>();
  for (const { unreachable, zone } of views) {
    for (const name of unreachable) {
      zones.set(name, zone);
    }
  }
  return [...zones].map(([name, zone]) => ({
    severity: "warning",
    path: name,
    message: `is a name server of ${zone} by its delegation, and has no address`,
    next: `Correct the name servers of ${zone} at the registrar.`,
  }));
}

/** A network may keep a resolver out; that none answers, or one not about some names, is the domain's trouble. */
function severityOf(role: Sighting["role"], isDeaf: boolean, all: readonly Sighting[]): Finding["severity"] {
  if (role === "name-server" || !isDeaf) {
    return "warning";
  }
  const someAnswer = all.some((each) => each.role === "resolver" && each.verdict.kind !== "unanswered");
  return someAnswer ? "info" : "error";
}

const NOBODY =
  "Name resolvers that answer from here with --dns-server, or check that this network lets DNS out.";

const NEXT: Record<Sighting["role"], (zone: string, isDeaf: boolean) => string> = {
  resolver: (_zone, isDeaf) =>
    isDeaf
      ? "Name resolvers that answer from here with --dns-server, or leave it as it is: the others were asked."
      : "Run the doctor again; if it stays so, check the zone's DNSSEC, which makes validating resolvers fail.",
  "name-server": (zone) =>
    `Check that it serves ${zone}, and that this network lets DNS out; --no-authoritative leaves name servers out.`,
};
