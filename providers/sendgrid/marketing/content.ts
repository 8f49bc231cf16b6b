import * as z from "zod";

/** Most bytes that SendGrid takes as the content of a template version. */
const MOST_BYTES = 1_048_576;

/** A part of a message, limited as SendGrid limits it: in bytes of UTF-8. */
export const content = (kind: string) =>
  z
    .string()
    .min(1, "is empty: leave it out instead")
    .refine(
      (text) => Buffer.byteLength(text) <= MOST_BYTES,
      `must be ${kind} of at most ${MOST_BYTES} bytes in UTF-8`,
    );

/** What the console edits a message with. */
export const Editor = z
  .enum(["code", "design"])
  .meta({ description: "What the console edits a message with.", typeName: "Editor" });
