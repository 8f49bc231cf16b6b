import * as z from "zod";
import { defineResource, outputOf } from "../../kit";
import { ANYTHING, type SendGridApi } from "../api/api";
import type { Asking } from "../api/collection";
import { domains } from "./domain";
import { idFrom } from "./id-from";

const validated = (domain: string) =>
  outputOf("DomainValidation", "domainId", {
    domainId: outputOf("DomainAuthentication", "domainId", { domain }),
  });

export const DomainSubuser = defineResource<SendGridApi>()({
  token: "sendgrid:index:DomainSubuser",
  description: `
Lets a subuser send mail from a domain that its parent account has authenticated. The subuser can neither see nor
change the domain; one that it authenticates itself goes first.

A subuser can have five domains in this way. Deleting it takes the domain away from the subuser, and leaves the domain
as it is. To give a subuser a domain that it can manage, set \`username\` of the \`DomainAuthentication\` instead.

Its id for an import is \`DOMAIN_ID/USERNAME\`.

API: https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication
`.trim(),
  inputs: z.object({
    domainId: idFrom("domainId", "DomainValidation").meta({
      description: "SendGrid's id of the domain, which must be valid: take it from a `DomainValidation`.",
      replace: true,
    }),
    username: z
      .string()
      .min(1)
      .meta({ description: "User name of the subuser. It can have five domains.", replace: true }),
  }),
  outputs: z.object({}),
  identity: {
    properties: ["domainId", "username"],
    find: async (operation) => {
      const { domainId, username } = operation.inputs;
      return (await lentTo(operation, username)).includes(domainId) ? `${domainId}/${username}` : undefined;
    },
  },
  examples: [
    { domainId: validated("team.example.net"), username: "team" },
    { domainId: validated("crew.example.net"), username: "team" },
    { domainId: validated("crew.example.net"), username: "sales" },
  ],
  create: async (operation) => {
    const { inputs, session, signal } = operation;
    const { domainId, username } = inputs;
    await session.request({
      method: "POST",
      path: `${domains.pathOf(domainId)}/subuser:add`,
      body: { username },
      answer: ANYTHING,
      purpose: {
        task: `associate the authenticated domain ${domainId} with the subuser ${username}`,
        scope: "whitelabel.update",
        forbidden: "Only the parent account can give something to a subuser: leave onBehalfOf out.",
      },
      signal,
      once: true,
    });
    return { id: `${domainId}/${username}`, outputs: {} };
  },
  read: async (operation) => {
    const [domainId = "", username = ""] = partsOf(operation.id);
    const lent = await lentTo(operation, username);
    return lent.includes(domainId) ? { inputs: { domainId, username }, outputs: {} } : undefined;
  },
  delete: async ({ id, session, signal }) => {
    const [domainId = "", username = ""] = partsOf(id);
    await session.find({
      method: "DELETE",
      path: `${domains.pathOf(domainId)}/subuser`,
      query: { username },
      answer: ANYTHING,
      purpose: {
        task: `take the authenticated domain ${domainId} away from the subuser ${username}`,
        scope: "whitelabel.update",
      },
      signal,
    });
  },
});

/** Ids of the domains that a subuser has been given. */
async function lentTo({ session, signal }: Asking, username: string): Promise<string[]> {
  const found = await session.find({
    method: "GET",
    path: "/v3/whitelabel/domains/subuser/all",
    query: { username },
    answer: z.array(z.object({ id: z.number().transform(String) })),
    purpose: { task: `list the domains of the subuser ${username}`, scope: "whitelabel.read" },
    signal,
  });
  return (found ?? []).map(({ id }) => id);
}

function partsOf(id: string): string[] {
  const parts = /^(\d+)\/(.+)$/.exec(id);
  if (parts === null)
    throw new Error(`"${id}" is no id of a domain that a subuser has: it is DOMAIN_ID/USERNAME`);
  return parts.slice(1);
}
