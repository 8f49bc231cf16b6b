import * as z from "zod";

/** The number by which SendGrid knows something, which is an output of another resource. */
export const idFrom = (output: string, resource: string) =>
  z
    .string()
    .regex(/^\d+$/, `must be the number that SendGrid gave it: the output ${output} of a ${resource}`);
