import * as z from "zod";
import { defineResource, sameMembers } from "../../kit";
import type { SendGridApi } from "../api/api";
import { SendGridError } from "../api/api-error";
import { type Asking, Collection } from "../api/collection";
import { unpaged } from "../api/paging";
import { pause } from "../api/pause";

/** Scopes that SendGrid adds to every key by itself; reading a key shows them. */
const ADDED_BY_SENDGRID = ["sender_verification_eligible", "sender_verification_exempt", "2fa_required"];

const withoutAdded = (scopes: unknown) =>
  Array.isArray(scopes) ? scopes.filter((scope) => !ADDED_BY_SENDGRID.includes(scope)) : scopes;

export const ApiKey = defineResource<SendGridApi>()({
  token: "sendgrid:index:ApiKey",
  description: `
An API key with given permissions.

SendGrid shows the key's text once, when it is created: it is kept in the state as a secret, through updates and
refreshes. After an import the text is missing, since nothing can read it; replace the resource to get one.
An account can have 100 keys. A key takes some seconds until it works everywhere.

A new key warns of others with its name: an interrupted run can leave one whose text nobody has seen.

API: https://www.twilio.com/docs/sendgrid/api-reference/api-keys
`.trim(),
  inputs: z.object({
    name: z
      .string()
      .min(1)
      .max(100)
      .meta({ description: "A name for people, up to 100 characters; several keys can have the same." }),
    scopes: z
      .array(z.string().regex(/^[a-z0-9_.]+$/, "must be the name of a scope, e.g. mail.send"))
      .min(
        1,
        "must name at least one scope, e.g. mail.send: without any, SendGrid would give the key full access",
      )
      .meta({
        description:
          "What the key may do, e.g. `mail.send`, in any order. The provider's own key must have these scopes too. `sender_verification_eligible`, `sender_verification_exempt` and `2fa_required`, which SendGrid adds by itself, make no difference.",
        equals: (before, after) => sameMembers(withoutAdded(before), withoutAdded(after)),
      }),
    triggers: z.record(z.string(), z.string()).default({}).meta({
      description:
        "Any change here rotates the key: a new one is made, what depends on it is updated, then the old one is deleted.",
      replace: true,
      neverReturned: true,
    }),
    gracePeriodSeconds: z.int().min(0).max(86_400).default(0).meta({
      description:
        "How long a replaced key stays valid after the new one was made, in seconds, up to a day: as long as those who use it take to fetch the new one. The update waits for it. A destroyed key is deleted at once, and so is one whose replacement was made in an earlier, interrupted run.",
      neverReturned: true,
    }),
  }),
  outputs: z.object({
    apiKeyId: z.string().meta({ description: "SendGrid's id of the key; no secret." }),
    apiKey: z.string().meta({
      description:
        "The key itself, `SG.…`: the password for SMTP, with the user name `apikey`. Missing after an import.",
      secret: true,
    }),
  }),
  examples: [
    { name: "relay", scopes: ["mail.send"] },
    { name: "relay, renamed", scopes: ["mail.send", "stats.read"], gracePeriodSeconds: 1 },
    {
      name: "relay, renamed",
      scopes: ["mail.send", "stats.read"],
      gracePeriodSeconds: 1,
      triggers: { rotation: "2" },
    },
  ],
  create: async (operation) => {
    const { inputs, log, replacing, session } = operation;
    const { name, scopes } = inputs;
    const others = (await idsOf(operation, name)).filter((id) => id !== replacing);
    if (others.length > 0)
      log.warn(
        `The account has ${others.length} more API ${others.length === 1 ? "key" : "keys"} named "${name}". Where an ` +
          `interrupted run left one, nobody knows its text and it is of no use. ${howToDelete(session, others)}`,
      );
    const post = () => keys.create(operation, `"${name}"`, { name, scopes });
    const created = await post().catch(async (error: unknown) => {
      if (!(error instanceof SendGridError && error.mayHaveHappened)) throw error;
      const made = (await idsOf(operation, name)).filter((id) => id !== replacing && !others.includes(id));
      if (made.length === 0) return await post();
      // Its text is lost: SendGrid shows it in this one answer.
      throw new Error(
        `${error.message} A key was made all the same whose text is lost, and SendGrid shows it only once. ` +
          `${howToDelete(session, made)} Then run the same command again.`,
        { cause: error },
      );
    });
    return { id: created.api_key_id, outputs: { apiKeyId: created.api_key_id, apiKey: created.api_key } };
  },
  read: async (operation) => {
    const { id, inputs, state, log } = operation;
    const found = await keys.find(operation, id);
    if (found === undefined) return undefined;
    if (inputs === undefined && state.apiKey === undefined)
      log.warn(
        "SendGrid shows a key's text only once: the output apiKey is missing. Replace the resource to get a key.",
      );
    return {
      inputs: {
        name: found.name,
        scopes: found.scopes.filter((scope) => !ADDED_BY_SENDGRID.includes(scope)),
      },
      outputs: { apiKeyId: id },
    };
  },
  update: async (operation) => {
    const { id, inputs } = operation;
    await keys.change(operation, id, { name: inputs.name, scopes: inputs.scopes });
    return {};
  },
  delete: async (operation) => {
    const { id, inputs, log, replacedAt, signal } = operation;
    const graceMs = (inputs.gracePeriodSeconds ?? 0) * 1000;
    const waitMs = replacedAt === undefined ? 0 : replacedAt.getTime() + graceMs - Date.now();
    if (waitMs > 0) {
      log.progress(`the key ${id} stays valid for ${Math.ceil(waitMs / 1000)} s more: its grace period`);
      await pause(waitMs, signal);
    }
    await keys.remove(operation, id);
  },
});

/** The documentation wraps a single key in a list; the API has also been seen to send it as it is. */
const Key = z.object({ name: z.string(), scopes: z.array(z.string()) });
const OneKey = z.union([
  Key,
  z.object({ result: z.array(Key).min(1) }).transform(({ result: [key] }) => Key.parse(key)),
]);

const keys = new Collection({
  noun: "API key",
  path: "/v3/api_keys",
  scope: "api_keys",
  item: OneKey,
  created: z.object({ api_key: z.string(), api_key_id: z.string() }),
  listed: z.object({ name: z.string(), api_key_id: z.string() }),
  paging: unpaged("result"),
  change: "PUT",
  forbidden:
    "An account can have 100 keys: delete one that is not used, or let several senders share one. The API key must also have the scopes that it gives.",
});

/** Ids of the keys with a name: several can have the same. */
async function idsOf(operation: Asking, name: string): Promise<string[]> {
  const all = await keys.list(operation);
  return all.filter((key) => key.name === name).map((key) => key.api_key_id);
}

function howToDelete({ access }: SendGridApi, ids: readonly string[]): string {
  const commands = ids.map(
    (id) => `curl -X DELETE -H "Authorization: Bearer $SENDGRID_API_KEY" ${access.baseUrl}${keys.pathOf(id)}`,
  );
  return `Delete it, unless something uses it: ${commands.join(" ; ")}`;
}
