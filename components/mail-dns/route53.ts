import { getRecords } from "@pulumi/aws/route53/getRecords";
import { getZone } from "@pulumi/aws/route53/getZone";
import { Record } from "@pulumi/aws/route53/record";
import type * as pulumi from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import { OncePerRun } from "../once-per-run";
import type { DnsHost, ExistingRecord, ExistingZone } from "./dns-host";
import type { MailRecord } from "./record";
import { txtStrings, unquotedTxt } from "./txt";

export interface Route53Args {
  /** The hosted zone's id, such as `Z0123456789ABCDEFGHIJ`. */
  zoneId: pulumi.Input<string>;
  /**
   * TXT texts that a name has for other purposes, such as `{ "example.com": ["google-site-verification=…"] }`: in
   * Route 53 all TXT records of a name are one record set, which this stack then holds.
   */
  otherTexts?: { [name: string]: string[] };
}

/** Route 53 has no automatic TTL. */
const DEFAULT_TTL = 300;
/** What an adopted record set keeps until it is this stack's. */
const KEPT = ["records", "ttl", "allowOverwrite"];
/** Many domains can share a zone, which is listed once. */
const zones = new OncePerRun<Promise<ExistingZone>>();

/** Record sets in a Route 53 hosted zone, in the spelling that a refresh gives back. */
export function route53({ zoneId, otherTexts = {} }: Route53Args): DnsHost {
  return {
    name: "Route 53",
    recordSets: true,
    createRecord: (name, record, opts) =>
      new Record(
        name,
        {
          zoneId,
          name: record.name,
          type: record.type,
          ttl: record.ttl ?? DEFAULT_TTL,
          records: valuesOf(record, otherTexts),
        },
        { ...opts, deleteBeforeReplace: true, ignoreChanges: opts.import ? KEPT : opts.ignoreChanges },
      ),
    existing: async ({ zoneId: id }, opts) =>
      typeof id === "string" ? await existingRecords(id, opts) : undefined,
  };
}

/** What a hosted zone has, listed once in a run of the program. */
export function existingRecords(zoneId: string, opts: pulumi.InvokeOptions): Promise<ExistingZone> {
  return zones.get(zoneId, () => listZone(zoneId, opts));
}

function valuesOf(
  { name, type, value, priority }: MailRecord<pulumi.Input<string>>,
  otherTexts: { [name: string]: string[] },
): pulumi.Input<string>[] {
  if (type === "MX") {
    return [output(value).apply((target) => `${priority ?? 10} ${target}`)];
  }
  if (type !== "TXT") {
    return [value];
  }
  const others = typeof name === "string" ? (otherTexts[name] ?? []) : [];
  return [output(value).apply(asRoute53), ...others.map(asRoute53)];
}

/** A text as the provider takes it: without the outer quotes, and `first 255" "rest` beyond that. */
function asRoute53(text: string): string {
  return txtStrings(text)
    .map((part) => part.replace(/[\\"]/g, "\\$&"))
    .join('" "');
}

async function listZone(zoneId: string, opts: pulumi.InvokeOptions): Promise<ExistingZone> {
  const [zone, { resourceRecordSets }] = await Promise.all([
    getZone({ zoneId }, opts),
    getRecords({ zoneId }, opts),
  ]);
  const records = resourceRecordSets.flatMap(({ name, type, resourceRecords }): ExistingRecord[] => {
    const plain = plainName(name);
    return resourceRecords.map(({ value }) => ({
      importId: `${zoneId}_${plain}_${type}`,
      name: plain,
      type,
      value: type === "TXT" ? unquotedTxt(value) : plainName(value),
    }));
  });
  return { zone: plainName(zone.name), records };
}

/** Route 53 writes names with a trailing dot, and an asterisk as `\052`. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "").replace("\\052", "*");
}
