import type { ResourceChange } from "../../../mail-resources/preview";
import { numberOf, showValue } from "../../../mail-resources/value";
import { isUpdated, ofType, type RelayParts, TYPE } from "./parts";
import type { RelayAspect, RelayFate } from "./relay-report";

/** How many servers a fleet has before and after. */
export function fleetSizeAspect(parts: RelayParts, fate: RelayFate): RelayAspect {
  const groups = ofType(parts, TYPE.group);
  if (fate === "new") {
    return { details: groups.map((group) => ({ what: "servers", after: sizeOf(group.after) })) };
  }
  const scaled = groups.filter(
    (group) => isUpdated(group) && group.after !== undefined && sizeOf(group.before) !== sizeOf(group.after),
  );
  if (scaled.length === 0) {
    return {};
  }
  const goes = scaled.some(({ before, after }) => most(after) < most(before));
  return {
    details: scaled.map(({ before, after }) => ({
      what: "servers",
      before: sizeOf(before),
      after: sizeOf(after),
    })),
    meaning: [
      goes
        ? "Servers above the new number go in order: each delivers its queue, or hands it over to the others."
        : "Mail goes on while servers are added.",
    ],
  };
}

type Group = ResourceChange["before"];

function most(group: Group): number {
  return numberOf(group?.inputs.maxSize) ?? 0;
}

function sizeOf(group: Group): string {
  return `${showValue(group?.inputs.minSize)} to ${showValue(group?.inputs.maxSize)}`;
}
