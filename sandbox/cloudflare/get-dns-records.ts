import * as z from "zod";
import { defineFunction } from "../../providers/kit";
import type { CloudflareAccount, CloudflareRecord } from "./account";
import { recordTypes } from "./content";
import { outputsOf } from "./dns-record";

/** How many records it gives when the program does not say, as the real provider. */
const defaultMaxItems = 1000;

const results = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    content: z.string(),
    // MX only.
    priority: z.int().optional(),
    ttl: z.int(),
    comment: z.string().optional(),
    createdOn: z.string(),
    modifiedOn: z.string(),
    meta: z.string(),
    proxiable: z.boolean(),
    proxied: z.boolean(),
    privateRouting: z.boolean(),
    data: z.object({}),
    settings: z.object({
      flattenCname: z.boolean().optional(),
      ipv4Only: z.boolean().optional(),
      ipv6Only: z.boolean().optional(),
    }),
    tags: z.array(z.string()),
  }),
);

/**
 * `cloudflare.getDnsRecords`: the records of a zone by exact name and type, oldest first. Stricter than the real one:
 * a zone by its id always, and no filter but `name.exact` and `type`. A name is compared in lower case.
 */
export const getDnsRecords = defineFunction<CloudflareAccount>()({
  token: "cloudflare:index/getDnsRecords:getDnsRecords",
  inputs: z.object({
    zoneId: z
      .string()
      .regex(/^[0-9a-f]{32}$/, "must be a zone's id, 32 hexadecimal digits")
      .meta({ description: "The zone." }),
    name: z.object({ exact: z.string() }).optional().meta({ description: "The whole name." }),
    type: z.enum(recordTypes).optional().meta({ description: "The type." }),
    maxItems: z.int().min(1).optional().meta({ description: "How many at most, 1000 when not given." }),
  }),
  outputs: z.object({
    zoneId: z.string(),
    name: z.object({ exact: z.string().optional() }).optional(),
    type: z.string().optional(),
    maxItems: z.int().optional(),
    direction: z.string(),
    includeShadowMetadata: z.boolean(),
    match: z.string(),
    order: z.string(),
    proxied: z.boolean(),
    tagMatch: z.string(),
    results,
  }),
  call: async ({ inputs, session }) => {
    const { zoneId, name, type, maxItems } = inputs;
    session.zone(zoneId);
    const exact = name?.exact.toLowerCase();
    const found = session
      .records(zoneId)
      .filter((record) => exact === undefined || record.name === exact)
      .filter((record) => type === undefined || record.type === type);
    return {
      ...{ zoneId, name, type, maxItems },
      // What the real provider fills in where a program does not choose.
      ...{ direction: "asc", match: "all", order: "type", tagMatch: "all" },
      ...{ includeShadowMetadata: false, proxied: false },
      results: found.slice(0, maxItems ?? defaultMaxItems).map(resultOf),
    };
  },
});

function resultOf(record: CloudflareRecord): z.output<typeof results>[number] {
  const { id, name, type, content, priority, ttl, comment } = record;
  const stated = { id, name, type, content, priority, ttl, comment };
  return { ...stated, ...outputsOf(record), privateRouting: false, data: {} };
}
