import { z } from "zod";
import { parseJson } from "./json";
import { parseResource, type Resource, resourceSchema } from "./resource";

const stateSchema = z.object({
  deployment: z.object({
    resources: z.array(resourceSchema.extend({ delete: z.boolean().optional() })).nullish(),
  }),
});

/**
 * The resources of a stack's state, as `pulumi stack export` writes it. Secrets stay secret, also where the export
 * has them in clear. What only waits to be deleted is left out.
 *
 * @throws SyntaxError where the text is no such export
 */
export function parseState(text: string): Resource[] {
  const parsed = stateSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new SyntaxError(`not what \`pulumi stack export\` writes: ${z.prettifyError(parsed.error)}`);
  }
  const { resources } = parsed.data.deployment;
  return (resources ?? []).filter((resource) => resource.delete !== true).map(parseResource);
}
