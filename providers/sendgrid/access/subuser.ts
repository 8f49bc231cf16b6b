import * as z from "zod";
import { defineResource, IncompleteResource, messageOf, sameMembers } from "../../kit";
import { ANYTHING, type SendGridApi } from "../api/api";
import { Region } from "../api/base-url";
import { type Asking, Collection } from "../api/collection";
import { byOffset } from "../api/paging";
import { listDedicatedIps } from "../delivery/dedicated-ips";

const Listed = z.object({
  id: z.number().transform(String),
  username: z.string(),
  email: z.string(),
  disabled: z.boolean(),
  region: Region.nullish(),
});

const subusers = new Collection({
  noun: "subuser",
  path: "/v3/subusers",
  scope: "subusers",
  item: Listed,
  created: z.object({ user_id: z.number().transform(String) }),
  paging: byOffset(),
  filter: { include_region: true },
  forbidden: "Subusers need a plan that has them (Pro and above).",
});

export const Subuser = defineResource<SendGridApi>()({
  token: "sendgrid:index:Subuser",
  description: `
A user below the account, with reputation, statistics and settings of its own. To declare what belongs to it, use a
provider with \`onBehalfOf\`.

Deleting it deletes everything that it has, for good. That includes a replacement: e-mail address and password of a
subuser can be changed in its own settings only, so that a change of them here replaces it. To take over what was
changed there, change the program and add \`ignoreChanges\`.

API: https://www.twilio.com/docs/sendgrid/api-reference/subusers-api
`.trim(),
  inputs: z.object({
    username: z
      .string()
      .min(1)
      .max(64)
      .regex(/^\S+$/, "must be without spaces")
      .meta({ description: "User name, up to 64 characters, unique in all of SendGrid.", replace: true }),
    email: z.email("must be an e-mail address, e.g. team@example.com").meta({
      description: "Where SendGrid writes to about this subuser.",
      replace: true,
    }),
    password: z
      .string()
      .min(8)
      .max(128)
      .regex(/[A-Za-z].*\d|\d.*[A-Za-z]/, "must have at least one letter and one digit")
      .meta({
        description: "Password for the console, 8 to 128 characters with at least one letter and one digit.",
        secret: true,
        replace: true,
        neverReturned: true,
      }),
    ips: z.array(z.ipv4("must be an IPv4 address, e.g. 192.0.2.10")).min(1).meta({
      description: "Addresses of the account that its mail leaves from, one at least, in any order.",
      equals: sameMembers,
    }),
    region: Region.default("global").meta({
      description: "Where its mail is processed: `global` or `eu`.",
      replace: true,
    }),
    disabled: z.boolean().default(false).meta({
      description: "Whether it is disabled: nobody logs in, and it sends nothing.",
    }),
  }),
  outputs: z.object({
    userId: z.string().meta({ description: "SendGrid's number of the subuser." }),
  }),
  identity: {
    properties: ["username"],
    find: async (operation) => (await findByName(operation, operation.inputs.username))?.username,
  },
  examples: [
    { username: "shop-mail", email: "shop@example.com", password: "correct horse 1", ips: ["192.0.2.10"] },
    {
      username: "shop-mail",
      email: "shop@example.com",
      password: "correct horse 1",
      ips: ["192.0.2.11", "192.0.2.12"],
      disabled: true,
    },
    {
      username: "shop-orders",
      email: "orders@example.com",
      password: "correct horse 2",
      ips: ["192.0.2.11"],
      region: "eu",
    },
  ],
  create: async (operation) => {
    const { username, email, password, ips, region, disabled } = operation.inputs;
    const body = { username, email, password, ips, region, include_region: true };
    const { user_id } = await subusers.create(operation, `"${username}"`, body);
    try {
      if (disabled) await subusers.change(operation, username, { disabled });
    } catch (error) {
      throw new IncompleteResource(username, { userId: user_id }, [messageOf(error)]);
    }
    return { id: username, outputs: { userId: user_id } };
  },
  read: async (operation) => {
    const found = await findByName(operation, operation.id);
    if (found === undefined) return undefined;
    const { id, username, email, disabled, region } = found;
    const ips = (await listDedicatedIps(operation, { subuser: username })).map(({ ip }) => ip);
    return {
      inputs: { username, email, disabled, ips, region: region ?? "global" },
      outputs: { userId: id },
    };
  },
  update: async (operation) => {
    const { id, inputs, session, signal } = operation;
    await session.request({
      method: "PUT",
      path: `${subusers.pathOf(id)}/ips`,
      body: inputs.ips,
      answer: ANYTHING,
      purpose: { task: `assign addresses to the subuser "${id}"`, scope: "subusers.update" },
      signal,
    });
    await subusers.change(operation, id, { disabled: inputs.disabled });
    return {};
  },
  delete: async (operation) => await subusers.remove(operation, operation.id),
});

/** The API has no request for one subuser, and its filter by name takes others with it. */
async function findByName(operation: Asking, username: string) {
  const found = await subusers.list(operation, { username });
  return found.find((each) => each.username === username);
}
