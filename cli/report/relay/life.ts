import type { ReportFinding } from "../report";
import { isCreated, isDeleted, isReplaced, isUpdated, ofType, type RelayParts, TYPE } from "./parts";
import type { RelayAspect, RelayFate } from "./relay-report";

/** What of a running server EC2 changes only while it is stopped. */
const NEEDS_A_STOP = /^(instanceType|userData|userDataBase64)\b/;

/** What becomes of a relay's servers; undefined where the preview says nothing of them. */
export function fateOf(parts: RelayParts): RelayFate {
  const changes =
    parts.form === "fleet" ? ofType(parts, TYPE.group) : parts.servers.map(({ change }) => change);
  const [comes, goes] = [changes.some(isCreated), changes.some(isDeleted)];
  if (changes.some(isReplaced) || (comes && goes)) {
    return "replaced";
  }
  if (comes) {
    return "new";
  }
  if (goes) {
    return "removed";
  }
  return parts.form === "fleet" && isRefreshed(parts) ? "refreshed" : "changed";
}

/** What the servers' fate means for mail. */
export function lifeAspect(parts: RelayParts): RelayAspect {
  const fate = fateOf(parts);
  return parts.form === "fleet" ? fleetLife(parts, fate) : serverLife(parts, fate);
}

function serverLife(parts: RelayParts, fate: RelayFate): RelayAspect {
  switch (fate) {
    case "new":
      return {
        meaning: ["A new relay: it takes mail when its server is set up, a few minutes after the update."],
      };
    case "replaced":
      return {
        mail: "waits",
        meaning: [
          "The server is replaced: the new one starts, the old one stops in order, and the new one takes over.",
          "A minute or two no server takes mail, and clients have to try again.",
        ],
      };
    case "removed":
      return { mail: "stops", meaning: ["The relay is removed: clients find nobody to take their mail."] };
    default:
      return serverInPlace(parts);
  }
}

function serverInPlace({ servers }: RelayParts): RelayAspect {
  const updated = servers.map(({ change }) => change).filter(isUpdated);
  const stopped = updated.filter(({ changed }) => changed.some((path) => NEEDS_A_STOP.test(path)));
  if (stopped.length === 0) {
    return {};
  }
  const unread = stopped.filter(({ changed }) => changed.some((path) => path.startsWith("userData")));
  return {
    mail: "waits",
    meaning: ["The server is stopped, changed and started again: mail waits a minute or two."],
    findings: unread.map(
      ({ urn, name }): ReportFinding => ({
        severity: "warning",
        path: `${name}.userData`,
        message:
          "user data changes on a server that stays, and cloud-init has read it at the first boot only",
        next: "Set userDataReplaceOnChange: true, so that a new server is made from it.",
        urn,
      }),
    ),
  };
}

function fleetLife(parts: RelayParts, fate: RelayFate): RelayAspect {
  switch (fate) {
    case "new":
      return {
        meaning: [
          "A new fleet: it takes mail when its first server is set up, a few minutes after the update.",
        ],
      };
    case "refreshed":
      return {
        meaning: [
          "The servers are replaced in turns, a new one before an old one goes; an old one delivers its queue or hands it over. The update does not wait for it.",
        ],
      };
    case "replaced":
      return {
        mail: "waits",
        meaning: [
          "The group is replaced with all its servers: clients have to try again until the new ones are set up.",
        ],
        findings: [
          leftOnVolumes(parts, "the Auto Scaling group is replaced, and all its servers go at once"),
        ],
      };
    case "removed":
      return {
        mail: "stops",
        meaning: ["The fleet is removed: clients find nobody to take their mail."],
        findings: [leftOnVolumes(parts, "the fleet is removed, and all its servers go at once")],
      };
    default:
      return {};
  }
}

function leftOnVolumes({ urn, name }: RelayParts, what: string): ReportFinding {
  return {
    severity: "warning",
    path: name,
    message: `${what}: mail that the smart host does not take by then stays on their queue volumes, which nothing delivers`,
    next: "Move the clients away first, and update when the queues are empty. What stays is in volumes named `mail queue of …`.",
    urn,
  };
}

/** Another version of the launch template starts an instance refresh. */
function isRefreshed(parts: RelayParts): boolean {
  return (
    ofType(parts, TYPE.template).some(
      (change) => isUpdated(change) || isReplaced(change) || isCreated(change),
    ) ||
    ofType(parts, TYPE.group).some(
      (change) => isUpdated(change) && change.changed.some((path) => path.startsWith("launchTemplate")),
    )
  );
}
