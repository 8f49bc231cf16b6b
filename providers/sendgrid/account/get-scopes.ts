import * as z from "zod";
import { defineFunction } from "../../kit";
import type { SendGridApi } from "../api/api";

const Answer = z.object({ scopes: z.array(z.string()) });

export const getScopes = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getScopes",
  description: `
Tells what the API key in use is allowed to do. A program can stop early, before anything is made, where its key lacks
a permission; and a key can't be given more than the one that creates it has.

Any key may ask this.

API: https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions/retrieve-a-list-of-scopes-for-which-this-user-has-access
`.trim(),
  inputs: z.object({}),
  outputs: z.object({
    scopes: z.array(z.string()).meta({
      description:
        "The key's permissions, e.g. `mail.send`, in alphabetical order, with those that SendGrid adds by itself.",
    }),
  }),
  examples: [{}],
  call: async ({ session, signal }) => {
    const purpose = {
      task: "read what the API key may do",
      scope: "mail.send: any one will do",
      forbidden: "With sendgrid:onBehalfOf, the account also needs to have that subuser or customer account.",
    };
    const request = { method: "GET", path: "/v3/scopes", answer: Answer, purpose, signal } as const;
    const { scopes } = await session.request(request);
    return { scopes: scopes.toSorted() };
  },
});
