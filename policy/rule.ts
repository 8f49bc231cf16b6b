import type * as z from "zod";
import type { Resource } from "../mail-resources/resource";

/** What a violation does: a remark, a stop, or nothing, as in Pulumi's configuration of policies. */
export type EnforcementLevel = "advisory" | "mandatory" | "disabled";

/** How much harm a violation does, for lists that are sorted by it. */
export type RuleSeverity = "low" | "medium" | "high" | "critical";

/** A resource with what it was made from. */
export interface RuleResource extends Resource {
  /** By property, the URNs of the resources whose outputs it comes from; empty where one resource is looked at. */
  propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** What a rule has found. */
export interface Violation {
  /** The resource that is to be changed. */
  urn: string;
  /** What was found, beginning with the property; without a full stop, and never with a secret. */
  message: string;
}

/** What a rule says of itself, and how it looks. */
export interface RuleDefinition<Settings extends z.ZodObject> {
  /** Its name in Pulumi's configuration of policies: lower case and hyphens. */
  name: string;
  /** A few words, for tables. */
  title: string;
  /** What has to hold, and why. One or two sentences. */
  description: string;
  /** What to do about a violation. One or two sentences. */
  remediation: string;
  /** Unless the configuration says another. */
  level: EnforcementLevel;
  severity: RuleSeverity;
  /**
   * `resource`: one resource is enough, and it is looked at before it is made. `stack`: all of them are needed, at
   * the end of a preview or an update.
   */
  scope: "resource" | "stack";
  /** The rule's own settings, each with a default and a description. */
  settings: Settings;
  /**
   * Finds what is against the rule. What is not known before the update is never a violation.
   * @param resources with scope `resource` exactly one
   */
  check(resources: readonly RuleResource[], settings: z.output<Settings>): Violation[] | Promise<Violation[]>;
}

/** A rule as data, whatever its settings are. */
export interface Rule extends Omit<RuleDefinition<z.ZodObject>, "check"> {
  /**
   * @param config the settings as Pulumi's configuration of policies has them; what is left out has its default
   * @throws Error that names every setting which is not accepted
   */
  check(resources: readonly RuleResource[], config?: unknown): Promise<Violation[]>;
}

/** Makes a rule that reads its settings itself. */
export function defineRule<Settings extends z.ZodObject>(definition: RuleDefinition<Settings>): Rule {
  return {
    ...definition,
    check: async (resources, config = {}) => {
      const read = definition.settings.safeParse(config);
      if (!read.success) {
        const faults = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
        throw new Error(
          `The settings of the policy ${definition.name} are not accepted: ${faults.join("; ")}. ` +
            "Correct them in the policy pack's configuration.",
        );
      }
      return await definition.check(resources, read.data);
    },
  };
}
