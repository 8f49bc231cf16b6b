import * as z from "zod";
import { defineResource, UNKNOWN } from "../../providers/kit";
import { nameFault } from "../dns/spelling";
import type { CloudflareAccount, CloudflareRecord, RecordInput } from "./account";
import { contentFault, nullMx, recordTypes } from "./content";

const proxiable: readonly string[] = ["A", "AAAA", "CNAME"];

const recordInputs = z.object({
  zoneId: z
    .string()
    .regex(/^[0-9a-f]{32}$/, "must be a zone's id, 32 hexadecimal digits")
    .meta({ description: "The zone.", replace: true }),
  name: z.string().meta({ description: "The whole name." }),
  type: z.enum(recordTypes).meta({ description: "The type.", replace: true }),
  content: z.string().min(1).meta({ description: "The value." }),
  ttl: z
    .int()
    .refine(
      (ttl) => ttl === 1 || (ttl >= 60 && ttl <= 86400),
      "must be 1 (automatic), or 60 to 86400 seconds",
    )
    .meta({ description: "Seconds." }),
  priority: z.int().min(0).max(65535).optional().meta({ description: "For MX." }),
  proxied: z.boolean().optional().meta({ description: "Whether Cloudflare stands in front." }),
  comment: z.string().max(100).optional().meta({ description: "A note, on a free plan of 100 characters." }),
});

/**
 * `cloudflare.DnsRecord`. Stricter than the real one: content always, by the types that the sandbox serves; names
 * and contents only in the spelling that a refresh gives back; ttl checked against proxied in the preview.
 */
export const DnsRecord = defineResource<CloudflareAccount>()({
  token: "cloudflare:index/dnsRecord:DnsRecord",
  inputs: recordInputs,
  outputs: z.object({
    createdOn: z.string(),
    modifiedOn: z.string(),
    meta: z.string(),
    proxiable: z.boolean(),
    proxied: z.boolean(),
    settings: z.object({
      flattenCname: z.boolean().optional(),
      ipv4Only: z.boolean().optional(),
      ipv6Only: z.boolean().optional(),
    }),
    tags: z.array(z.string()),
  }),
  rules: [
    { properties: ["name"], fault: ({ name }) => nameFault(name) },
    { properties: ["content", "type"], fault: ({ type, content }) => contentFault(type, content) },
    {
      properties: ["priority", "type"],
      fault: ({ type, priority }) =>
        (type === "MX") === (priority !== undefined)
          ? undefined
          : "must be given for MX, and for no other type",
    },
    {
      properties: ["priority", "content", "type"],
      fault: ({ type, content, priority }) =>
        type === "MX" && content === nullMx && priority !== undefined && priority !== 0
          ? `must be 0 for a null MX, not ${priority} (RFC 7505, section 3)`
          : undefined,
    },
    {
      properties: ["proxied", "type", "ttl"],
      fault: ({ proxied, type, ttl }) => {
        if (!proxied) return undefined;
        if (!proxiable.includes(type)) return `cannot be true for ${type}`;
        return ttl === 1 ? undefined : `needs ttl 1, not ${ttl}`;
      },
    },
  ],
  // The real provider knows that a record is not proxied where the program does not say.
  preview: ({ proxied }, state) => ({ proxied: proxied ?? false, ...(state && { modifiedOn: UNKNOWN }) }),
  create: async ({ inputs, session }) => {
    const record = session.create(inputs.zoneId, toRecord(inputs));
    return { id: record.id, outputs: outputsOf(record) };
  },
  read: async ({ id, inputs, session }) => {
    // An import names the zone too: ZONE/RECORD.
    const [zoneId = "", recordId = id] = inputs?.zoneId === undefined ? id.split("/") : [inputs.zoneId, id];
    const record = session.record(zoneId, recordId);
    if (record === undefined) return undefined;
    const { name, type, content, ttl, priority, proxied, comment } = record;
    return {
      id: record.id,
      inputs: { zoneId, name, type, content, ttl, priority, proxied, comment },
      outputs: outputsOf(record),
    };
  },
  update: async ({ id, inputs, session }) => outputsOf(session.change(inputs.zoneId, id, toRecord(inputs))),
  delete: async ({ id, inputs, session }) => {
    if (inputs.zoneId !== undefined) session.delete(inputs.zoneId, id);
  },
});

function toRecord(inputs: z.output<typeof recordInputs>): RecordInput {
  const { name, type, content, ttl, priority, proxied, comment } = inputs;
  return { name, type, content, ttl, priority, proxied: proxied ?? false, comment };
}

/** What Cloudflare adds to a record. */
export function outputsOf({ createdOn, modifiedOn, type, proxied }: CloudflareRecord) {
  const settings = { flattenCname: false, ipv4Only: false, ipv6Only: false };
  return {
    createdOn,
    modifiedOn,
    meta: "{}",
    proxiable: proxiable.includes(type),
    proxied,
    settings: type === "CNAME" ? settings : {},
    tags: [],
  };
}
