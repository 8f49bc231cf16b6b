import { isDeepStrictEqual } from "node:util";
import { defineResource, IncompleteResource, messageOf, UNKNOWN, whenKnown } from "../../kit";
import type { SendGridApi } from "../api/api";
import type { Asking } from "../api/collection";
import {
  bodyOf,
  changeOf,
  type Inputs,
  inputs,
  type Outputs,
  oauthOf,
  outputs,
  STATUS,
} from "./event-webhook-properties";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  readWebhook,
  signWebhook,
  testWebhook,
} from "./webhook";

export const EventWebhook = defineResource<SendGridApi>()({
  token: "sendgrid:index:EventWebhook",
  description: `
An address that SendGrid posts what happens to messages to: that they were delivered, bounced, opened and so on.

Deleting it ends that; events of the time without it are not sent later. The plan limits how many an account can have.

API: https://www.twilio.com/docs/sendgrid/api-reference/webhooks
`.trim(),
  inputs,
  outputs,
  rules: [
    {
      properties: ["oauthClientId", "oauthClientSecret", "oauthTokenUrl"],
      fault: ({ oauthClientId, oauthClientSecret, oauthTokenUrl }) => {
        const given = [oauthClientId, oauthClientSecret, oauthTokenUrl].filter(Boolean).length;
        return given === 0 || given === 3
          ? undefined
          : "needs the other two: give oauthClientId, oauthClientSecret and oauthTokenUrl, or none of them";
      },
    },
  ],
  identity: {
    properties: ["url"],
    find: async (operation) =>
      (await listWebhooks(operation)).find(({ url }) => url === operation.inputs.url)?.id,
  },
  examples: [
    { url: "https://example.com/events", events: ["delivered", "bounce", "dropped"], signed: true },
    {
      url: "https://example.com/sendgrid/events",
      events: ["delivered", "bounce", "dropped", "account_status_change"],
      friendlyName: "Delivery",
      signed: true,
      testTriggers: { version: "1" },
    },
    {
      url: "https://example.com/sendgrid/events",
      events: ["bounce", "dropped", "deferred"],
      friendlyName: "Trouble",
      enabled: false,
      oauthClientId: "a835e7210bbb47ed",
      oauthClientSecret: "example-client-secret",
      oauthTokenUrl: "https://oauth.example.com/token",
      testTriggers: { version: "2" },
    },
    { url: "https://example.com/sendgrid/events", events: ["bounce"], signed: true },
  ],
  preview: ({ signed, testTriggers }, state) => ({
    publicKey: whenKnown([signed], (isSigned) => (isSigned ? state?.publicKey || UNKNOWN : "")),
    lastTest: testTriggers,
  }),
  create: async (operation) => {
    const { inputs } = operation;
    const oauth = inputs.oauthClientId === undefined ? {} : oauthOf(inputs);
    const id = await createWebhook(operation, inputs.url, { ...bodyOf(inputs), ...oauth });
    const outputs = { webhookId: id, publicKey: "", lastTest: {} };
    const change = inputs.events.includes(STATUS) ? changeOf(inputs) : undefined;
    return { id, outputs: await finish(operation, outputs, change) };
  },
  read: async (operation) => {
    const found = await readWebhook(operation);
    if (found === undefined) return undefined;
    const { id, publicKey, oauthClientId, oauthTokenUrl, ...rest } = found;
    return {
      inputs: {
        ...rest,
        signed: publicKey !== "",
        oauthClientId: oauthClientId || undefined,
        oauthTokenUrl: oauthTokenUrl || undefined,
      },
      outputs: { webhookId: id, publicKey, lastTest: operation.state.lastTest ?? {} },
    };
  },
  update: async (operation) => {
    const { id, inputs, state } = operation;
    const found = await findWebhook(operation, id);
    await changeWebhook(operation, id, changeOf(inputs, found?.events));
    const { publicKey = "" } = found ?? {};
    return await finish(operation, { webhookId: id, publicKey, lastTest: state.lastTest ?? {} });
  },
  delete: async (operation) => await deleteWebhook(operation, operation.id),
});

/** The steps that a webhook takes after it was made. What fails here is finished by the next update. */
async function finish(
  operation: Asking & { inputs: Inputs },
  outputs: Outputs,
  change?: Record<string, unknown>,
): Promise<Outputs> {
  const { url, signed, testTriggers, oauthClientId, oauthTokenUrl } = operation.inputs;
  const id = outputs.webhookId;
  let reached = outputs;
  try {
    if (change !== undefined) await changeWebhook(operation, id, change);
    if (signed !== (reached.publicKey !== ""))
      reached = { ...reached, publicKey: await signWebhook(operation, id, signed) };
    if (Object.keys(testTriggers).length > 0 && !isDeepStrictEqual(testTriggers, reached.lastTest)) {
      // SendGrid has the secret.
      const oauth = { oauth_client_id: oauthClientId, oauth_token_url: oauthTokenUrl };
      await testWebhook(operation, id, oauthClientId === undefined ? { url } : { url, ...oauth });
    }
    return { ...reached, lastTest: testTriggers };
  } catch (error) {
    throw new IncompleteResource(id, reached, [messageOf(error)]);
  }
}
