import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { parseValue, UNKNOWN, type Value } from "../mail-resources/value";
import type { RuleResource } from "./rule";

/** What the program gave each resource, by URN. */
export class Inputs {
  readonly #byUrn = new Map<string, Record<string, Value>>();

  /** Keeps the inputs of a resource that is analysed; a later analysis of it counts. */
  keep({ urn, props }: Pick<ResourceValidationArgs, "urn" | "props">): void {
    this.#byUrn.set(urn, readProperties(props));
  }

  /** Undefined for a resource that was not analysed, as where every policy about single resources is disabled. */
  of(urn: string): Record<string, Value> | undefined {
    return this.#byUrn.get(urn);
  }
}

/** A resource before it is made: only its inputs are there. */
export function analyzedResource({ urn, type, name, props, opts }: ResourceValidationArgs): RuleResource {
  const inputs = readProperties(props);
  return { urn, type, name, parent: opts.parent, inputs, outputs: {}, propertyDependencies: {} };
}

/** The resources of a stack, each with its inputs as far as they were seen; where not, its outputs stand in. */
export function stackResources(resources: readonly PolicyResource[], inputs: Inputs): RuleResource[] {
  return resources.map(({ urn, type, name, props, parent, propertyDependencies }) => {
    const outputs = readProperties(props);
    return {
      urn,
      type,
      name,
      id: typeof outputs.id === "string" ? outputs.id : undefined,
      parent: parent?.urn,
      inputs: inputs.of(urn) ?? outputs,
      outputs,
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, from]) => [
          property,
          from.map((each) => each.urn),
        ]),
      ),
    };
  });
}

/**
 * The policy SDK throws at whoever reads a value that a preview does not know. So each property is read by itself.
 */
function readProperties(holder: object): Record<string, Value> {
  return Object.fromEntries(
    Object.keys(holder).map((key) => [key, read((): unknown => Reflect.get(holder, key))]),
  );
}

function read(property: () => unknown): Value {
  let value: unknown;
  try {
    value = property();
  } catch {
    return UNKNOWN;
  }
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return Array.from({ length: list.length }, (_, index) => read(() => list[index]));
  }
  if (typeof value === "object" && value !== null) {
    // An asset is a promise of its contents.
    return "__pulumiAsset" in value || "__pulumiArchive" in value ? UNKNOWN : readProperties(value);
  }
  return parseValue(value);
}
