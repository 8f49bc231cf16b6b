import type { ResourceChange } from "../../../mail-resources/preview";
import { numberOf, showValue, textOf } from "../../../mail-resources/value";
import type { ReportFinding } from "../report";
import { isDeleted, isReplaced, isUpdated, ofType, type RelayParts, TYPE } from "./parts";
import type { RelayAspect, RelayFate } from "./relay-report";

const EMPTY_FIRST =
  "stop the clients, run `smarthost relay flush`, and update when `smarthost relay queue` is empty";

/** What the update does to accepted mail that waits in the queue of a single server. A fleet's queues are part of its servers. */
export function queueAspect(parts: RelayParts, fate: RelayFate): RelayAspect {
  if (parts.form === "fleet" || fate === "new") {
    return {};
  }
  const volumes = ofType(parts, TYPE.volume);
  const lost = volumes.filter((volume) => isReplaced(volume) || isDeleted(volume));
  if (lost.length > 0) {
    return volumesLost(parts, fate, lost);
  }
  if (parts.before?.queue === "root disk" && (fate === "replaced" || fate === "removed")) {
    return rootDiskLost(parts, fate);
  }
  switch (fate) {
    case "replaced":
      return merge([
        { meaning: ["Mail in the queue waits in the queue volume, which moves to the new server."] },
        ...volumes.filter(isUpdated).map(volumeUpdated),
      ]);
    case "removed":
      return { findings: [undelivered(parts)] };
    default:
      return merge([...volumes.filter(isUpdated).map(volumeUpdated), attachmentAspect(parts)]);
  }
}

function volumesLost({ name }: RelayParts, fate: RelayFate, lost: readonly ResourceChange[]): RelayAspect {
  return {
    mail: "at risk",
    meaning: ["Mail that is in the queue then is lost."],
    findings: lost.map((volume): ReportFinding => {
      const what = isReplaced(volume) ? "is replaced" : "is deleted";
      const because =
        isReplaced(volume) && volume.replaceReasons.length > 0
          ? ` (${volume.replaceReasons.join(", ")})`
          : "";
      return {
        severity: "error",
        path: volume.name,
        message: `the queue volume ${what}${because}: mail in the queue is lost`,
        next:
          fate === "removed"
            ? `Move the clients to another relay, or ${EMPTY_FIRST}.`
            : `Take back what ${isReplaced(volume) ? "replaces" : "deletes"} it; or ${EMPTY_FIRST}. With the resource option \`protect\` Pulumi refuses to delete a volume.`,
        urn: volume.urn,
        subject: name,
      };
    }),
  };
}

function rootDiskLost({ urn, name }: RelayParts, fate: RelayFate): RelayAspect {
  return {
    mail: "at risk",
    meaning: ["Mail that is in the queue then is lost."],
    findings: [
      {
        severity: "error",
        path: name,
        message: `the server is ${fate} and its queue is on its root disk: mail in the queue is lost`,
        next: `First ${EMPTY_FIRST}.`,
        urn,
        subject: name,
      },
    ],
  };
}

function undelivered({ urn, name }: RelayParts): ReportFinding {
  return {
    severity: "error",
    path: name,
    message: "the relay is removed, and mail that is still in its queue volume is delivered by nobody",
    next: `Move the clients to another relay, or ${EMPTY_FIRST}.`,
    urn,
    subject: name,
  };
}

function volumeUpdated({ urn, name, before, after }: ResourceChange): RelayAspect {
  const details = ["size", "type", "iops", "throughput"].flatMap((property) => {
    const [old, next] = [before, after].map((side) => side?.inputs[property]);
    return showValue(old) === showValue(next)
      ? []
      : [{ what: `queue volume's ${property}`, before: shown(property, old), after: shown(property, next) }];
  });
  const [old, next] = [before, after].map((side) => numberOf(side?.inputs.size));
  if (old === undefined || next === undefined || old === next) {
    return { details };
  }
  if (next > old) {
    const larger =
      "The queue volume grows at once, and its file system when a server starts with it the next time.";
    return { details, meaning: [larger] };
  }
  const smaller: ReportFinding = {
    severity: "error",
    path: `${name}.size`,
    message: `a volume can't be made smaller (${old} to ${next} GiB): EC2 refuses it, and the update fails`,
    next: `Set queueVolumeSize back to ${old}.`,
    urn,
  };
  return { details, findings: [smaller] };
}

function shown(property: string, value: Parameters<typeof showValue>[0]): string | undefined {
  return value === undefined ? undefined : `${showValue(value)}${property === "size" ? " GiB" : ""}`;
}

/** A queue volume that moves while the server stays. */
function attachmentAspect(parts: RelayParts): RelayAspect {
  const attachments = ofType(parts, TYPE.attachment);
  const gone = attachments.filter(isDeleted);
  const moved = attachments.filter(isReplaced);
  if (moved.length > 0) {
    return {
      mail: "waits",
      meaning: ["The queue volume is detached and attached again, for which the server is stopped."],
      findings: moved.map(({ urn, name }) => ({
        severity: "warning",
        path: name,
        message: "the server is stopped while its queue volume moves, and is not started again by itself",
        next: "After the update start it in EC2, and look at `smarthost relay queue`.",
        urn,
        subject: parts.name,
      })),
      details: moved.flatMap(({ before, after }) => {
        const [old, next] = [before, after].map((side) => side?.inputs.volumeId);
        return textOf(old) === textOf(next)
          ? []
          : [{ what: "queue volume", before: showValue(old), after: showValue(next) }];
      }),
    };
  }
  return gone.length === 0
    ? {}
    : {
        mail: "stops",
        meaning: ["The queue volume is detached: Postfix does not run without it."],
        findings: gone.map(({ urn, name }) => ({
          severity: "error",
          path: name,
          message: "the queue volume is detached from the server, and Postfix does not run without it",
          next: "Keep the attachment, or remove the relay as a whole.",
          urn,
          subject: parts.name,
        })),
      };
}

/** Aspects as one; the effect of the last that has one counts. */
function merge(aspects: readonly RelayAspect[]): RelayAspect {
  return {
    mail: aspects.findLast(({ mail }) => mail !== undefined)?.mail,
    meaning: aspects.flatMap(({ meaning = [] }) => meaning),
    details: aspects.flatMap(({ details = [] }) => details),
    findings: aspects.flatMap(({ findings = [] }) => findings),
  };
}
