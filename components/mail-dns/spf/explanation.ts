import { isQueryable } from "../dns-name";
import { isExplainString } from "./grammar";
import { expandDomain, expandMacros } from "./macro";
import { macroContext } from "./mechanisms";
import { SpfSession, type SpfSpending } from "./session";

/**
 * What a domain says to refused senders, from the `exp=` of its record (RFC 7208 section 6.2). Whatever is wrong with
 * an explanation, it is as if there was none: undefined.
 */
export async function explain(
  session: SpfSession,
  spec: string,
  domain: string,
  receiver: string | undefined,
): Promise<string | undefined> {
  // A session of its own, as an explanation's queries do not count.
  const free = new SpfSession(session.resolver, session.ip, session.sender, session.helo, Infinity);
  const unspent: SpfSpending = { path: `${domain} exp=${spec}`, number: 0, voids: 0 };
  try {
    const name = expandDomain(spec, await macroContext(free, spec, domain, unspent));
    if (!isQueryable(name)) {
      return undefined;
    }
    const { records } = await session.resolver.lookUp(name, "TXT");
    const [text, ...more] = records;
    if (text === undefined || more.length > 0 || !isExplainString(text)) {
      return undefined;
    }
    return expandMacros(text, { ...(await macroContext(free, text, domain, unspent)), receiver });
  } catch {
    return undefined;
  }
}
