import * as z from "zod";
import { textsOrNone } from "../api/answer";
import { Collection } from "../api/collection";
import { byOffset } from "../api/paging";

/** The account's dedicated addresses, with the subusers that have them. */
export const dedicatedIps = new Collection({
  noun: "dedicated IP",
  path: "/v3/ips",
  scope: "ips",
  item: z.object({
    ip: z.string(),
    subusers: textsOrNone,
  }),
  paging: byOffset(),
});
