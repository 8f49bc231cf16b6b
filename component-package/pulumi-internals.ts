import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state";

// What Pulumi's SDK has and its types leave out. The package is bundled with the SDK, so it meets no other version.
declare module "@pulumi/pulumi/runtime/state" {
  /** The resource that stands for the run, of the asynchronous context that is running. */
  function setStackResource(resource: pulumi.Resource | undefined): void;
  /** What belongs to the asynchronous context that is running. */
  function getStore(): { settings: { options: { monitorAddr?: string } } };
}
declare module "@pulumi/pulumi/output" {
  interface OutputInstance<T> {
    readonly isKnown: Promise<boolean>;
    readonly isSecret: Promise<boolean>;
    /** The value; what is unknown in it is a symbol's object. */
    promise(withUnknowns?: boolean): Promise<T>;
  }
}

/** The value of an output, where it is known, and whether it is secret; an unknown one stays as it is. */
export async function resolved(value: unknown): Promise<{ value: unknown; isSecret: boolean }> {
  if (!pulumi.Output.isInstance(value)) return { value, isSecret: false };
  const isSecret = await value.isSecret;
  return (await value.isKnown) ? { value: await value.promise(), isSecret } : { value, isSecret };
}

/** By the address of the engine's resource monitor, which is another one in each run. */
const runs = new Map<string, pulumi.Resource>();

/**
 * Makes the constructs of one run share what belongs to a run. Components look for the stack's resource, which a
 * process that only constructs lacks. With it, two components that publish one record are found, and the zone is
 * looked at in the preview.
 */
export function enterRun(): void {
  const monitor = state.getStore().settings.options.monitorAddr ?? "";
  const stack = pulumi.getStack();
  const project = pulumi.getProject();
  const run =
    runs.get(monitor) ??
    new pulumi.DependencyResource(
      `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`,
    );
  runs.set(monitor, run);
  state.setStackResource(run);
}
