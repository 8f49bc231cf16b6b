import * as z from "zod";
import { recordSets } from "../records";
import { defineRule, type RuleResource, type Violation } from "../rule";

/** Names that only mail looks at: keys, policies and reports. */
const MAIL_NAME = /(?:^|\.)(?:_domainkey|_dmarc|_smtp\._tls|_report)(?:\.|$)/;
/** SendGrid's return paths: `u12345.wl001.sendgrid.net`. Its link names may be proxied, and are other ones. */
const RETURN_PATH = /\.wl\d*\.sendgrid\.net\.?$/i;
const IDENTITY = "sendgrid:index:DomainAuthentication";

export const proxiedRecords = defineRule({
  name: "proxied-mail-record",
  title: "No mail record behind Cloudflare's proxy",
  description:
    "Records for mail are not proxied. The proxy answers with its own addresses: DKIM keys and return paths are not found, and no SMTP gets through.",
  remediation: "Set proxied: false for this record.",
  level: "mandatory",
  severity: "high",
  scope: "stack",
  settings: z.object({}),
  check: (resources) => {
    const exchangers = new Set(
      recordSets(resources)
        .filter(({ type }) => type === "MX")
        .flatMap(({ values }) => values.filter((value) => typeof value === "string")),
    );
    const identities = new Set(resources.filter(({ type }) => type === IDENTITY).map(({ urn }) => urn));
    return recordSets(resources)
      .filter(({ proxied }) => proxied === true)
      .flatMap(({ name, type, values, resource }): Violation[] => {
        const why =
          purpose(name, type, values, exchangers) ?? identityPurpose(resource, resources, identities);
        return why === undefined
          ? []
          : [{ urn: resource.urn, message: `proxied: is true for ${type} ${name}, ${why}` }];
      });
  },
});

/** What the record is for, if it is for mail. */
function purpose(
  name: string,
  type: string,
  values: readonly unknown[],
  exchangers: ReadonlySet<string>,
): string | undefined {
  if (MAIL_NAME.test(name)) {
    return "which receivers read";
  }
  if (exchangers.has(name)) {
    return "to which an MX record leads";
  }
  return type === "CNAME" && values.some((value) => typeof value === "string" && RETURN_PATH.test(value))
    ? "which is a return path"
    : undefined;
}

/** A preview does not know the contents yet, but that they come from an identity. */
function identityPurpose(
  { urn }: { urn: string },
  resources: readonly RuleResource[],
  identities: ReadonlySet<string>,
): string | undefined {
  const { propertyDependencies = {} } = resources.find((each) => each.urn === urn) ?? {};
  const from = [...(propertyDependencies.content ?? []), ...(propertyDependencies.value ?? [])];
  return from.some((each) => identities.has(each)) ? "which proves a SendGrid identity" : undefined;
}
