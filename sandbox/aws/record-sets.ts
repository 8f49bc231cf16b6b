import { type RecordType, readValue, sameAs } from "./record-values";

/** The records of one name and type, which Route 53 keeps, changes and answers as one. */
export interface RecordSet {
  /** Lower case, no trailing dot; `*` as the first label is a wildcard. */
  name: string;
  type: RecordType;
  /** Seconds, 0 to 2147483647. */
  ttl: number;
  /** As the API has them: `"v=spf1 -all"` with its quotes, `10 mail.example.com`. They come back as they are. */
  records: readonly string[];
}

/** A record as a name server has it: TXT as one unquoted text. */
export interface ServedRecord {
  name: string;
  type: RecordType;
  value: string;
  priority?: number;
  /** Seconds. */
  ttl: number;
}

/** At most this many values are in a set, a default quota of Route 53. */
const mostRecords = 400;
const longestTtl = 2_147_483_647;

/** Everything that Route 53 refuses in a set by itself, wherever it is to stand. */
export function setFaults({ type, ttl, records }: RecordSet): string[] {
  const meanings = records.map((record) => sameAs(type, record));
  const twice = records.filter((_record, index) => meanings.indexOf(meanings[index] ?? "") !== index);
  const read = records.map((record) => readValue(type, record));
  return [
    ...(records.length === 0 ? ["Missing field 'ResourceRecords'"] : []),
    ...(records.length > mostRecords
      ? [`${records.length} values, of which a set has at most ${mostRecords}`]
      : []),
    ...(type === "CNAME" && records.length > 1 ? ["A CNAME has one value"] : []),
    ...(Number.isInteger(ttl) && ttl >= 0 && ttl <= longestTtl
      ? []
      : [`TTL ${ttl} is not 0 to ${longestTtl}`]),
    ...[...new Set(twice)].map((record) => `Duplicate Resource Record: '${record}'`),
    ...read.flatMap((value) => ("fault" in value ? [value.fault] : [])),
  ];
}

/** The records of a set, as a name server has them. */
export function served({ name, type, ttl, records }: RecordSet): ServedRecord[] {
  return records.flatMap((record) => {
    const value = readValue(type, record);
    return "fault" in value ? [] : [{ name, type, ttl, ...value }];
  });
}
