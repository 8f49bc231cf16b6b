import * as z from "zod";
import { defineResource, outputOf } from "../../kit";
import { ANYTHING, type SendGridApi } from "../api/api";
import type { Asking } from "../api/collection";
import { idFrom } from "./id-from";
import { links } from "./link-branding";

const validated = (domain: string) =>
  outputOf("LinkValidation", "linkId", { linkId: outputOf("LinkBranding", "linkId", { domain }) });

/** What a subuser has been given: nothing in the answer where there is nothing. */
const Lent = z.object({ id: z.number().transform(String).nullish() });

export const LinkSubuser = defineResource<SendGridApi>()({
  token: "sendgrid:index:LinkSubuser",
  description: `
Lets the messages of a subuser have the branded links of its parent account.

A subuser can have one branded link in this way. Deleting it takes the link away from the subuser, and leaves the
link as it is.

It is imported by the subuser's name.

API: https://www.twilio.com/docs/sendgrid/api-reference/link-branding/associate-a-branded-link-with-a-subuser
`.trim(),
  inputs: z.object({
    linkId: idFrom("linkId", "LinkValidation").meta({
      description: "SendGrid's id of the branded link, which must be valid: take it from a `LinkValidation`.",
      replace: true,
    }),
    username: z
      .string()
      .min(1)
      .meta({ description: "User name of the subuser. It can have one link.", replace: true }),
  }),
  outputs: z.object({}),
  // A subuser has one link, so that its name is the id.
  identity: {
    properties: ["username"],
    find: async (operation) => {
      const { username } = operation.inputs;
      return (await lentTo(operation, username)) === undefined ? undefined : username;
    },
  },
  examples: [
    { linkId: validated("team.example.net"), username: "team" },
    { linkId: validated("crew.example.net"), username: "team" },
    { linkId: validated("crew.example.net"), username: "sales" },
  ],
  create: async ({ inputs, session, signal }) => {
    const { linkId, username } = inputs;
    await session.request({
      method: "POST",
      path: `${links.pathOf(linkId)}/subuser`,
      body: { username },
      answer: ANYTHING,
      purpose: {
        task: `associate the branded link ${linkId} with the subuser ${username}`,
        scope: "whitelabel.update",
        forbidden: "Only the parent account can give something to a subuser: leave onBehalfOf out.",
      },
      signal,
    });
    return { id: username, outputs: {} };
  },
  read: async (operation) => {
    const linkId = await lentTo(operation, operation.id);
    return linkId === undefined ? undefined : { inputs: { linkId, username: operation.id }, outputs: {} };
  },
  delete: async (operation) => {
    const { id: username, inputs, session, signal } = operation;
    // The request names no link: what somebody else has given to the subuser since then stays.
    if ((await lentTo(operation, username)) !== inputs.linkId) return;
    const purpose = {
      task: `take the branded link ${inputs.linkId} away from the subuser ${username}`,
      scope: "whitelabel.update",
    };
    await session.find({ method: "DELETE", ...lending(username), answer: ANYTHING, purpose, signal });
  },
});

const lending = (username: string) => ({ path: "/v3/whitelabel/links/subuser", query: { username } });

async function lentTo({ session, signal }: Asking, username: string): Promise<string | undefined> {
  const purpose = { task: `read the branded link of the subuser ${username}`, scope: "whitelabel.read" };
  const found = await session.find({ method: "GET", ...lending(username), answer: Lent, purpose, signal });
  return found?.id ?? undefined;
}
