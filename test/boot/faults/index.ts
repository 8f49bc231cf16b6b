import { ANSWERS } from "./answers";
import { CLIENT_FAULTS } from "./clients";
import { CRASHES } from "./crashes";
import { CREDENTIALS } from "./credentials";
import { ENCRYPTION } from "./encryption";
import type { Fault } from "./fault";
import { PLAIN_PATHS } from "./plain-path";
import { OUTAGES } from "./smart-host-outages";
import { SURROUNDINGS } from "./surroundings";

export type { Fault } from "./fault";

const ALL = [
  ...PLAIN_PATHS,
  ...OUTAGES,
  ...ANSWERS,
  ...CREDENTIALS,
  ...ENCRYPTION,
  ...SURROUNDINGS,
  ...CLIENT_FAULTS,
  ...CRASHES,
];

/** The order of relays: a replacement ends the relay `submission` and makes `custom` of it. */
const RELAYS = ["submission", "custom", "fallback", "wrapper"];

/** Every fault, in the order in which they run: relay by relay, each booted once. */
export const FAULTS: readonly Fault[] = ALL.toSorted(
  (one, other) => RELAYS.indexOf(one.relay) - RELAYS.indexOf(other.relay),
);

/** The faults of these names, in the order in which they run. @throws Error that lists all names, for an unknown one */
export function faultsNamed(names: readonly string[]): Fault[] {
  const unknown = names.filter((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `No fault ${unknown.join(", ")}. There are: ${FAULTS.map(({ name }) => name).join(", ")}.`,
    );
  }
  return FAULTS.filter(({ name }) => names.includes(name));
}
