import { withoutComments } from "../../../components/postfix-relay/user-data";
import type { Difference, ReportFinding } from "../report";
import type { RelayConfiguration } from "./configuration";
import type { RelayParts } from "./parts";
import type { RelayAspect, RelayFate } from "./relay-report";

/** What differs in the settings that a relay boots from: where mail goes, who may hand it in, and Postfix's parameters. */
export function settingsAspect(parts: RelayParts, fate: RelayFate): RelayAspect {
  const { before, after, servers } = parts;
  if (after === undefined && servers.some((server) => server.after?.kind === "unknown")) {
    return {
      meaning: [
        "What the server boots from is known only after the update, so its settings are not compared.",
      ],
    };
  }
  if (after === undefined) {
    return {};
  }
  const open = after.clients.filter(isEverybody).filter((range) => !before?.clients.includes(range));
  return {
    meaning: before === undefined ? [] : meaningOf(before, after),
    details: before === undefined || fate === "new" ? settingsOf(after) : differences(before, after),
    findings: [...open.map((range) => openRelay(parts, range)), ...refusedClients(parts)],
  };
}

/** Whether a range of clients is the whole internet. */
export function isEverybody(range: string): boolean {
  return /^(0(\.0\.0\.0)?|\[?::\]?)\/0$/.test(range);
}

function meaningOf(before: RelayConfiguration, after: RelayConfiguration): string[] {
  const [old, next] = [before, after].map(({ smartHosts }) => smartHosts.join(", "));
  return old === next
    ? []
    : ["Mail in the queue goes to the new smart host too, as soon as the relay has its password."];
}

/** The settings that a reader looks for first. Others are said by the names of main.cf. */
const SETTINGS: { what: string; parameters: string[]; read(configuration: RelayConfiguration): string }[] = [
  { what: "name", parameters: ["myhostname"], read: ({ hostName = "" }) => hostName },
  { what: "smart host", parameters: ["relayhost"], read: ({ smartHosts }) => smartHosts.join(", ") },
  {
    what: "routes",
    parameters: ["transport_maps", "sender_dependent_default_transport_maps"],
    read: ({ routes }) => routes.map(({ name, host }) => `${name}: ${host}`).join(", "),
  },
  { what: "clients", parameters: ["mynetworks"], read: ({ clients }) => clients.join(", ") },
  {
    what: "logins",
    parameters: ["smtpd_client_restrictions", "smtpd_relay_restrictions", "smtpd_data_restrictions"],
    read: ({ hasLogins }) => (hasLogins ? "on 587 and 465" : "none"),
  },
  {
    what: "queue",
    parameters: [],
    read: ({ queue }) => (queue === "volume" ? "volume of its own" : "root disk"),
  },
];

function settingsOf(configuration: RelayConfiguration): Difference[] {
  return SETTINGS.flatMap(({ what, read }) => {
    const after = read(configuration);
    return after === "" ? [] : [{ what, after }];
  });
}

function differences(before: RelayConfiguration, after: RelayConfiguration): Difference[] {
  const known = SETTINGS.flatMap(({ what, read }) =>
    changed(what, read(before) || undefined, read(after) || undefined),
  );
  const told = new Set(known.map(({ what }) => what));
  const said = SETTINGS.filter(({ what }) => told.has(what)).flatMap(({ parameters }) => parameters);
  const parameters = union(before.mainCf, after.mainCf)
    .filter((name) => !said.includes(name))
    .flatMap((name) => changed(name, shown(before.mainCf[name]), shown(after.mainCf[name])));
  return [...known, ...parameters, ...fileDifferences(before, after)];
}

/** A parameter that is set to nothing is another thing than one that has its default. */
function shown(value: string | undefined): string | undefined {
  return value === "" ? "(empty)" : value;
}

/** Files are named and not shown: scripts and units, which the preview has in full. Comments do not count. */
function fileDifferences(
  { files: before }: RelayConfiguration,
  { files: after }: RelayConfiguration,
): Difference[] {
  const differing = union(before, after).filter(
    (path) => !path.endsWith("/main.cf") && bare(before[path]) !== bare(after[path]),
  );
  return differing.length === 0 ? [] : [{ what: "other files that change", after: differing.join(", ") }];
}

function bare(content: string | undefined): string | undefined {
  return content === undefined ? undefined : withoutComments(content).trim();
}

function changed(what: string, before: string | undefined, after: string | undefined): Difference[] {
  return before === after ? [] : [{ what, before, after }];
}

function union(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].toSorted();
}

function openRelay({ urn, name }: RelayParts, range: string): ReportFinding {
  return {
    severity: "error",
    path: "clients",
    message: `everybody on the internet may send mail through the relay (mynetworks has ${range}): it is an open relay`,
    next: "Give the clients' own ranges, such as 10.0.0.0/16.",
    urn,
    subject: name,
  };
}

function refusedClients({ urn, name, before, after }: RelayParts): ReportFinding[] {
  const gone = before?.clients.filter((range) => !after?.clients.includes(range)) ?? [];
  return gone.length === 0
    ? []
    : [
        {
          severity: "warning",
          path: "clients",
          message: `clients in ${gone.join(", ")} may not send any more, unless another range has them: their mail is refused`,
          next: "Move what still sends from there to another relay first.",
          urn,
          subject: name,
        },
      ];
}
