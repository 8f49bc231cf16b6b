import * as z from "zod";
import { defineFunction } from "../../kit";
import type { SendGridApi } from "../api/api";
import { byOffset } from "../api/paging";
import { unixTime } from "./time";

const Ip = z
  .object({
    ip: z.string().meta({ description: "The address." }),
    subusers: z.array(z.string()).meta({ description: "User names of the subusers that may send from it." }),
    pools: z.array(z.string()).meta({ description: "Names of the IP pools that it is in." }),
    warmup: z.boolean().meta({
      description: "Whether SendGrid is warming it up: sending little at first, and more each day.",
    }),
    warmupStarted: z
      .string()
      .optional()
      .meta({ description: "When that began, e.g. `2026-01-31T12:00:00Z`; absent where it never did." }),
    hasReverseDns: z.boolean().meta({ description: "Whether reverse DNS is set up for it." }),
    reverseDns: z
      .string()
      .optional()
      .meta({ description: "The name in its PTR record, e.g. `o1.em.example.com`; absent without one." }),
    assigned: z.string().optional().meta({ description: "When the account got it; absent if not known." }),
  })
  .meta({ typeName: "DedicatedIp", description: "An IP address of the account." });

const when = unixTime.nullish().transform((value) => value ?? undefined);
const ApiIp = z
  .object({
    ip: z.string(),
    subusers: z.array(z.string()).nullish(),
    pools: z.array(z.string()).nullish(),
    warmup: z.boolean(),
    start_date: when,
    whitelabeled: z.boolean(),
    rdns: z.string().nullish(),
    assigned_at: when,
  })
  .transform(({ ip, subusers, pools, warmup, start_date, whitelabeled, rdns, assigned_at }) => ({
    ip,
    subusers: subusers ?? [],
    pools: pools ?? [],
    warmup,
    warmupStarted: start_date,
    hasReverseDns: whitelabeled,
    reverseDns: rdns || undefined,
    assigned: assigned_at,
  }));

export const getIps = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getIps",
  description: `
Lists the IP addresses that are the account's own, assigned to subusers or not. An account without dedicated IP
addresses has none: its mail leaves from addresses that SendGrid shares among its customers.

API: https://www.twilio.com/docs/sendgrid/api-reference/ip-address/retrieve-all-ip-addresses
`.trim(),
  inputs: z.object({
    ip: z
      .ipv4("must be an IPv4 address, e.g. 192.0.2.10")
      .optional()
      .meta({ description: "Only this address." }),
    subuser: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Only those that the subuser with this user name may send from." }),
  }),
  outputs: z.object({
    ips: z.array(Ip).meta({ description: "The addresses; empty where there are none." }),
  }),
  examples: [{}, { subuser: "team" }, { ip: "192.0.2.10" }],
  call: async ({ inputs: { ip, subuser }, session, signal }) => {
    const query = {
      sort_by_direction: "asc",
      ...(ip === undefined ? {} : { ip }),
      ...(subuser === undefined ? {} : { subuser }),
    };
    const purpose = { task: "list the IP addresses", scope: "ips.read" };
    const ips = await session.list({ path: "/v3/ips", query, purpose, signal }, ApiIp, byOffset());
    return { ips: ips.filter((each) => ip === undefined || each.ip === ip) };
  },
});
