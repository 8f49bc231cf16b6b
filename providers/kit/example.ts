/** In an example: an output of another resource of the same provider. */
export class Reference {
  constructor(
    /** Name of the resource type, e.g. `DomainAuthentication`. */
    readonly resource: string,
    readonly output: string,
    /** Inputs of that resource besides those of its own first example. */
    readonly inputs: Readonly<Record<string, unknown>>,
  ) {}
}

/** In an example: an output of another resource, made with its first example and the inputs given here. */
export function outputOf(
  resource: string,
  output: string,
  inputs: Readonly<Record<string, unknown>> = {},
): Reference {
  return new Reference(resource, output, inputs);
}

/** Inputs as an example has them, with references to other resources at any depth. */
export type Example<T> =
  | Reference
  | (T extends readonly (infer Item)[]
      ? readonly Example<Item>[]
      : T extends object
        ? { [Key in keyof T]: Example<T[Key]> }
        : T);
