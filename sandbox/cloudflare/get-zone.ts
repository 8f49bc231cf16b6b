import * as z from "zod";
import { defineFunction } from "../../providers/kit";
import type { CloudflareAccount } from "./account";

/** `cloudflare.getZone`. Stricter: by id, or by a filter of the name and nothing else. */
export const getZone = defineFunction<CloudflareAccount>()({
  token: "cloudflare:index/getZone:getZone",
  inputs: z.object({
    zoneId: z.string().optional().meta({ description: "Its id." }),
    filter: z.object({ name: z.string() }).optional().meta({ description: "Its name." }),
  }),
  outputs: z.object({
    id: z.string(),
    zoneId: z.string(),
    name: z.string(),
    status: z.string(),
    type: z.string(),
    paused: z.boolean(),
    nameServers: z.array(z.string()),
    account: z.object({ id: z.string(), name: z.string() }),
  }),
  call: async ({ inputs: { zoneId, filter }, session }) => {
    if ((zoneId === undefined) === (filter === undefined)) {
      throw new Error("getZone: exactly one of zoneId and filter must be given");
    }
    const name = filter?.name;
    const zone =
      zoneId !== undefined ? session.zone(zoneId) : session.zones.find((each) => each.name === name);
    if (zone === undefined) throw new Error(`getZone: no zone ${name} in this account`);
    return {
      id: zone.id,
      zoneId: zone.id,
      name: zone.name,
      status: "active",
      type: "full",
      paused: false,
      nameServers: [`ns1.${zone.name}`],
      account: { id: session.id, name: "Substitute" },
    };
  },
});
