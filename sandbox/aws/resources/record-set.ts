import { isIPv4 } from "node:net";
import * as z from "zod";
import { defineResource, sameMembers } from "../../../providers/kit";
import { ipv6Fault, nameFault } from "../../dns/spelling";
import type { RecordSet } from "../record-sets";
import { type RecordType, readValue, recordTypes } from "../record-values";
import { given, type Session } from "./properties";

const inputs = z.object({
  zoneId: z
    .string()
    .regex(/^Z[0-9A-Z]{1,31}$/, "must be a hosted zone's id, Z and more capital letters and digits")
    .meta({ description: "The hosted zone.", replace: true }),
  name: z.string().meta({ description: "The whole name.", replace: true }),
  type: z.enum(recordTypes).meta({ description: "The type." }),
  ttl: z.int().min(0).max(2_147_483_647).meta({ description: "Seconds." }),
  records: z
    .array(z.string())
    .min(1)
    .max(400)
    .meta({ description: "The values in any order; TXT without the outer quotes.", equals: sameMembers }),
  allowOverwrite: z.boolean().optional().meta({ description: "Takes over a set that exists." }),
});

/**
 * `aws.route53.Record`: a record set, all records of a name and type. Stricter than the real one: plain records with
 * a ttl, whole names in the spelling that a refresh gives back (the real one appends the zone's name to a short one),
 * targets in the same spelling, no value twice. As with the real one the id keeps the type of the creation.
 */
export const Record = defineResource<Session>()({
  token: "aws:route53/record:Record",
  inputs,
  outputs: z.object({ fqdn: z.string(), allowOverwrite: z.boolean() }),
  rules: [
    { properties: ["name"], fault: ({ name }) => nameFault(name) },
    {
      properties: ["records", "type"],
      fault: ({ records, type }) => {
        const faults = records.flatMap((record) => valueFault(type, record) ?? []);
        if (type === "CNAME" && records.length > 1) faults.push("has more than the one value of a CNAME");
        if (new Set(records).size < records.length) faults.push("has a value twice");
        return faults.length === 0 ? undefined : faults.join("; ");
      },
    },
  ],
  preview: (inputs) => given(inputs, "allowOverwrite"),
  create: async ({ inputs, session }) => {
    const { zoneId, name, type, allowOverwrite = false } = inputs;
    session.hostedZones.put(zoneId, allowOverwrite ? "UPSERT" : "CREATE", toSet(inputs));
    return { id: `${zoneId}_${name}_${type}`, outputs: { fqdn: name, allowOverwrite } };
  },
  read: async ({ id, inputs, session }) => {
    const { zoneId, name, type } = inputs?.zoneId === undefined ? partsOf(id) : { ...partsOf(id), ...inputs };
    const set = session.hostedZones.recordSet(zoneId, name, type);
    if (set === undefined) return undefined;
    const records = set.records.map((record) => (set.type === "TXT" ? record.slice(1, -1) : record));
    return { inputs: { zoneId, name, type: set.type, ttl: set.ttl, records }, outputs: { fqdn: name } };
  },
  update: async ({ inputs, oldInputs, session }) => {
    const { zoneId, name, type, allowOverwrite = false } = inputs;
    const sameType = oldInputs.type === undefined || oldInputs.type === type;
    session.hostedZones.put(
      zoneId,
      sameType || allowOverwrite ? "UPSERT" : "CREATE",
      toSet(inputs),
      sameType ? undefined : oldInputs.type,
    );
    return { fqdn: name, allowOverwrite };
  },
  delete: async ({ id, inputs, session }) => {
    const { zoneId, name, type } = { ...partsOf(id), ...inputs };
    session.hostedZones.remove(zoneId, name, type);
  },
});

/** `ZONEID_name_TYPE`; a name has underscores of its own, and is never in capital letters. */
function partsOf(id: string): { zoneId: string; name: string; type: string } {
  const [, zoneId = "", name = "", type = ""] = /^(Z[0-9A-Z]+)_(.+)_([A-Z]+)$/.exec(id) ?? [];
  if (type === "") {
    throw new Error(`unexpected format of ID ("${id}"), expected ZONEID_RECORDNAME_TYPE`);
  }
  return { zoneId, name, type };
}

function toSet({ name, type, ttl, records }: z.output<typeof inputs>): RecordSet {
  return { name, type, ttl, records: records.map((record) => (type === "TXT" ? `"${record}"` : record)) };
}

/** Why a value is refused, or would not come back as it is. */
function valueFault(type: RecordType, value: string): string | undefined {
  const shown = JSON.stringify(value);
  switch (type) {
    case "A":
      return isIPv4(value) ? undefined : `${shown} is no IPv4 address`;
    case "AAAA":
      return ipv6Fault(value);
    case "TXT": {
      if (/^".*"$/s.test(value)) return `${shown} must be without the outer quotes`;
      const read = readValue(type, `"${value}"`);
      return "fault" in read ? `${read.fault}; strings over 255 bytes are split: first" "second` : undefined;
    }
    case "MX": {
      const [, preference, target = ""] = /^(0|[1-9]\d{0,4}) (\S+)$/.exec(value) ?? [];
      if (preference === undefined || Number(preference) > 0xffff)
        return `${shown} must be a preference of 0 to 65535 and a name, such as 10 mail.example.com`;
      if (target !== ".") return targetFault(target);
      return preference === "0" ? undefined : `${shown} must be 0 . for a null MX (RFC 7505, section 3)`;
    }
    default:
      return targetFault(value);
  }
}

function targetFault(target: string): string | undefined {
  const fault = nameFault(target);
  return fault && `${JSON.stringify(target)} ${fault}`;
}
