import * as z from "zod";

/** `is_default` as `isDefault`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `isDefault` as `is_default`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** An object's own property names in the API's spelling; what is inside the properties stays as it is. */
export function toApi(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [snakeCase(name), value]));
}

/** Reads an object of the API by its properties in our spelling; what is inside the properties stays as it is. */
export function fromApi<Shape extends z.ZodObject>(shape: Shape) {
  return z
    .record(z.string(), z.unknown())
    .transform((values) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [camelCase(name), value])),
    )
    .pipe(shape);
}
