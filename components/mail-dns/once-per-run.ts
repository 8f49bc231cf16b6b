import * as pulumi from "@pulumi/pulumi";

/** Where no engine runs the program, such as in unit tests with mocks. */
const withoutEngine = {};

/**
 * Values that belong to one run of a program: inline programs of several stacks, or several runs of one, can share a
 * process. The first call with a key in a run makes the value, later ones get the same.
 */
export class OncePerRun<Value> {
  readonly #runs = new WeakMap<object, Map<string, Value>>();

  get(key: string, make: () => Value): Value {
    const run = pulumi.runtime.getStackResource() ?? withoutEngine;
    const kept = this.#runs.get(run) ?? new Map<string, Value>();
    this.#runs.set(run, kept);
    const value = kept.get(key) ?? make();
    kept.set(key, value);
    return value;
  }
}
