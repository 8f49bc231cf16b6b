import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { defineResource, type EngineLog, type Example } from "../../kit";
import type { SendGridApi } from "../api/api";
import { SendGridError } from "../api/api-error";
import { camelCase } from "../api/case";
import type { Asking, Collection } from "../api/collection";
import { poll } from "../api/poll";
import type { DnsRecord } from "./dns-records";
import { idFrom } from "./id-from";

/** What is validated: something of SendGrid's with DNS records. */
export interface Subject {
  id: string;
  valid: boolean;
  /** For messages, e.g. `example.com`. */
  name: string;
  /** Its records by their keys in our spelling. */
  records: Readonly<Record<string, DnsRecord | undefined>>;
}

/** A resource that has SendGrid look up DNS records until they are right. */
export interface ValidationOptions<Item> {
  token: string;
  description: string;
  /** The input that names what is validated, e.g. `domainId`. */
  idInput: string;
  /** The resource that it is an output of, e.g. `DomainAuthentication`. */
  resource: string;
  /** What SendGrid calls one of them, e.g. `authenticated domain`. */
  noun: string;
  /** Keys of the results, for the documentation. */
  keys: string;
  collection: Collection<Item, unknown, unknown>;
  subjectOf(item: Item): Subject;
  examples: readonly Example<Record<string, unknown>>[];
}

const Result = z
  .object({
    valid: z.boolean().meta({ description: "Whether SendGrid found the record in DNS as it should be." }),
    reason: z.string().optional().meta({ description: "Why it is not valid, in SendGrid's words." }),
  })
  .meta({ typeName: "ValidationResult", description: "What SendGrid found of one DNS record." });

const outputsWith = (keys: string) =>
  z.object({
    valid: z.boolean().meta({ description: "Always true: what is not valid fails." }),
    results: z.record(z.string(), Result).meta({ description: `What SendGrid found, by record: ${keys}.` }),
  });
type Outputs = z.output<ReturnType<typeof outputsWith>>;

/** Defines such a resource. It has nothing of its own at SendGrid; its id is that of what it validates. */
export function validationOf<Item>(options: ValidationOptions<Item>) {
  const { token, description, idInput, resource, collection, subjectOf, examples } = options;
  const id = idFrom(idInput, resource).meta({
    description: `SendGrid's id of the ${options.noun}. A change validates the new one.`,
  });
  const inputs: z.ZodObject = z.object({
    [idInput]: id,
    timeoutSeconds: z.int().min(0).max(86_400).default(600).meta({
      description:
        "How long to go on trying, in seconds, up to a day; 0 tries once. New records take as long to show as the negative TTL of the zone's SOA record.",
      neverReturned: true,
    }),
    triggers: z.record(z.string(), z.string()).default({}).meta({
      description: "Any change here validates again: give it what the records say.",
      neverReturned: true,
    }),
  });
  const idOf = (values: Record<string, unknown>) => z.string().parse(values[idInput]);
  const validate = async (
    operation: Asking & { log: EngineLog; inputs: Record<string, unknown> },
  ): Promise<Outputs> => {
    const { timeoutSeconds } = z.object({ timeoutSeconds: z.number() }).parse(operation.inputs);
    return await untilValid(operation, options, idOf(operation.inputs), timeoutSeconds);
  };
  return defineResource<SendGridApi>()({
    token,
    description,
    inputs,
    outputs: outputsWith(options.keys),
    examples,
    preview: () => ({ valid: true }),
    create: async (operation) => ({
      id: idOf(operation.inputs),
      outputs: await validate(operation),
    }),
    // A validation that no longer holds is gone, so that the next `up` makes it again.
    read: async (operation) => {
      const { inputs = { [idInput]: operation.id }, state } = operation;
      // The id is that of what was validated first; an update can have changed to another.
      const id = idOf(inputs);
      const found = await collection.read({ ...operation, id }, (item) => subjectOf(item).id);
      return found !== undefined && subjectOf(found).valid
        ? { id, inputs: { [idInput]: id }, outputs: { valid: true, results: state.results ?? {} } }
        : undefined;
    },
    update: async (operation) => {
      const { inputs, oldInputs, state } = operation;
      const question = (values: Record<string, unknown>) => [values[idInput], values.triggers];
      return isDeepStrictEqual(question(inputs), question(oldInputs)) && state.valid && state.results
        ? { valid: state.valid, results: state.results }
        : await validate(operation);
    },
    delete: async () => {},
  });
}

const Validation = z.object({
  valid: z.boolean(),
  validation_results: z.record(z.string(), z.object({ valid: z.boolean(), reason: z.string().nullish() })),
});
type Validation = z.output<typeof Validation>;

async function untilValid<Item>(
  operation: Asking & { log: EngineLog },
  options: Pick<ValidationOptions<Item>, "noun" | "resource" | "collection" | "subjectOf">,
  id: string,
  timeoutSeconds: number,
): Promise<Outputs> {
  const { noun, resource, collection, subjectOf } = options;
  const found = await collection.find(operation, id);
  if (found === undefined) {
    throw new Error(
      `Could not validate the ${noun} ${id}: the account has none with this id. ` +
        `Run \`pulumi refresh\`, so that its ${resource} is created again.`,
    );
  }
  const { name, records } = subjectOf(found);
  return await poll(operation, timeoutSeconds, async (clock) => {
    const attempt = await tryOnce(operation, options, id);
    if (attempt instanceof SendGridError) {
      if (clock.isOver()) throw attempt;
      operation.log.progress(`SendGrid could not look the records up, trying again: ${attempt.message}`);
      return undefined;
    }
    if (attempt.valid) return { valid: true, results: resultsOf(attempt) };
    const missing = reasons(attempt, records);
    if (clock.isOver()) throw new Error(failure(name, timeoutSeconds, missing));
    operation.log.progress(
      `waiting for DNS records, ${missing.length} are missing or wrong (${clock.elapsed()}): ${missing.join("; ")}`,
    );
    return undefined;
  });
}

/** An answer, or the fault of a try that may pass: SendGrid answers 500 when its own look-up fails. */
async function tryOnce<Item>(
  { session, signal }: Asking,
  { noun, collection }: Pick<ValidationOptions<Item>, "noun" | "collection">,
  id: string,
): Promise<Validation | SendGridError> {
  try {
    return await session.request({
      method: "POST",
      path: `${collection.pathOf(id)}/validate`,
      answer: Validation,
      purpose: { task: `validate the ${noun} ${id}`, scope: "whitelabel.update" },
      signal,
    });
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
function reasons({ validation_results }: Validation, records: Subject["records"]): string[] {
  return Object.entries(validation_results)
    .filter(([, { valid }]) => !valid)
    .map(([key, { reason }]) => {
      const record = records[camelCase(key)];
      const name =
        record === undefined ? camelCase(key) : `${camelCase(key)} (${record.type} ${record.host})`;
      return `${name}: ${reason || "not valid, with no reason given"}`;
    });
}

function failure(name: string, timeoutSeconds: number, missing: readonly string[]): string {
  return [
    `${name} is not valid after ${timeoutSeconds} seconds. SendGrid says:`,
    ...missing.map((reason) => `  - ${reason}`),
    "Correct these records at the domain's DNS host, see with `dig TYPE NAME` that they are served, and run the same",
    "command again. Where they were published only now, a larger timeoutSeconds waits for old answers to expire.",
  ].join("\n");
}
