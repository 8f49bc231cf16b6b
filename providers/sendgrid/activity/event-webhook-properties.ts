import * as z from "zod";
import { sameMembers } from "../../kit";
import { webAddress } from "./web-address";
import { EVENTS } from "./webhook";

/** What a program gives. */
export const inputs = z.object({
  url: webAddress.meta({
    description:
      "Address that events are posted to, unique in the account; https is recommended. A user name and password in it are no secret: they show in the state and in messages; use OAuth or `signed` instead.",
  }),
  events: z
    .array(z.enum(EVENTS).meta({ typeName: "WebhookEvent", description: "What a webhook can be told of." }))
    .min(1, "must name at least one event, e.g. delivered")
    .refine((events) => new Set(events).size === events.length, "must name every event once")
    .meta({
      description:
        "What is told, in any order. `open` and `click` need `OpenTracking` and `ClickTracking`; `unsubscribe`, `group_unsubscribe` and `group_resubscribe` need `SubscriptionTracking`.",
      equals: sameMembers,
    }),
  friendlyName: z.string().default("").meta({ description: "A name for people; several can have the same." }),
  enabled: z.boolean().default(true).meta({
    description: "Whether events are sent. The plan says how many webhooks can be enabled.",
  }),
  signed: z.boolean().default(false).meta({
    description:
      "Whether SendGrid signs its requests (ECDSA), so that the receiver can tell them from others by `publicKey`.",
  }),
  oauthClientId: z.string().min(1).optional().meta({
    description: "Client id with which SendGrid gets an OAuth token for its requests. No OAuth when not set.",
  }),
  oauthClientSecret: z.string().default("").meta({
    description: "The secret to `oauthClientId`.",
    secret: true,
    neverReturned: true,
  }),
  oauthTokenUrl: webAddress
    .optional()
    .meta({ description: "Address where SendGrid gets the OAuth token, http or https." }),
  testTriggers: z.record(z.string(), z.string()).default({}).meta({
    description:
      "With anything here, SendGrid posts made-up events to `url` when the webhook is created, and again at any change here.",
    neverReturned: true,
  }),
});
export type Inputs = z.output<typeof inputs>;

export const outputs = z.object({
  webhookId: z.string().meta({ description: "SendGrid's id of the webhook." }),
  publicKey: z.string().meta({
    description:
      "Key that checks the signatures: an ECDSA key on P-256, DER (SubjectPublicKeyInfo) in base64. Empty where requests are not signed.",
  }),
  lastTest: z.record(z.string(), z.string()).meta({
    description: "The `testTriggers` at the last test, empty where there was none.",
  }),
});
export type Outputs = z.output<typeof outputs>;

/** The event that SendGrid can be asked for only when the webhook exists. */
export const STATUS = "account_status_change";

/** A webhook for POST. */
export function bodyOf({ url, enabled, friendlyName, events }: Inputs): Record<string, unknown> {
  const told = EVENTS.filter((event) => event !== STATUS).map((event) => [event, events.includes(event)]);
  return { url, enabled, friendly_name: friendlyName, ...Object.fromEntries(told) };
}

/**
 * A webhook for PATCH. The account's event is named only where it is or was wanted: the API's reference mentions that
 * an update can turn it on, and lists it among the answers only.
 */
export function changeOf(inputs: Inputs, before: readonly string[] = []): Record<string, unknown> {
  const isWanted = inputs.events.includes(STATUS);
  const status = isWanted || before.includes(STATUS) ? { [STATUS]: isWanted } : {};
  return { ...bodyOf(inputs), ...oauthOf(inputs), ...status };
}

/** OAuth for POST and PATCH; empty texts turn it off. */
export function oauthOf({ oauthClientId = "", oauthClientSecret, oauthTokenUrl = "" }: Inputs) {
  return {
    oauth_client_id: oauthClientId,
    oauth_client_secret: oauthClientSecret,
    oauth_token_url: oauthTokenUrl,
  };
}
