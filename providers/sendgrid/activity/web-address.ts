import * as z from "zod";

/** An address that SendGrid posts to. */
export const webAddress = z
  .string()
  .refine((value) => /^https?:\/\/[^\s/?#]/.test(value) && !/\s/.test(value) && URL.canParse(value), {
    error: "must be an http or https address without spaces, e.g. https://example.com/events",
  });
