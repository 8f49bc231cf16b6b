import { DOMAIN, type World, ZONE_ID } from "./world";

/**
 * How mail authenticates: by SendGrid's automatic or manual security, as a subuser in the EU, or by manual security
 * for a domain that has Google Workspace already.
 */
export const IDENTITIES = ["automatic", "manual", "eu", "workspace"] as const;
export type IdentityKind = (typeof IDENTITIES)[number];

/** A stand-in for Google's mail servers: one address, and what Google has domains publish. */
export const WORKSPACE = { address: "127.0.0.77", spf: "v=spf1 include:_spf.google.com ~all" };

/** The subuser that sends in the EU. */
const EU_SUBUSER = "europe";

/** The stack's settings for each kind. */
export const IDENTITY_SETTINGS: Record<IdentityKind, Record<string, string>> = {
  automatic: {},
  manual: { sendgridSecurity: "manual" },
  eu: { sendgridRegion: "eu", "sendgrid:onBehalfOf": EU_SUBUSER },
  workspace: { sendgridSecurity: "manual" },
};

/** Makes what the account and DNS have before the stack does anything. */
export function prepareIdentity({ sendgrid, zones, cloudflare }: World, identity: IdentityKind): void {
  if (identity === "eu") {
    const email = `europe@${DOMAIN}`;
    sendgrid.account.subusers.add({ username: EU_SUBUSER, email, password: "", ips: [], region: "eu" });
  }
  if (identity === "workspace") {
    zones.create("google.com", [
      { name: "_spf.google.com", type: "TXT", value: `v=spf1 ip4:${WORKSPACE.address} ~all` },
    ]);
    cloudflare.create(ZONE_ID, {
      name: DOMAIN,
      type: "TXT",
      content: `"${WORKSPACE.spf}"`,
      ttl: 3600,
      priority: undefined,
      proxied: false,
      comment: undefined,
    });
  }
}
