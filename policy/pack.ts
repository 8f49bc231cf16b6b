import type {
  Policies,
  PolicyConfigSchema,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import * as z from "zod";
import { analyzedResource, Inputs, stackResources } from "./analyzed";
import type { Rule, Violation } from "./rule";

/**
 * The rules as policies of Pulumi. Make them once in a process: what a program gave a resource is kept from when it
 * was analysed alone until the whole stack is, as the engine shows only outputs then.
 */
export function policies(rules: readonly Rule[]): Policies {
  const inputs = new Inputs();
  return rules.map((rule) =>
    rule.scope === "resource" ? resourcePolicy(rule, inputs) : stackPolicy(rule, inputs),
  );
}

function resourcePolicy(rule: Rule, inputs: Inputs): ResourceValidationPolicy {
  return {
    ...described(rule),
    validateResource: async (args, report) => {
      inputs.keep(args);
      for (const violation of await rule.check([analyzedResource(args)], args.getConfig())) {
        report(messageOf(rule, violation), violation.urn);
      }
    },
  };
}

function stackPolicy(rule: Rule, inputs: Inputs): StackValidationPolicy {
  return {
    ...described(rule),
    validateStack: async ({ resources, getConfig }, report) => {
      for (const violation of await rule.check(stackResources(resources, inputs), getConfig())) {
        report(messageOf(rule, violation), violation.urn);
      }
    },
  };
}

function described({ name, title, description, remediation, level, severity, settings }: Rule) {
  return {
    name,
    displayName: title,
    description,
    remediationSteps: remediation,
    enforcementLevel: level,
    severity,
    tags: ["mail"],
    configSchema: configSchema(settings),
  };
}

function messageOf({ remediation }: Rule, { message }: Violation): string {
  return `${message}. ${remediation}`;
}

/** The settings as Pulumi checks them before it asks the pack; the level is its own. */
export function configSchema(settings: z.ZodObject): PolicyConfigSchema | undefined {
  const schema = z.toJSONSchema(settings, { io: "input" });
  const properties = z.record(z.string(), propertySchema).parse(schema.properties ?? {});
  return Object.keys(properties).length === 0 ? undefined : { properties };
}

const bounds = { minimum: z.number().optional(), maximum: z.number().optional() };
const itemSchema = z.object({ type: z.enum(["string", "integer", "number", "boolean"]), ...bounds });
/** The part of JSON Schema that settings use. */
const propertySchema = z.object({
  type: z.enum(["string", "integer", "number", "boolean", "array"]),
  description: z.string(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.unknown())]),
  items: itemSchema.optional(),
  ...bounds,
});
