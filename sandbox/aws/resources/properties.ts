import * as z from "zod";
import type { AwsAccount } from "../account";

/** What the resources of the substitute share in their properties. */

export const tags = z.record(z.string(), z.string()).optional().meta({ description: "Tags." });

/** The tags with those of the provider, of which the substitute has none. */
export const tagsAll = z.record(z.string(), z.string()).meta({ description: "All tags." });

export const cidrIpv4 = z.cidrv4({
  error: ({ input }) => `must be an IPv4 range such as 10.0.0.0/16, not ${input}`,
});

/**
 * In a preview: those inputs that are given, out of some that the real provider fills in when they are not. The
 * others stay unknown in a create, and keep their value in an update.
 */
export function given<Inputs extends object, Name extends keyof Inputs>(
  inputs: Inputs,
  ...names: Name[]
): Partial<Pick<Inputs, Name>> {
  const present: Partial<Pick<Inputs, Name>> = {};
  for (const name of names) if (inputs[name] !== undefined) present[name] = inputs[name];
  return present;
}

/** What every operation is given as its session. */
export type Session = AwsAccount;
