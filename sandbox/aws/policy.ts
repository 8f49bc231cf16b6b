import * as z from "zod";

const oneOrMore = z.union([
  z
    .string()
    .min(1)
    .transform((value) => [value]),
  z.array(z.string().min(1)).min(1),
]);

/**
 * A policy document (IAM User Guide, "Grammar of the IAM JSON policy language"), as far as it is evaluated here:
 * Allow and Deny with actions, resources and StringEquals. Other conditions, NotAction and NotResource are refused,
 * because a substitute that passed over them would allow what AWS forbids.
 */
const permissions = z.strictObject({
  Version: z.literal("2012-10-17"),
  Statement: z
    .array(
      z.strictObject({
        Sid: z
          .string()
          .regex(/^[A-Za-z0-9]*$/)
          .optional(),
        Effect: z.enum(["Allow", "Deny"]),
        Action: oneOrMore,
        Resource: oneOrMore,
        Condition: z.strictObject({ StringEquals: z.record(z.string().min(1), oneOrMore) }).optional(),
      }),
    )
    .min(1),
});

/** Who may assume a role: services only. */
const trust = z.strictObject({
  Version: z.literal("2012-10-17"),
  Statement: z
    .array(
      z.strictObject({
        Sid: z.string().optional(),
        Effect: z.literal("Allow"),
        Principal: z.strictObject({ Service: oneOrMore }),
        Action: z.literal("sts:AssumeRole"),
      }),
    )
    .min(1),
});

export type Permissions = z.output<typeof permissions>;
export type Trust = z.output<typeof trust>;

/** Reads a policy's JSON. @throws Error that names every fault. */
export const parsePermissions = (json: string): Permissions => parse(permissions, json);

/** Reads the JSON of a role's trust policy. @throws Error that names every fault. */
export const parseTrust = (json: string): Trust => parse(trust, json);

/** Why a document would be refused; undefined if it would not. For a provider's check. */
export function documentFault(read: (json: string) => unknown, json: string): string | undefined {
  try {
    read(json);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a request says besides action and resource, by condition key, such as `kms:ViaService`. */
export type RequestContext = Readonly<Record<string, string>>;

/** Whether policies together allow an action: an Allow that matches, and no Deny that does. */
export function isAllowed(
  policies: readonly Permissions[],
  action: string,
  resource: string,
  context: RequestContext = {},
): boolean {
  const matching = policies
    .flatMap(({ Statement }) => Statement)
    .filter(
      ({ Action, Resource, Condition }) =>
        // Action names are compared without regard to case, resources with it.
        Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
        Resource.some((pattern) => matches(pattern, resource)) &&
        // Every key must be in the request, with one of its values; keys are compared without regard to case.
        Object.entries(Condition?.StringEquals ?? {}).every(([key, values]) =>
          Object.entries(context).some(
            ([name, value]) =>
              name.toLowerCase() === key.toLowerCase() &&
              values.some((allowed) => filledIn(allowed, context) === value),
          ),
        ),
    );
  return (
    matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny")
  );
}

/**
 * A condition's value with its variables, such as `${ec2:InstanceID}`, filled in from the request (IAM User Guide, "IAM policy
 * elements: Variables and tags"). One that the request does not have stays, and so matches nothing.
 */
function filledIn(value: string, context: RequestContext): string {
  return value.replace(/\$\{([\w:]+)\}/g, (variable, key: string) => context[key] ?? variable);
}

/** Compares with a pattern in which * stands for any characters and ? for one. */
export function matches(pattern: string, value: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(value);
}

function parse<Schema extends z.ZodType>(schema: Schema, json: string): z.output<Schema> {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    throw new Error(`is no JSON document: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "document"}: ${message}`,
  );
  throw new Error(`is no policy that the substitute can evaluate: ${faults.join("; ")}`);
}
