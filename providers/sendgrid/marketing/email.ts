import * as z from "zod";

/** An email address, of at most 254 characters (RFC 5321 section 4.5.3.1.3, without the angle brackets). */
export const emailAddress = z
  .email("must be an email address, e.g. news@example.com")
  .max(254, "is too long: an email address has at most 254 characters (RFC 5321)");
