/**
 * The parameters of smtp(8) by which at most so many messages go over one connection, where they differ from those with
 * another limit. Postfix counts how often a connection is used again, and takes 0 for no limit; so a connection for one
 * message is one that is never kept.
 *
 * @param messages undefined: as many as there are
 * @param inForce the limit whose parameters are in force already; default: none, as Postfix comes
 */
export function reuseParameters(messages?: number, inForce?: number): { name: string; value: string }[] {
  const present = parametersOf(inForce);
  return Object.entries(parametersOf(messages))
    .filter(([name, value]) => present[name] !== value)
    .map(([name, value]) => ({ name, value }));
}

function parametersOf(messages: number | undefined): Record<string, string> {
  return {
    smtp_connection_cache_on_demand: messages === 1 ? "no" : "yes",
    smtp_connection_reuse_count_limit: String((messages ?? 1) - 1),
  };
}
