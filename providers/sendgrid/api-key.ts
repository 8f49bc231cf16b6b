import * as z from "zod";
import { defineResource, sameMembers } from "../kit";
import { ANYTHING, type SendGridApi } from "./api";
import { SendGridError } from "./api-error";

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
  }),
  outputs: z.object({
    apiKeyId: z.string().meta({ description: "SendGrid's id of the key; no secret." }),
    apiKey: z.string().meta({
      description:
        "The key itself, `SG.…`: the password for SMTP, with the user name `apikey`. Missing after an import.",
      secret: true,
    }),
  }),
  create: async ({ inputs, session, signal }) => {
    const { name, scopes } = inputs;
    const post = () =>
      session.request({
        method: "POST",
        path: PATH,
        body: { name, scopes },
        answer: z.object({ api_key: z.string(), api_key_id: z.string() }),
        purpose: {
          task: `create the API key "${name}"`,
          scope: "api_keys.create",
          forbidden: `The API key must also have the scopes that it gives (${scopes.join(", ")}), and an account can have 100 keys: delete one that is not used.`,
        },
        signal,
        once: true,
      });
    const created = await post().catch(async (error: unknown) => {
      if (!(error instanceof SendGridError && error.mayHaveHappened)) throw error;
      await refuseIfMade(session, name, error, signal);
      return await post();
    });
    return { id: created.api_key_id, outputs: { apiKeyId: created.api_key_id, apiKey: created.api_key } };
  },
  read: async ({ id, inputs, state, session, signal, log }) => {
    const found = await session.find({
      method: "GET",
      path: pathOf(id),
      answer: OneKey,
      purpose: { task: `read the API key ${id}`, scope: "api_keys.read" },
      signal,
    });
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
  update: async ({ id, inputs, session, signal }) => {
    await session.request({
      method: "PUT",
      path: pathOf(id),
      body: { name: inputs.name, scopes: inputs.scopes },
      answer: ANYTHING,
      purpose: {
        task: `change the API key ${id}`,
        scope: "api_keys.update",
        forbidden: `The API key must also have the scopes that it gives: ${inputs.scopes.join(", ")}.`,
      },
      signal,
    });
    return {};
  },
  delete: async ({ id, session, signal }) => {
    await session.find({
      method: "DELETE",
      path: pathOf(id),
      answer: ANYTHING,
      purpose: { task: `delete the API key ${id}`, scope: "api_keys.delete" },
      signal,
    });
  },
});

const PATH = "/v3/api_keys";
const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

/** The documentation wraps a single key in a list; the API has also been seen to send it as it is. */
const Key = z.object({ name: z.string(), scopes: z.array(z.string()) });
const OneKey = z.union([
  Key,
  z.object({ result: z.array(Key).min(1) }).transform(({ result: [key] }) => Key.parse(key)),
]);

/**
 * After a create that got no answer: a key may have been made whose text nobody has seen. It is useless, and
 * whether a key of this name is that one can't be told, so it is for a person to delete.
 */
async function refuseIfMade(
  api: SendGridApi,
  name: string,
  cause: SendGridError,
  signal: AbortSignal,
): Promise<void> {
  const { result } = await api.request({
    method: "GET",
    path: PATH,
    answer: z.object({ result: z.array(z.object({ name: z.string(), api_key_id: z.string() })) }),
    purpose: { task: `look for an API key "${name}"`, scope: "api_keys.read" },
    signal,
  });
  const ids = result.filter((key) => key.name === name).map((key) => key.api_key_id);
  if (ids.length === 0) return;
  throw new Error(
    `${cause.message} The account has ${ids.length === 1 ? "a key" : "keys"} of this name (${ids.join(", ")}), and SendGrid ` +
      "never shows a key's text again: delete what is not in use at https://app.sendgrid.com/settings/api_keys, then run the same command again.",
    { cause },
  );
}
