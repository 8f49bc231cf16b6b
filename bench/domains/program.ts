import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as sendgrid from "@pulumi/sendgrid";
import { cloudflare, SenderIdentity } from "../../components";
import { domainsOf, type StackShape } from "./layout";

/**
 * A stack of sender identities as a user writes it who has many domains: so many of them to a subuser with a
 * provider of its own, because an account has 100 API keys at most. Without domains there is one subuser all the
 * same, so that the time of such a stack is what every stack takes whatever its size.
 */
export function identities(shape: StackShape): PulumiFn {
  return async () => {
    const domains = domainsOf(shape);
    for (let first = 0; first === 0 || first < domains.length; first += shape.perSubuser) {
      const number = first / shape.perSubuser + 1;
      const subuser = new sendgrid.Subuser(`mail-${number}`, {
        username: `mail-${number}`,
        email: `mail-${number}@bench.example`,
        password: "never used 1",
        ips: ["192.0.2.10"],
      });
      const provider = new sendgrid.Provider(`mail-${number}`, { onBehalfOf: subuser.username });
      for (const { domain, zone } of domains.slice(first, first + shape.perSubuser)) {
        new SenderIdentity(
          domain,
          { domain, sender: { address: `noreply@${domain}` }, dns: cloudflare({ zoneId: zone.id }) },
          { providers: [provider] },
        );
      }
    }
  };
}
