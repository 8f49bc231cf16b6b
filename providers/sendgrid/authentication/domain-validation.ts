import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { defineResource, type EngineLog, outputOf } from "../../kit";
import type { SendGridApi } from "../api/api";
import { SendGridError } from "../api/api-error";
import { camelCase } from "../api/case";
import type { Asking } from "../api/collection";
import { pause } from "../api/pause";
import type { DnsRecord, KeyedRecords } from "./dns-records";
import { domains, type Validation, validateDomain } from "./domain";

const Result = z
  .object({
    valid: z.boolean().meta({ description: "Whether SendGrid found the record in DNS as it should be." }),
    reason: z.string().optional().meta({ description: "Why it is not valid, in SendGrid's words." }),
  })
  .meta({ typeName: "ValidationResult", description: "What SendGrid found of one DNS record." });

export const DomainValidation = defineResource<SendGridApi>()({
  token: "sendgrid:index:DomainValidation",
  description: `
SendGrid's check that the DNS records of a \`DomainAuthentication\` are published.

Create it after the records. It has SendGrid look them up again and again, showing what is still missing, until all
of them are right or the time is up; then it fails with SendGrid's reason for each record. A later \`pulumi up\`
tries again. It has nothing of its own at SendGrid: deleting it leaves the domain as it is.

API: https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication/validate-a-domain-authentication
`.trim(),
  inputs: z.object({
    domainId: z
      .string()
      .regex(
        /^\d+$/,
        "must be the number that SendGrid gave the domain: the output domainId of a DomainAuthentication",
      )
      .meta({ description: "SendGrid's id of the domain. A change validates the new domain." }),
    timeoutSeconds: z.int().min(0).max(86_400).default(600).meta({
      description:
        "How long to go on trying, in seconds, up to a day; 0 tries once. New records take as long to show as the negative TTL of the zone's SOA record.",
      neverReturned: true,
    }),
    triggers: z.record(z.string(), z.string()).default({}).meta({
      description: "Any change here validates again: give it what the records say.",
      neverReturned: true,
    }),
  }),
  outputs: z.object({
    valid: z.boolean().meta({ description: "Always true: a domain that is not valid fails." }),
    results: z.record(z.string(), Result).meta({
      description: "What SendGrid found, by record: `mailCname`, `dkim1`, `dkim2`, or `mailServer`, …",
    }),
  }),
  preview: () => ({ valid: true }),
  examples: [
    { domainId: outputOf("DomainAuthentication", "domainId", { domain: "news.example.net" }) },
    {
      domainId: outputOf("DomainAuthentication", "domainId", { domain: "news.example.net" }),
      timeoutSeconds: 60,
      triggers: { dkim1: "new" },
    },
    { domainId: outputOf("DomainAuthentication", "domainId", { domain: "shop.example.net" }) },
  ],
  create: async (operation) => ({
    id: operation.inputs.domainId,
    outputs: await untilValid(operation, operation.inputs),
  }),
  // A validation that no longer holds is gone, so that the next `up` makes it again.
  read: async (operation) => {
    const { id, inputs, state } = operation;
    // The id is that of the domain which was validated first; an update can have changed to another.
    const domainId = inputs?.domainId ?? id;
    const domain = await domains.read({ ...operation, id: domainId }, (each) => each.id);
    return domain?.valid
      ? { id: domainId, inputs: { domainId }, outputs: { valid: true, results: state.results ?? {} } }
      : undefined;
  },
  update: async (operation) => {
    const { inputs, oldInputs, state } = operation;
    const sameQuestion =
      inputs.domainId === oldInputs.domainId && isDeepStrictEqual(inputs.triggers, oldInputs.triggers);
    return sameQuestion && state.valid && state.results
      ? { valid: state.valid, results: state.results }
      : await untilValid(operation, inputs);
  },
  delete: async () => {},
});

async function untilValid(
  operation: Asking & { log: EngineLog },
  { domainId, timeoutSeconds }: { domainId: string; timeoutSeconds: number },
): Promise<{ valid: true; results: Record<string, { valid: boolean; reason?: string }> }> {
  const { log, session, signal } = operation;
  const { pollMs, longestPollMs } = session.patience;
  const domain = await domains.find(operation, domainId);
  if (domain === undefined) {
    throw new Error(
      `Could not validate the authenticated domain ${domainId}: the account has no domain with this id. ` +
        "Run `pulumi refresh`, so that its DomainAuthentication is created again.",
    );
  }
  const start = Date.now();
  const end = start + timeoutSeconds * 1000;
  for (let wait = pollMs; ; wait = Math.min(wait * 1.5, longestPollMs)) {
    const attempt = await tryOnce(operation, domainId);
    if (attempt instanceof SendGridError) {
      if (Date.now() >= end) throw attempt;
      log.progress(`SendGrid could not look the records up, trying again: ${attempt.message}`);
    } else if (attempt.valid) {
      return { valid: true, results: resultsOf(attempt) };
    } else {
      const missing = reasons(attempt, domain.dns);
      if (Date.now() >= end) throw new Error(failure(domain.domain, timeoutSeconds, missing));
      const time = `${Math.round((Date.now() - start) / 1000)} of ${timeoutSeconds} s`;
      log.progress(
        `waiting for DNS records, ${missing.length} are missing or wrong (${time}): ${missing.join("; ")}`,
      );
    }
    await pause(Math.min(wait, Math.max(end - Date.now(), 0)), signal);
  }
}

/** An answer, or the fault of a try that may pass: SendGrid answers 500 when its own look-up fails. */
async function tryOnce(operation: Asking, id: string): Promise<Validation | SendGridError> {
  try {
    return await validateDomain(operation, id);
  } catch (error) {
    if (error instanceof SendGridError && (error.status === 429 || error.mayHaveHappened)) return error;
    throw error;
  }
}

function resultsOf({ validation_results }: Validation) {
  return Object.fromEntries(
    Object.entries(validation_results).map(([key, { valid, reason }]) => [
      camelCase(key),
      reason ? { valid, reason } : { valid },
    ]),
  );
}

/** One line for each record that is not valid. */
function reasons({ validation_results }: Validation, records: KeyedRecords): string[] {
  const known = new Map<string, DnsRecord>(Object.entries(records));
  return Object.entries(validation_results)
    .filter(([, { valid }]) => !valid)
    .map(([key, { reason }]) => {
      const record = known.get(camelCase(key));
      const name =
        record === undefined ? camelCase(key) : `${camelCase(key)} (${record.type} ${record.host})`;
      return `${name}: ${reason || "not valid, with no reason given"}`;
    });
}

function failure(domain: string, timeoutSeconds: number, missing: readonly string[]): string {
  return [
    `${domain} is not valid after ${timeoutSeconds} seconds. SendGrid says:`,
    ...missing.map((reason) => `  - ${reason}`),
    "Correct these records at the domain's DNS host, see with `dig TYPE NAME` that they are served, and run the same",
    "command again. Where they were published only now, a larger timeoutSeconds waits for old answers to expire.",
  ].join("\n");
}
