/** One thing that is wrong with what the user gave. */
export interface Fault {
  /** The property, such as `clients[1]` or `smartHost.port`. */
  path: string;
  /** What was given, for the message; never set for a secret. */
  value?: string;
  /** Why it cannot be accepted; reads on from the value: "has an empty label". */
  reason: string;
  /** What to do, as a sentence: "Remove the extra dot." */
  next: string;
}

/** All faults of one set of inputs in one text, so that nobody has to mend them one run at a time. */
export function describeFaults(subject: string, faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return [`${subject}: ${count} in the settings; nothing was changed`, ...faults.map(describeFault)].join(
    "\n",
  );
}

function describeFault({ path, value, reason, next }: Fault): string {
  const given = value === undefined ? "" : ` ${JSON.stringify(value)}`;
  return `  - ${path}:${given} ${reason}. ${next}`;
}

/** Puts `prefix` before the path of each fault, for settings that are nested in larger ones. */
export function under(prefix: string, faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ ...fault, path: `${prefix}.${fault.path}` }));
}
