import * as z from "zod";

/** A text that the API may leave out, or answer null for: empty then. */
export const textOrEmpty = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** Texts that the API may leave out, or answer null for: none then. */
export const textsOrNone = z
  .array(z.string())
  .nullish()
  .transform((values) => values ?? []);
