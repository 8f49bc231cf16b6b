import * as pulumi from "@pulumi/pulumi";

/**
 * Values that belong to one run of a program: inline programs of several stacks, or several runs of one, can share a
 * process. The first call with a key in a run makes the value, later ones get the same. Where there is no run, as in
 * unit tests with mocks, every call makes one.
 */
export class OncePerRun<Value> {
  readonly #runs = new WeakMap<object, Map<string, Value>>();

  get(key: string, make: () => Value): Value {
    const run = pulumi.runtime.getStackResource();
    if (run === undefined) {
      return make();
    }
    const kept = this.#runs.get(run) ?? new Map<string, Value>();
    this.#runs.set(run, kept);
    const value = kept.get(key) ?? make();
    kept.set(key, value);
    return value;
  }
}
