import type { MailPath, RelayPath } from "./mail-path";

/** More domains than these are counted in the diagram. */
const MOST_NAMES = 4;

/**
 * The mail path as a Mermaid flowchart: applications, relays, smart hosts, recipients, and the DNS that recipients ask.
 * Where both sides are given, the one before comes first.
 */
export function mermaid({ before, after }: { before?: MailPath; after?: MailPath }): string {
  const lines =
    before === undefined || after === undefined
      ? flow(after ?? before ?? { relays: [], domains: [] }, "", before === undefined ? "" : "removed: ")
      : [...subgraph("before", before), ...subgraph("after", after)];
  return ["flowchart LR", ...lines.map((line) => `  ${line}`)].join("\n");
}

function subgraph(title: string, path: MailPath): string[] {
  return [
    `subgraph ${title}_update["${title} the update"]`,
    "  direction LR",
    ...flow(path, `${title}_`, "").map((line) => `  ${line}`),
    "end",
  ];
}

/** @param prefix makes the nodes' ids differ from another path's in the same diagram */
function flow({ relays, domains }: MailPath, prefix: string, note: string): string[] {
  const hosts = [
    ...new Set(
      relays.flatMap(({ smartHosts, routes }) => [...smartHosts, ...routes.map(({ host }) => host)]),
    ),
  ];
  const hostId = (host: string) => `${prefix}host${hosts.indexOf(host)}`;
  const recipient = `${prefix}recipient`;
  return [
    ...relays.flatMap((relay, index) => relayLines(relay, `${prefix}relay${index}`, hostId, note)),
    ...hosts.map((host) => `${hostId(host)} --> ${recipient}["recipients"]`),
    ...(domains.length === 0
      ? []
      : [`${recipient} -.->|"SPF, DKIM, DMARC"| ${prefix}dns[("${label(["DNS of", shortList(domains)])}")]`]),
  ];
}

function relayLines(relay: RelayPath, id: string, hostId: (host: string) => string, note: string): string[] {
  const { host, form, clients, hasLogins, smartHosts, routes } = relay;
  const who = [shortList(clients), ...(hasLogins ? ["with a login"] : [])];
  const what = form === "fleet" ? "fleet of relays" : "relay";
  return [
    `${id}_clients["${label(["applications", ...who])}"] -->|"587, 25"| ${id}["${label([`${note}${what}`, host])}"]`,
    ...smartHosts.map((each, index) => {
      const arrow = index === 0 ? "-->" : '-.->|"if the one before fails"|';
      return `${id} ${arrow} ${hostId(each)}["${label(["smart host", each])}"]`;
    }),
    ...routes.map(
      (route) =>
        `${id} -->|"${label([`route ${route.name}`])}"| ${hostId(route.host)}["${label([route.host])}"]`,
    ),
  ];
}

function shortList(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(", ")} and ${more} more` : names.join(", ");
}

/** Lines of a label. All that Mermaid or HTML could read as more than text is written as an entity code. */
function label(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== "")
    .map((line) => line.replace(/[^\w .,:/-]/gu, (character) => `#${character.codePointAt(0)};`))
    .join("<br/>");
}
