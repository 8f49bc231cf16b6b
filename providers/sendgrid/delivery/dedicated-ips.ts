import * as z from "zod";
import { Collection } from "../api/collection";
import { byOffset } from "../api/paging";

/** The account's dedicated addresses, with the subusers that have them. */
export const dedicatedIps = new Collection({
  noun: "dedicated IP",
  path: "/v3/ips",
  scope: "ips",
  item: z.object({
    ip: z.string(),
    subusers: z
      .array(z.string())
      .nullish()
      .transform((names) => names ?? []),
  }),
  paging: byOffset(),
});
