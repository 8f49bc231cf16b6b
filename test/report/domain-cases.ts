import type { DnsResolver } from "../../components/mail-dns/resolver";
import type { Preview } from "../../mail-resources/preview";
import { dnsOf } from "./dns-of";
import {
  adopt,
  cloudflareRecord,
  create,
  previewOf,
  remove,
  replace,
  route53Record,
  SECRET_TEXT,
  same,
  sendgrid,
  UNKNOWN_TEXT,
  update,
} from "./previews";

/** A change of a domain's records or of what is at SendGrid. */
export interface DomainCase {
  preview: Preview;
  resolver?: DnsResolver;
}

const DOMAIN = "example.com";
const identity = sendgrid("DomainAuthentication", "mail-domain", {
  domain: DOMAIN,
  subdomain: "em",
  automaticSecurity: true,
});
const key = sendgrid(
  "ApiKey",
  "mail-key",
  { name: "example.com relay (mail)", scopes: ["mail.send"], gracePeriodSeconds: 30, triggers: {} },
  { apiKey: SECRET_TEXT, apiKeyId: "SUdVzHupa2Q42WxKMOuwlw" },
);
const returnPath = (label = "em", target = "u123.wl101.sendgrid.net") =>
  cloudflareRecord("return-path", `${label}.${DOMAIN}`, "CNAME", target, { proxied: false });
const dkim = (selector: string, target = `${selector}.domainkey.u123.wl101.sendgrid.net`) =>
  cloudflareRecord(selector.replace("s", "dkim"), `${selector}._domainkey.${DOMAIN}`, "CNAME", target, {
    proxied: false,
  });
const dmarc = (tags: string) => cloudflareRecord("dmarc", `_dmarc.${DOMAIN}`, "TXT", `v=DMARC1; ${tags}`);
const dmarcStep = (from: string, to: string) =>
  previewOf([update(dmarc(from), { content: `"v=DMARC1; ${to}"` })]);
const spf = (terms: string) => cloudflareRecord("spf", DOMAIN, "TXT", `v=spf1 ${terms} ~all`);
const spfStep = (from: string, to: string) => update(spf(from), { content: `"v=spf1 ${to} ~all"` });
/** Two services: one of 2 lookups below its own, one without. */
const dns = dnsOf({
  "_spf.crm.example": "v=spf1 include:_a.crm.example include:_b.crm.example ~all",
  "_a.crm.example": "v=spf1 ip4:192.0.2.0/25 ~all",
  "_b.crm.example": "v=spf1 ip4:192.0.2.128/25 ~all",
  "_spf.mailer.example": "v=spf1 include:_c.mailer.example ~all",
  "_c.mailer.example": "v=spf1 ip4:198.51.100.0/24 ~all",
  "_spf.large.example": `v=spf1 ${[1, 2, 3, 4, 5, 6, 7].map((n) => `include:_${n}.large.example`).join(" ")} ~all`,
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7].map((n) => [`_${n}.large.example`, `v=spf1 ip4:203.0.113.${n} ~all`]),
  ),
});
/** Public keys of 2048 bits, whose private halves nobody has. */
const OLD_KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs2hNvXEtXphIgAm6qvsFXO1EJmlJMDPVfAjWXCCtSBzRCKn63iy7ulufDbD5ZLkbJduggnNgnvWVCsiLbnebJwuBDQ7Gq7odhGKbjmwDGMZBdqWYExtwpSAuFLgr0iMXkaW1KpCEUkQ1OUMp4pGxo4i2PIDKIFNwZkgT2mZZeUCmIgtqKBRAT/aK9E8DOYmwy4eu5GqHGkPGErN/Hloxsfd7D/rT5/BqkmXWsq5YeJQ3AJMipebBnGrMlX/Cw+VlsT/9mD2PuEY5eK4dhyCD4e/qHicdd6P1og5O8ssRkftZZVTd6yLA9pwIfbE5XBjgyuObLdeLL/z6Vy3aPDiPzwIDAQAB";
const NEW_KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7G1ntck3C1pJbIMSGpgXOhWLPnGY+xpZyELJEWi8u13dORH35F2Nc6Kore2AVouprhPN70j/nOpM4aWdVjRLk/zOikPzxVdUWoOwfw1dcQotw/vlb5B+Zk06GOUPOY4CbFW5gD3EFT0jbd0lZI0KSLSzzCMjy3S2Uytp1Bluqw5oMwx2gsxN9X5YDenNZ6uxb+mLE0g/2OrM/XNq654Ha6dVPDwA0bkkXdttRyYPn7tXO/mGdR51TMYyIFauaQRU93HeDycyERRhIwcCIwfgfDWoZxDq3+MCle3Wkyd97bqLVjW4333/qOeTTE5LpEAKqUpysVhtvWw0nRoAKNlpHQIDAQAB";

/** Each by what changes, in words. */
export const DOMAIN_CASES: Readonly<Record<string, DomainCase>> = {
  "first preview": {
    preview: previewOf([
      create({ ...identity }),
      create({ ...key, outputs: undefined }),
      ...[returnPath("em", UNKNOWN_TEXT), dkim("s1", UNKNOWN_TEXT), dkim("s2", UNKNOWN_TEXT)].map(create),
      create(dmarc("p=none; rua=mailto:dmarc@example.com")),
      create(
        sendgrid("DomainValidation", "mail-validation", { domainId: UNKNOWN_TEXT, timeoutSeconds: 900 }),
      ),
    ]),
  },
  "record added": {
    preview: previewOf([
      create(route53Record("example.com._report._dmarc.reports.example.net", "TXT", ["v=DMARC1"])),
    ]),
  },
  "record changed": {
    preview: previewOf([update(returnPath(), { content: "u123.wl202.sendgrid.net", ttl: 300 })]),
  },
  "record removed": { preview: previewOf([remove(returnPath()), same(identity)]) },
  "record proxied": { preview: previewOf([update(returnPath(), { proxied: true })]) },
  "mail exchanger changed": {
    preview: previewOf([
      update(route53Record(DOMAIN, "MX", ["10 mx1.example.net.", "20 mx2.example.net."]), {
        records: ["10 mx.example.org."],
      }),
    ]),
  },
  "SPF includes added": {
    preview: previewOf([
      spfStep("include:_spf.crm.example", "include:_spf.crm.example include:_spf.mailer.example"),
    ]),
    resolver: dns,
  },
  "SPF not looked up": {
    preview: previewOf([
      spfStep("include:_spf.crm.example", "include:_spf.crm.example include:_spf.mailer.example"),
    ]),
  },
  "SPF over budget": {
    preview: previewOf([
      spfStep("include:_spf.crm.example", "include:_spf.crm.example include:_spf.large.example"),
    ]),
    resolver: dns,
  },
  "SPF include of the same preview": {
    preview: previewOf([
      create(spf("include:_spf.example.com")),
      create(cloudflareRecord("own", "_spf.example.com", "TXT", "v=spf1 include:_office.example.com ~all")),
      create(cloudflareRecord("office", "_office.example.com", "TXT", "v=spf1 ip4:192.0.2.0/25 ~all")),
    ]),
  },
  "SPF weakened": {
    preview: previewOf([update(spf("ip4:192.0.2.1"), { content: '"v=spf1 ip4:192.0.2.1 +all"' })]),
  },
  "SPF removed": { preview: previewOf([remove(spf("ip4:192.0.2.1"))]) },
  "two SPF records": {
    preview: previewOf([
      same(spf("include:_spf.crm.example")),
      create({ ...spf("include:_spf.mailer.example"), name: "newsletter-spf" }),
    ]),
    resolver: dns,
  },
  "DMARC none to quarantine": {
    preview: dmarcStep("p=none; rua=mailto:dmarc@example.com", "p=quarantine; rua=mailto:dmarc@example.com"),
  },
  "DMARC quarantine to reject": {
    preview: dmarcStep(
      "p=quarantine; rua=mailto:dmarc@example.com",
      "p=reject; rua=mailto:dmarc@example.com",
    ),
  },
  "DMARC weakened": { preview: dmarcStep("p=reject; rua=mailto:dmarc@example.com", "p=none") },
  "DMARC removed": { preview: previewOf([remove(dmarc("p=reject"))]) },
  "DKIM key rotated": {
    preview: previewOf([
      update(cloudflareRecord("key", `k1._domainkey.${DOMAIN}`, "TXT", `v=DKIM1; k=rsa; p=${OLD_KEY}`), {
        content: `"v=DKIM1; k=rsa; p=${NEW_KEY}"`,
      }),
    ]),
  },
  "DKIM key removed while it is used": {
    preview: previewOf([same(identity), remove(dkim("s1")), same(dkim("s2"))]),
  },
  "return path changed": {
    preview: previewOf([
      replace(identity, { subdomain: "bounce" }),
      update(returnPath(), { name: `bounce.${DOMAIN}`, content: UNKNOWN_TEXT }),
      update(dkim("s1"), { content: UNKNOWN_TEXT }),
      update(dkim("s2"), { content: UNKNOWN_TEXT }),
    ]),
  },
  "API key rotated": { preview: previewOf([replace(key, { triggers: { rotation: "2" } })]) },
  "API key with more scopes": {
    preview: previewOf([update(key, { scopes: ["mail.send", "user.profile.update"] })]),
  },
  "API key deleted": { preview: previewOf([remove(key)]) },
  "identity replaced": {
    preview: previewOf([replace(identity, { automaticSecurity: false, region: "eu" })]),
  },
  "single sender added": {
    preview: previewOf([create(sendgrid("VerifiedSender", "trial", { fromEmail: "me@example.org" }))]),
  },
  "links removed": {
    preview: previewOf([
      remove(sendgrid("LinkBranding", "mail-links", { domain: DOMAIN, subdomain: "links" })),
    ]),
  },
  "record adopted": {
    preview: previewOf([adopt(dmarc("p=none"), ["content", "ttl", "comment"])]),
  },
  "unknown values": {
    preview: previewOf([
      create(cloudflareRecord("spf", DOMAIN, "TXT", UNKNOWN_TEXT)),
      create(route53Record(UNKNOWN_TEXT, "TXT", ["v=spf1 -all"])),
      update(dmarc("p=none"), { content: UNKNOWN_TEXT }),
    ]),
  },
  secrets: {
    preview: previewOf([
      update(route53Record(`k1._domainkey.${DOMAIN}`, "TXT", SECRET_TEXT), { records: SECRET_TEXT }),
      update(key, { name: SECRET_TEXT }),
    ]),
  },
  "no change": { preview: previewOf([same(identity), same(key), same(returnPath())]) },
  "something else than mail": {
    preview: previewOf([create(route53Record(`www.${DOMAIN}`, "CNAME", ["site.example.net"]))], [], 12),
  },
  "refused preview": {
    preview: previewOf(
      [create(identity)],
      [
        {
          urn: "urn:pulumi:production::shop::smarthost:index:MailDns$cloudflare:index/dnsRecord:DnsRecord::mail-dkim1",
          message: `error: Preview failed: before hook "smarthost-2" failed: MailDns "mail": 1 fault in the settings; nothing was changed
  - adopt.dmarc: "_dmarc.example.com" exists already at Cloudflare: TXT "v=DMARC1; p=reject". Set adopt.dmarc to "zone/record" to take it over as it is.
`,
          severity: "error",
        },
        { message: "error: preview failed\n", severity: "error" },
        { message: "warning: something about another provider\n", severity: "warning" },
      ],
    ),
  },
};
