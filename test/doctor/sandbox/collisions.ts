import { DOMAIN, type World, ZONE_ID } from "../../../sandbox/world";

/** What a domain that was in use before has at names that the stack writes to. */
export const EXISTING = [
  { name: DOMAIN, type: "TXT", content: '"v=spf1 ip4:198.51.100.7 ~all"' },
  { name: `_dmarc.${DOMAIN}`, type: "TXT", content: '"v=DMARC1; p=reject; rua=mailto:old@example.com"' },
  { name: `s1._domainkey.${DOMAIN}`, type: "CNAME", content: "s1.domainkey.u1.wl1.sendgrid.net" },
] as const;

/** Makes these records at the DNS host, as a person did long ago. @returns what takes them away again */
export function seedCollisions({ cloudflare }: World): () => void {
  const made = EXISTING.map((record) =>
    cloudflare.create(ZONE_ID, {
      ...record,
      ttl: 3600,
      priority: undefined,
      proxied: false,
      comment: undefined,
    }),
  );
  return () => {
    for (const { id } of made) {
      cloudflare.delete(ZONE_ID, id);
    }
  };
}
