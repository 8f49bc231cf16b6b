import * as z from "zod";
import { defineRule, type Violation } from "../rule";
import { isApiKey, scopesOf } from "./sendgrid-identities";

export const sendgridKeyFullAccess = defineRule({
  name: "sendgrid-key-full-access",
  title: "No key with full access",
  description:
    "A SendGrid API key names its scopes. One without has full access: it can make keys, read all mail settings and remove the account's users.",
  remediation: 'Give the key its scopes, for a relay scopes: ["mail.send"].',
  level: "mandatory",
  severity: "critical",
  scope: "resource",
  settings: z.object({}),
  check: (resources) =>
    resources
      .filter((resource) => isApiKey(resource) && scopesOf(resource)?.length === 0)
      .map(({ urn }): Violation => ({ urn, message: "scopes: there are none, which is full access" })),
});

export const sendgridKeyScopes = defineRule({
  name: "sendgrid-key-scopes",
  title: "Keys that can only send",
  description: "A SendGrid API key has no more scopes than it is allowed here; by default mail.send alone.",
  remediation: "Take the scopes away, or allow them in the policy's setting allow.",
  level: "advisory",
  severity: "medium",
  scope: "resource",
  settings: z.object({
    allow: z.array(z.string()).default(["mail.send"]).meta({
      description: "The scopes that keys may have; one that ends in * stands for all that begin so.",
    }),
  }),
  check: (resources, { allow }) =>
    resources.filter(isApiKey).flatMap((resource): Violation[] => {
      const more = (scopesOf(resource) ?? []).filter((scope) => !allow.some((each) => covers(each, scope)));
      return more.length === 0 ? [] : [{ urn: resource.urn, message: `scopes: ${more.join(", ")}` }];
    }),
});

function covers(allowed: string, scope: string): boolean {
  return allowed.endsWith("*") ? scope.startsWith(allowed.slice(0, -1)) : allowed === scope;
}
