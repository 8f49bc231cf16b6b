import * as z from "zod";
import type { DoctorWorld } from "../doctor-world";
import type { SendGridAnswer } from "../sendgrid-reader";
import type { SendGridIdentity, Subject } from "../subject";

const Record = z.object({
  valid: z.boolean(),
  type: z.string().transform((type) => type.toUpperCase()),
  host: z.string().transform((name) => name.toLowerCase().replace(/\.$/, "")),
  data: z.string(),
});

/** An authenticated domain (GET /v3/whitelabel/domains/{id}), as far as the doctor looks at it. */
const Domain = z.object({
  id: z.number().transform(String),
  domain: z.string(),
  subdomain: z.string().nullish(),
  valid: z.boolean(),
  default: z.boolean(),
  automatic_security: z.boolean().optional(),
  last_validation_attempt_at: z.number().nullish(),
  dns: z.record(z.string(), Record),
});

/** An authenticated domain as SendGrid has it now. */
export type DomainAnswer = z.output<typeof Domain>;

/** An identity of the stack that exists, with what SendGrid says of it. */
export interface AskedIdentity {
  identity: SendGridIdentity & { id: string };
  answer: SendGridAnswer<DomainAnswer>;
}

const asked = new WeakMap<DoctorWorld, WeakMap<Subject, Promise<AskedIdentity[]>>>();

/** Asks SendGrid for each identity that the stack has made, once in a run. Empty without a key. */
export function askIdentities(subject: Subject, world: DoctorWorld): Promise<AskedIdentity[]> {
  const known = asked.get(world) ?? new WeakMap<Subject, Promise<AskedIdentity[]>>();
  asked.set(world, known);
  const answers = known.get(subject) ?? ask(subject, world);
  known.set(subject, answers);
  return answers;
}

async function ask({ identities }: Subject, { sendGrid }: DoctorWorld): Promise<AskedIdentity[]> {
  if (!sendGrid) {
    return [];
  }
  const made = identities.filter((each): each is AskedIdentity["identity"] => each.id !== undefined);
  return await Promise.all(
    made.map(async (identity) => {
      const path = `/v3/whitelabel/domains/${encodeURIComponent(identity.id)}`;
      return { identity, answer: await sendGrid.get(path, Domain, "whitelabel.read") };
    }),
  );
}

/** Identities of the stack that SendGrid does not know any more; what they published leads nowhere. */
export async function goneIdentities(subject: Subject, world: DoctorWorld): Promise<SendGridIdentity[]> {
  const all = await askIdentities(subject, world);
  return all.filter(({ answer }) => answer.kind === "missing").map(({ identity }) => identity);
}

/** The records that SendGrid wants now, names lower case, targets without trailing dot. */
export async function wantedRecords(
  subject: Subject,
  world: DoctorWorld,
): Promise<{ key: string; type: string; host: string; data: string; valid: boolean }[]> {
  const all = await askIdentities(subject, world);
  return all.flatMap(({ answer }) =>
    answer.kind === "found"
      ? Object.entries(answer.value.dns).map(([key, { data, ...record }]) => ({
          key,
          ...record,
          data: record.type === "TXT" ? data : data.toLowerCase().replace(/\.$/, ""),
        }))
      : [],
  );
}
