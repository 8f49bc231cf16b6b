import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { type ApiEnv, readBody, requireScope } from "../../request";

/** A setting of which every user has one. */
interface Singleton {
  path: string;
  /** Name of the scopes without the action. */
  scope: string;
  /** What a PATCH takes, all of it optional. */
  takes: z.core.$ZodLooseShape;
  /** What an account has that was never touched. */
  fresh: Record<string, unknown>;
}

const enabled = z.boolean();
const text = z.string();
const days = z.int().min(1).nullable();

const SINGLETONS: readonly Singleton[] = [
  {
    path: "/v3/tracking_settings/click",
    scope: "tracking_settings.click",
    takes: { enabled },
    fresh: { enabled: true, enable_text: false },
  },
  {
    path: "/v3/tracking_settings/open",
    scope: "tracking_settings.open",
    takes: { enabled },
    fresh: { enabled: true },
  },
  {
    path: "/v3/tracking_settings/subscription",
    scope: "tracking_settings.subscription",
    takes: { enabled, html_content: text, landing: text, plain_content: text, replace: text, url: text },
    fresh: {
      enabled: false,
      html_content: "<p>If you'd like to unsubscribe and stop receiving these emails <% click here %>.</p>",
      landing: "",
      plain_content: "If you'd like to unsubscribe and stop receiving these emails click here: <% %>.",
      replace: "",
      url: "",
    },
  },
  {
    path: "/v3/tracking_settings/google_analytics",
    scope: "tracking_settings.google_analytics",
    takes: {
      enabled,
      utm_campaign: text,
      utm_content: text,
      utm_medium: text,
      utm_source: text,
      utm_term: text,
    },
    fresh: {
      enabled: false,
      utm_campaign: "website",
      utm_content: "",
      utm_medium: "email",
      utm_source: "sendgrid.com",
      utm_term: "",
    },
  },
  {
    path: "/v3/mail_settings/footer",
    scope: "mail_settings.footer",
    takes: { enabled, html_content: text, plain_content: text },
    fresh: { enabled: false, html_content: "", plain_content: "" },
  },
  {
    path: "/v3/mail_settings/forward_bounce",
    scope: "mail_settings.forward_bounce",
    takes: { enabled, email: text.nullable() },
    fresh: { enabled: false, email: null },
  },
  {
    path: "/v3/mail_settings/forward_spam",
    scope: "mail_settings.forward_spam",
    takes: { enabled, email: text },
    fresh: { enabled: false, email: "" },
  },
  {
    path: "/v3/mail_settings/address_whitelist",
    scope: "mail_settings.address_whitelist",
    takes: { enabled, list: z.array(text) },
    fresh: { enabled: false, list: [] },
  },
  {
    path: "/v3/mail_settings/template",
    scope: "mail_settings.template",
    takes: { enabled, html_content: text },
    fresh: { enabled: false, html_content: "" },
  },
  {
    path: "/v3/mail_settings/bounce_purge",
    scope: "mail_settings.bounce_purge",
    takes: { enabled, soft_bounces: days, hard_bounces: days },
    fresh: { enabled: false, soft_bounces: null, hard_bounces: null },
  },
  {
    path: "/v3/user/settings/enforced_tls",
    scope: "user.settings.enforced_tls",
    takes: { require_tls: z.boolean(), require_valid_cert: z.boolean(), version: z.literal([1.1, 1.2, 1.3]) },
    fresh: { require_tls: false, require_valid_cert: false, version: 1.1 },
  },
];

/**
 * The settings of tracking, mail and TLS. The substitute keeps them and does nothing by them: it neither tracks nor
 * forwards, purges, or changes messages, and it takes any text where SendGrid may want an address or a tag.
 */
export function singletonRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  for (const { path, scope, takes, fresh } of SINGLETONS) {
    const ofUser = new Map<string, Record<string, unknown>>();
    const change = z.strictObject(takes).partial();
    const valuesOf = (user: string) => ofUser.get(user) ?? fresh;
    routes
      .get(path, requireScope(account, `${scope}.read`), (context) =>
        context.json(valuesOf(context.var.user)),
      )
      .patch(path, requireScope(account, `${scope}.update`), async (context) => {
        const { user } = context.var;
        const values = { ...valuesOf(user), ...(await readBody(context, change)) };
        ofUser.set(user, values);
        return context.json(values);
      });
  }
  return routes;
}
