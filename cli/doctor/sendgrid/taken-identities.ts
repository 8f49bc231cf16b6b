import * as z from "zod";
import type { Finding } from "../check";
import type { DoctorWorld } from "../doctor-world";
import type { Subject } from "../subject";

/** Old entries that have nothing to do with ours must not stand in the way: only this much is read. */
const Listed = z.array(z.object({ id: z.number(), domain: z.string(), subdomain: z.string().nullish() }));

/** Identities that the next update makes, and that the account has already: SendGrid refuses a second one. */
export async function takenFindings({ identities }: Subject, { sendGrid }: DoctorWorld): Promise<Finding[]> {
  const planned = identities.filter(({ id, adopts }) => id === undefined && !adopts);
  const findings = await Promise.all(
    planned.map(async ({ domain, subdomain }): Promise<Finding[]> => {
      const path = `/v3/whitelabel/domains?domain=${encodeURIComponent(domain)}&limit=50`;
      const answer = await sendGrid?.get(path, Listed, "whitelabel.read");
      const found =
        answer?.kind === "found"
          ? answer.value.find((each) => each.domain === domain && each.subdomain === subdomain)
          : undefined;
      return found === undefined
        ? []
        : [
            {
              severity: "error",
              path: `${subdomain}.${domain}`,
              message: `the account has this identity already (${found.id}), and SendGrid takes no second one`,
              next: "Set identity.adoptExisting (the stack's setting sendgridAdoptExisting) to true to take it over, or choose another subdomain.",
            },
          ];
    }),
  );
  return findings.flat();
}
