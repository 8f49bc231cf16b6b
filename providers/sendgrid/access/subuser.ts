import * as z from "zod";
import { defineResource, IncompleteResource, messageOf, sameMembers } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Region } from "../api/base-url";
import type { Asking } from "../api/collection";
import {
  allowWebsite,
  assignIps,
  changeEmail,
  changePassword,
  findSubuser,
  readSubuser,
  subusers,
} from "./subuser-account";

export const Subuser = defineResource<SendGridApi>()({
  token: "sendgrid:index:Subuser",
  description: `
A user below the account with domains, API keys, settings, statistics and a reputation of its own, e.g. one for
transactional mail and one for marketing. To manage what belongs to it, give a second provider its name as
\`onBehalfOf\`. Subusers take a Pro or Premier plan.

Deleting it deletes all that belongs to it, for good. So does a change of \`username\` or \`region\`, which replaces:
consider the resource option \`protect\`. It is imported by its user name.

API: https://www.twilio.com/docs/sendgrid/api-reference/subusers-api
`.trim(),
  inputs: z.object({
    username: z
      .string()
      .min(1)
      .max(64)
      .regex(
        /^(?!\.{1,2}$)[!"$&-.0-[\]-~]+$/,
        String.raw`must be of ASCII characters without space, /, #, % and \: it is part of URLs and headers`,
      )
      .meta({
        description: "Name that it logs in with, up to 64 characters, unique in all of SendGrid.",
        replace: true,
      }),
    email: z
      .email("must be an email address, e.g. team@example.com")
      .max(254, "is too long: an email address has at most 254 characters (RFC 5321)")
      .meta({ description: "Where SendGrid writes to it, up to 254 characters." }),
    password: z
      .string()
      .min(8)
      .max(128)
      .regex(/[A-Za-z].*\d|\d.*[A-Za-z]/, "must have at least one letter and one digit")
      .meta({
        description:
          "Password for SendGrid's website, 8 to 128 characters with at least one letter and one digit. A change takes the one before: where that is not the one in the state, as after an import or with `adopt`, SendGrid refuses it.",
        secret: true,
        neverReturned: true,
      }),
    ips: z
      .array(z.ipv4("must be an IPv4 address, e.g. 192.0.2.10"))
      .min(1, "must name at least one address: without any, a subuser can't send")
      .refine((ips) => new Set(ips).size === ips.length, "must not name an address twice")
      .meta({
        description: "Dedicated IPv4 addresses of the account that its mail leaves from, in any order.",
        equals: sameMembers,
      }),
    region: Region.default("global").meta({
      description:
        "Where SendGrid processes its mail and keeps its data: `global` or `eu`. Where the API does not return it, the state keeps it.",
      replace: true,
      neverReturned: true,
    }),
    disabled: z
      .boolean()
      .default(false)
      .meta({ description: "Whether it is stopped: it then can neither send nor log in." }),
    websiteAccess: z.boolean().default(true).meta({
      description:
        "Whether it may use SendGrid's website; without it, it can still send. The API never returns it.",
      neverReturned: true,
    }),
  }),
  outputs: z.object({
    userId: z.string().meta({ description: "SendGrid's number of it." }),
  }),
  identity: {
    properties: ["username"],
    find: async (operation) => (await findSubuser(operation, operation.inputs.username))?.username,
  },
  examples: [
    {
      username: "example-newsletter",
      email: "newsletter@example.com",
      password: "correct horse 1",
      ips: ["192.0.2.10"],
    },
    {
      username: "example-newsletter",
      email: "news@example.com",
      password: "another horse 2",
      ips: ["192.0.2.11", "192.0.2.10"],
      disabled: true,
      websiteAccess: false,
    },
    {
      username: "example-newsletter",
      email: "news@example.com",
      password: "another horse 2",
      ips: ["192.0.2.10"],
      region: "eu",
    },
    {
      username: "example-orders",
      email: "orders@example.com",
      password: "another horse 2",
      ips: ["192.0.2.10"],
      region: "eu",
    },
  ],
  create: async (operation) => {
    const { username, email, password, ips, region, disabled, websiteAccess } = operation.inputs;
    const { user_id: userId } = await subusers.create(operation, `"${username}"`, {
      ...{ username, email, password, ips },
      // The default goes without saying: naming a region is for accounts that have regions.
      ...(region === "global" ? {} : { region }),
    });
    try {
      if (!websiteAccess) await allowWebsite(operation, username, false);
      if (disabled) await subusers.change(operation, username, { disabled });
    } catch (error) {
      throw new IncompleteResource(username, { userId }, [messageOf(error)]);
    }
    return { id: username, outputs: { userId } };
  },
  read: async (operation) => {
    const found = await readSubuser(operation);
    if (found === undefined) return undefined;
    const { id, username, email, ips, region, disabled } = found;
    return {
      inputs: { username, email, ips, region: region ?? undefined, disabled },
      outputs: { userId: id },
    };
  },
  // What is there now is what counts, so that an update that broke off half-way can be finished by the next.
  update: async (operation) => {
    const { id, inputs, oldInputs } = operation;
    const before = await existing(operation);
    const setDisabled = async () => {
      await subusers.change(operation, id, { disabled: inputs.disabled });
    };
    // Nobody can act on behalf of one that is stopped.
    if (before.disabled && !inputs.disabled) await setDisabled();
    if (before.email !== inputs.email) await changeEmail(operation, id, inputs.email);
    if (!sameMembers(before.ips, inputs.ips)) await assignIps(operation, id, inputs.ips);
    await allowWebsite(operation, id, inputs.websiteAccess);
    if (oldInputs.password !== undefined && oldInputs.password !== inputs.password)
      await changePassword(operation, id, oldInputs.password, inputs.password);
    if (!before.disabled && inputs.disabled) await setDisabled();
    return { userId: before.id };
  },
  delete: async (operation) => await subusers.remove(operation, operation.id),
});

async function existing(operation: Asking & { id: string }) {
  const found = await readSubuser({ ...operation, inputs: undefined });
  if (found === undefined) throw subusers.gone(operation.id);
  return found;
}
