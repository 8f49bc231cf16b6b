import type { PulumiFn } from "@pulumi/pulumi/automation";
import { cloudflare, SenderIdentity } from "../../components";
import { domainsOf, type StackShape } from "./layout";

/**
 * A stack of sender identities as a user writes it who has many domains: they share the first one's API key, because
 * an account has 100 at most.
 */
export function identities(shape: StackShape): PulumiFn {
  return async () => {
    let first: SenderIdentity | undefined;
    for (const { domain, zone } of domainsOf(shape)) {
      const identity = new SenderIdentity(domain, {
        domain,
        sender: { address: `noreply@${domain}` },
        dns: cloudflare({ zoneId: zone.id }),
        dmarc: { policy: "quarantine", reportsTo: `dmarc@${domain}` },
        apiKey: first?.apiKey,
      });
      first ??= identity;
    }
  };
}
