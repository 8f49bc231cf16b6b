import * as z from "zod";
import { defineResource, type Previewed, UNKNOWN } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Collection } from "../api/collection";
import { byOffset } from "../api/paging";
import { ApiRecord, DnsRecord } from "./dns-records";
import { domainName, subdomainName } from "./domain-name";
import { subdomainFault } from "./subdomain-fault";

const Rdns = z.object({
  id: z.number().transform(String),
  ip: z.string(),
  rdns: z.string(),
  subdomain: z.string().nullish(),
  domain: z.string(),
  valid: z.boolean(),
  a_record: ApiRecord,
});
type Rdns = z.output<typeof Rdns>;

/** The account's reverse DNS records. */
export const reverseDns = new Collection({
  noun: "reverse DNS record",
  path: "/v3/whitelabel/ips",
  scope: "whitelabel",
  item: Rdns,
  // Old entries must not stand in the way of a look-up: only this much is read.
  listed: z.object({ id: z.number().transform(String), ip: z.string() }),
  paging: byOffset(),
});

export const ReverseDns = defineResource<SendGridApi>()({
  token: "sendgrid:index:ReverseDns",
  description: `
The name of a dedicated IP address: what a receiver finds who looks the address of the sending server up.

Creating it does not make it valid: publish the A record, then let a \`ReverseDnsValidation\` have SendGrid check it;
SendGrid publishes the PTR record itself. An address can have one.

API: https://www.twilio.com/docs/sendgrid/api-reference/reverse-dns
`.trim(),
  inputs: z.object({
    ip: z.ipv4("must be an IPv4 address, e.g. 192.0.2.1").meta({
      description: "A dedicated IPv4 address of the account.",
      replace: true,
    }),
    domain: domainName.meta({
      description:
        "The domain that mail is sent from, e.g. `example.com`; 253 characters at most (RFC 1035).",
      replace: true,
    }),
    subdomain: subdomainName.meta({
      description: "Labels below the domain, the same as those of the domain's authentication, e.g. `em`.",
      replace: true,
    }),
  }),
  outputs: z.object({
    reverseDnsId: z.string().meta({ description: "SendGrid's id of the reverse DNS record, a number." }),
    rdns: z.string().meta({ description: "The name that the address leads to, e.g. `o1.em.example.com`." }),
    aRecord: DnsRecord.meta({ description: "The record to publish: from that name back to the address." }),
  }),
  rules: [{ properties: ["subdomain", "domain"], fault: subdomainFault }],
  identity: {
    properties: ["ip"],
    find: async (operation) =>
      (await reverseDns.list(operation, { ip: operation.inputs.ip })).find(
        ({ ip }) => ip === operation.inputs.ip,
      )?.id,
  },
  examples: [
    { ip: "192.0.2.10", domain: "example.com", subdomain: "em" },
    { ip: "192.0.2.10", domain: "example.org", subdomain: "em" },
    { ip: "192.0.2.10", domain: "example.org", subdomain: "mail" },
    { ip: "192.0.2.11", domain: "example.org", subdomain: "mail" },
  ],
  // The number in front of the name is SendGrid's choice.
  preview: ({ ip }): { aRecord: Previewed<DnsRecord> } => ({
    aRecord: { type: "A", host: UNKNOWN, data: ip },
  }),
  create: async (operation) => {
    const created = await reverseDns.create(operation, `of ${operation.inputs.ip}`, operation.inputs);
    return { id: created.id, outputs: outputsOf(created) };
  },
  read: async (operation) => {
    const found = await reverseDns.read(operation, ({ id }) => id);
    if (found === undefined) return undefined;
    const { ip, domain, subdomain } = found;
    return { inputs: { ip, domain, subdomain: subdomain ?? undefined }, outputs: outputsOf(found) };
  },
  delete: async (operation) => await reverseDns.remove(operation, operation.id),
});

function outputsOf({ id, rdns, a_record }: Rdns) {
  return { reverseDnsId: id, rdns, aRecord: a_record };
}
