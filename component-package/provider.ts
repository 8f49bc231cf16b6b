import type { Provider } from "@pulumi/pulumi/provider";
import { COMPONENTS } from "./components";
import { enterRun } from "./pulumi-internals";
import { componentSchema, type PackageHead } from "./schema";

/** The package as a provider that declares components, for the SDK's own server. */
export function componentProvider(head: PackageHead): Provider {
  return {
    version: head.version,
    schema: JSON.stringify(componentSchema(COMPONENTS, head)),
    construct: async (name, type, inputs, opts) => {
      const component = COMPONENTS.get(type);
      if (component === undefined) {
        throw new Error(`smarthost has no component ${type}: it has ${[...COMPONENTS.keys()].join(", ")}`);
      }
      enterRun();
      return await component.construct(name, inputs, opts);
    },
  };
}
