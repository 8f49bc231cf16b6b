import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { OncePerRun } from "./once-per-run";

/** Hooks have names that are unique in a run of the program, and the same in its next run. */
const counters = new OncePerRun<{ count: number }>();

/**
 * A hook that the engine calls in previews too, as the place to look at what is there before a resource is made or
 * changed. Throw to stop that resource.
 *
 * @returns undefined with Pulumi's mocks, by which programs are unit-tested: they know no hooks
 */
export function previewHook(
  call: (args: pulumi.ResourceHookArgs) => void | Promise<void>,
): pulumi.ResourceHook | undefined {
  if (pulumi.runtime.getStackResource() === undefined) {
    return undefined;
  }
  const counter = counters.get("hooks", () => ({ count: 0 }));
  counter.count += 1;
  // The engine calls back outside the program's asynchronous context, by which Pulumi finds the run's engine.
  return new pulumi.ResourceHook(`smarthost-${counter.count}`, AsyncResource.bind(call), { onDryRun: true });
}
