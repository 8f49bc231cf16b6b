import * as z from "zod";
import { defineResource, outputOf } from "../../kit";
import type { SendGridApi } from "../api/api";
import type { Asking } from "../api/collection";
import { changeIp, domains } from "./domain";
import { idFrom } from "./id-from";

const MANUAL = { domain: "relay.example.net", automaticSecurity: false, customSpf: true };

export const DomainIp = defineResource<SendGridApi>()({
  token: "sendgrid:index:DomainIp",
  description: `
One address in the custom SPF record of a \`DomainAuthentication\`, for addresses that come and go by themselves or
are declared elsewhere. Leave the domain's own \`ips\` out then: it would take away what it does not name.

The domain must have \`customSpf\` (and so \`automaticSecurity: false\`). Its output \`subdomainSpf\` shows the new record
after a refresh; publish it. Deleting the resource takes the address out again.

API: https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication/add-an-ip-to-an-authenticated-domain
`.trim(),
  inputs: z.object({
    domainId: idFrom("domainId", "DomainAuthentication").meta({
      description: "SendGrid's id of the authenticated domain.",
      replace: true,
    }),
    ip: z.ipv4("must be an IPv4 address, e.g. 192.0.2.1").meta({
      description: "The IPv4 address that may send mail for the domain.",
      replace: true,
    }),
  }),
  outputs: z.object({}),
  identity: {
    properties: ["domainId", "ip"],
    find: async (operation) => {
      const { domainId, ip } = operation.inputs;
      return (await domains.find(operation, domainId))?.ips.includes(ip) ? idOf(domainId, ip) : undefined;
    },
  },
  examples: [
    { domainId: outputOf("DomainAuthentication", "domainId", MANUAL), ip: "192.0.2.20" },
    { domainId: outputOf("DomainAuthentication", "domainId", MANUAL), ip: "192.0.2.21" },
    {
      domainId: outputOf("DomainAuthentication", "domainId", { ...MANUAL, domain: "relay.example.org" }),
      ip: "192.0.2.21",
    },
  ],
  create: async (operation) => {
    const { domainId, ip } = operation.inputs;
    await changeIp(operation, domainId, "add", ip);
    return { id: idOf(domainId, ip), outputs: {} };
  },
  read: async (operation) => {
    const inputs = partsOf(operation.id);
    const found = await domains.read({ ...operation, id: inputs.domainId }, ({ id }) => id);
    return found?.ips.includes(inputs.ip) ? { inputs, outputs: {} } : undefined;
  },
  delete: async (operation) => {
    const { domainId, ip } = partsOf(operation.id);
    if (await isInUse(operation, domainId, ip)) await changeIp(operation, domainId, "remove", ip);
  },
});

const idOf = (domainId: string, ip: string) => `${domainId}/${ip}`;

function partsOf(id: string): { domainId: string; ip: string } {
  const [, domainId, ip] = /^(\d+)\/([\d.]+)$/.exec(id) ?? [];
  if (domainId !== undefined && ip !== undefined) return { domainId, ip };
  throw new Error(`"${id}" is not the id of a DomainIp: give DOMAIN_ID/ADDRESS, e.g. 4711/192.0.2.1.`);
}

/** SendGrid refuses to change the addresses of a domain whose SPF record does not list them (any more). */
async function isInUse(operation: Asking, domainId: string, ip: string): Promise<boolean> {
  const found = await domains.find(operation, domainId);
  return found?.custom_spf === true && found.ips.includes(ip);
}
