import * as z from "zod";
import { defineResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { fromApi, toApi } from "../api/case";
import { Collection } from "../api/collection";
import { unpaged } from "../api/paging";
import { domainName } from "../authentication/domain-name";
import { webAddress } from "./web-address";

const webhooks = new Collection({
  noun: "parse webhook",
  path: "/v3/user/webhooks/parse/settings",
  scope: "user.webhooks.parse.settings",
  item: fromApi(
    z.object({
      hostname: z.string().toLowerCase(),
      url: z.string(),
      spamCheck: z.boolean().default(false),
      sendRaw: z.boolean().default(false),
    }),
  ),
  paging: unpaged("result"),
});

export const ParseWebhook = defineResource<SendGridApi>()({
  token: "sendgrid:index:ParseWebhook",
  description: `
A host name whose incoming mail SendGrid takes, and posts to an address: up to 30 MB a message, with its attachments.

The host name belongs to an authenticated domain, and has an MX record that names \`mx.sendgrid.net\`. Deleting it ends
that; delete the MX record too, so that mail to the name is not sent there any more.

API: https://www.twilio.com/docs/sendgrid/api-reference/settings-inbound-parse
`.trim(),
  inputs: z.object({
    hostname: domainName.meta({
      description:
        "Host name that mail is sent to, e.g. `parse.example.com`, used for nothing else and unique in the account. An international name is converted to A-labels.",
      replace: true,
    }),
    url: webAddress.meta({
      description:
        "Address that messages are posted to, http or https: it has to answer 200. A user name and password in it are no secret: they show in the state and in messages.",
    }),
    spamCheck: z.boolean().default(false).meta({
      description: "Whether SendGrid looks whether a message is spam, and posts its score and report too.",
    }),
    sendRaw: z.boolean().default(false).meta({
      description: "Whether the whole MIME message is posted, instead of its parts.",
    }),
  }),
  outputs: z.object({}),
  identity: {
    properties: ["hostname"],
    find: async (operation) =>
      (await webhooks.list(operation)).find(({ hostname }) => hostname === operation.inputs.hostname)
        ?.hostname,
  },
  examples: [
    { hostname: "parse.example.com", url: "https://example.com/mail" },
    { hostname: "parse.example.com", url: "https://example.com/inbox", spamCheck: true, sendRaw: true },
    { hostname: "inbound.example.com", url: "https://example.com/inbox", spamCheck: false },
  ],
  create: async (operation) => {
    const { hostname } = operation.inputs;
    await webhooks.create(operation, `for ${hostname}`, toApi(operation.inputs));
    return { id: hostname, outputs: {} };
  },
  read: async (operation) => {
    const found = await webhooks.read(operation, ({ hostname }) => hostname);
    return found && { id: found.hostname, inputs: found, outputs: {} };
  },
  update: async (operation) => {
    const { hostname, ...change } = operation.inputs;
    await webhooks.change(operation, operation.id, toApi(change));
    return {};
  },
  delete: async (operation) => await webhooks.remove(operation, operation.id),
});
