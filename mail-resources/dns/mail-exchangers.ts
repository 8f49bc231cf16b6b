import { UNKNOWN, type Value } from "../value";

/** `10 mail.example.com` as preference and exchange: one preference, or a list in the order of the values. */
export function mailExchangers(records: readonly Value[]): { values: Value[]; priority?: Value } {
  const read = records.map((record): [Value, Value] => {
    const [, preference, exchange] = typeof record === "string" ? (/^(\d+)\s+(\S+)$/.exec(record) ?? []) : [];
    return preference === undefined || exchange === undefined
      ? [UNKNOWN, record]
      : [Number(preference), exchange];
  });
  return withPreferences(read);
}

/** Pairs of preference and exchange as a record set has them. */
export function withPreferences(pairs: readonly [Value, Value][]): { values: Value[]; priority?: Value } {
  const preferences = pairs.map(([preference]) => preference);
  return {
    values: pairs.map(([, exchange]) => exchange),
    priority: preferences.length > 1 ? preferences : preferences[0],
  };
}
