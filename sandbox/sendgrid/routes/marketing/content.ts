import { z } from "zod";

/** Most bytes of a part of a message. */
const MOST_BYTES = 1_048_576;

/** A part of a message. */
export const content = z.string().refine((text) => Buffer.byteLength(text) <= MOST_BYTES, "too long");
