import type { ResourceChange } from "../../../mail-resources/preview";
import { typeOfUrn } from "../../../mail-resources/resource";
import { listOf, showValue, textOf } from "../../../mail-resources/value";
import { isCreated, isDeleted, isReplaced, ofType, type RelayParts, TYPE } from "./parts";
import type { RelayAspect, RelayFate } from "./relay-report";

/** What clients have to do because the relay is found somewhere else afterwards. */
export function addressAspect(parts: RelayParts, fate: RelayFate): RelayAspect {
  if (fate === "new" || fate === "removed") {
    return {};
  }
  const records = ofType(parts, TYPE.record);
  const gone = records.filter((record) => isDeleted(record) || (isReplaced(record) && isRenamed(record)));
  if (gone.length > 0) {
    return namesGone(parts, gone);
  }
  if (records.some(isCreated)) {
    const names = records.filter(isCreated).map(nameOf).join(", ");
    return { details: [{ what: "clients send to", after: names }] };
  }
  const moves = parts.form === "fleet" ? ofType(parts, TYPE.balancer).some(isReplaced) : fate === "replaced";
  // A name that follows is among the changes: the address that it leads to is another one.
  return !moves || records.length > 0 || !isComponent(parts) ? {} : addressChanges(parts);
}

function addressChanges({ urn, name, form }: RelayParts): RelayAspect {
  const what =
    form === "fleet" ? "the balancer's name changes" : "the server's address changes with the server";
  return {
    findings: [
      {
        severity: "warning",
        path: "address",
        message: `${what}, and no name of your own leads to it: clients that use it find nobody afterwards`,
        next: "Give the relay an `address`, which stays; or set the stack's new `relayHost` at the clients after the update.",
        urn,
        subject: name,
      },
    ],
  };
}

function namesGone(parts: RelayParts, gone: readonly ResourceChange[]): RelayAspect {
  return {
    details: gone.map(({ before, after }) => ({
      what: "clients send to",
      before: textOf(before?.inputs.name),
      after: textOf(after?.inputs.name),
    })),
    findings: gone.map((record) => ({
      severity: "warning",
      path: record.name,
      message: `${textOf(record.before?.inputs.name) ?? "the relay's name"} leads to the relay no more (it was ${listOf(record.before?.inputs.records).map(showValue).join(", ")}): clients that use it find nobody`,
      next: "Move the clients to the relay's other address first.",
      urn: record.urn,
      subject: parts.name,
    })),
  };
}

function isRenamed({ before, after }: ResourceChange): boolean {
  return showValue(before?.inputs.name) !== showValue(after?.inputs.name);
}

function nameOf({ after, name }: ResourceChange): string {
  return textOf(after?.inputs.name) ?? name;
}

/** Of a server that somebody else declares, it is not known how clients find it. */
function isComponent({ urn }: RelayParts): boolean {
  return typeOfUrn(urn).startsWith("smarthost:");
}
