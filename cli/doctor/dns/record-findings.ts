import type { Finding } from "../../../components/mail-dns/finding";
import { plainText } from "../../plain-text";
import type { SubjectRecord } from "../subject";
import type { Verdict } from "./record-verdict";
import type { RecordView, Sighting } from "./sightings";

type Wrong = Exclude<Verdict, { kind: "right" | "unanswered" }>;

/** What is wrong with a record that should be there, as at most one finding; how servers fail is for {@link serverFindings}. */
export function recordFindings(view: RecordView): Finding[] {
  const { record } = view;
  const by = (role: Sighting["role"]) => view.sightings.filter((sighting) => sighting.role === role);
  const resolvers = answers(by("resolver"));
  const nameServers = answers(by("name-server"));
  const wrong = [...nameServers.wrong, ...resolvers.wrong][0];
  if (wrong === undefined) {
    return [];
  }
  const finding = (severity: Finding["severity"], message: string, next: string): Finding[] => [
    {
      severity,
      path: `${record.type} ${record.name}`,
      message: `${message} (${PURPOSE[record.purpose]})`,
      next,
    },
  ];
  const what = describe(wrong.verdict, record);
  if (nameServers.wrong.length === 0 && nameServers.right.length > 0) {
    return finding(
      "warning",
      `${list(resolvers.wrong)} ${verb(resolvers.wrong, "still see", "still sees")} something else: ${what}; the name servers have it right`,
      "Wait until old answers expire, an hour in most zones, and run the doctor again.",
    );
  }
  if (nameServers.right.length > 0) {
    return finding(
      "error",
      `the name servers of ${view.zone} disagree: ${list(nameServers.right)} ${verb(nameServers.right, "have", "has")} it right, and at ${list(nameServers.wrong)} ${what}`,
      `Wait some minutes; if it stays so, see at the registrar whether ${list(nameServers.wrong)} still ${verb(nameServers.wrong, "belong", "belongs")} to the zone's name servers.`,
    );
  }
  if (nameServers.wrong.length > 0 && resolvers.right.length > 0) {
    return finding(
      severityOf(record, wrong.verdict),
      `at the name servers of ${view.zone} ${what}; ${list(resolvers.right)} ${verb(resolvers.right, "see", "sees")} the declared value, from a cache or another zone`,
      remedy(record, wrong.verdict, view),
    );
  }
  if (nameServers.wrong.length === 0 && resolvers.right.length > 0) {
    return finding(
      "warning",
      `${list(resolvers.right)} ${verb(resolvers.right, "see", "sees")} it as declared, and for ${list(resolvers.wrong)} ${what}`,
      "Wait until old answers expire, an hour in most zones, and run the doctor again.",
    );
  }
  return finding(severityOf(record, wrong.verdict), what, remedy(record, wrong.verdict, view));
}

interface Answers {
  right: Sighting[];
  wrong: (Sighting & { verdict: Wrong })[];
}

function answers(sightings: readonly Sighting[]): Answers {
  const isWrong = (sighting: Sighting): sighting is Sighting & { verdict: Wrong } =>
    sighting.verdict.kind !== "right" && sighting.verdict.kind !== "unanswered";
  return {
    right: sightings.filter(({ verdict }) => verdict.kind === "right"),
    wrong: sightings.filter(isWrong),
  };
}

const PURPOSE: Record<SubjectRecord["purpose"], string> = {
  spf: "SPF",
  dkim: "DKIM key",
  dmarc: "DMARC policy",
  "return-path": "return path",
  "report-consent": "consent to take DMARC reports",
  mx: "mail exchanger",
  other: "published with the mail records",
};

function describe(verdict: Wrong, { type, purpose, values = [] }: SubjectRecord): string {
  const declared = `the stack declares ${quoted(values)}`;
  switch (verdict.kind) {
    case "missing":
      return `there is none; ${declared}`;
    case "hidden":
      return `instead of the CNAME there are addresses, ${verdict.found.join(", ")}: a proxy or the DNS host's flattening hides it, and ${purpose === "dkim" || purpose === "return-path" ? "SendGrid and receivers" : "others"} need the CNAME itself`;
    case "different":
      return `it says ${quoted(verdict.found)}; ${declared}`;
    case "doubled":
      return `there are ${verdict.found.length} where one may be, which makes all of them void: ${quoted(verdict.found)}${type === "TXT" && purpose === "spf" ? " (RFC 7208 section 4.5)" : ""}`;
  }
}

/** A policy that was changed elsewhere still is one; what authenticates mail has to be as it is declared. */
function severityOf({ purpose }: SubjectRecord, { kind }: Wrong): Finding["severity"] {
  if (purpose === "report-consent" || purpose === "other") {
    return "warning";
  }
  return purpose === "dmarc" && kind === "different" ? "warning" : "error";
}

function remedy(
  { host, name, type, values = [], proxied }: SubjectRecord,
  { kind }: Wrong,
  view: RecordView,
): string {
  const isByHand = host === "the DNS host";
  switch (kind) {
    case "missing":
      return isByHand
        ? `Publish ${type} ${quoted(values)} at ${name}.`
        : `See at ${host} whether the zone has it. If it does, the domain is delegated elsewhere${servedBy(view)}: have the registrar point to ${host}'s name servers, or declare the zone that is served. If not, run \`pulumi up --refresh\`.`;
    case "hidden":
      return proxied
        ? `Set proxied to false for ${name} in the program, and run \`pulumi up\`.`
        : `Switch the proxy off for ${name} at ${host} ("DNS only"), or run \`pulumi up --refresh\`, which does it.`;
    case "doubled":
      return `Delete all but the declared one at ${host}; what the others allow goes into the stack's settings first.`;
    case "different":
      return isByHand
        ? `Change ${type} ${name} to ${quoted(values)}.`
        : "If the declared value is right, run `pulumi up --refresh`, which puts it back; if the other is, change the stack's settings.";
  }
}

function servedBy({ zone, sightings }: RecordView): string {
  const names = sightings.filter(({ role }) => role === "name-server").map(({ server }) => server);
  return names.length === 0 ? "" : ` (${zone} is served by ${names.join(", ")})`;
}

function list(sightings: readonly Sighting[]): string {
  const names = sightings.map(({ server }) => server);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function verb(sightings: readonly Sighting[], several: string, one: string): string {
  return sightings.length === 1 ? one : several;
}

/** Values as they may stand in a message: they come from outside, and keys are long. */
function quoted(values: readonly string[]): string {
  const short = (value: string) =>
    value.length > 120 ? `${value.slice(0, 100)}… (${value.length} characters)` : value;
  return values.map((value) => JSON.stringify(plainText(short(value)))).join(" and ") || "nothing";
}
