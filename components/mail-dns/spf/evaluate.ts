import type { DnsResolver } from "../resolver";
import { explain } from "./explanation";
import { matchesAddress, matchesHost, matchesPtr, targetName } from "./mechanisms";
import { describePath, type SpfPath } from "./path";
import { buildTerm, parseSpf } from "./record";
import { clientAddress, identity, type SpfRequest, toAscii } from "./request";
import { isCheckable, SpfError, SpfSession, type SpfSpending } from "./session";
import { modifierValue, type SpfDirective, type SpfQualifier, type SpfTerm } from "./terms";

export type { SpfRequest } from "./request";

/** The results of RFC 7208 section 2.6. */
export type SpfResult = "none" | "neutral" | "pass" | "fail" | "softfail" | "temperror" | "permerror";

/** What check_host() answers, and what it cost. */
export interface SpfCheck {
  result: SpfResult;
  /** Why the result is none, temperror or permerror. */
  reason?: string;
  /** The directive that decided, with its path; left out when none did. */
  matched?: string;
  /** What the domain says to refused senders (RFC 7208 section 6.2); set for fail only, where there is one. */
  explanation?: string;
  /** Terms that spent a lookup, at most 10; the eleventh makes a permerror and is counted too. */
  lookups: number;
  /** Queries that found nothing, at most 2; the third makes a permerror and is counted too. */
  voids: number;
  /** Every term that spent a lookup, in the order of the evaluation. */
  spendings: SpfSpending[];
}

interface Outcome {
  result: SpfResult;
  reason?: string;
  matched?: string;
  /** The domain-spec of `exp=`, and the domain whose record has it. */
  exp?: { spec: string; domain: string };
}

const RESULTS: Readonly<Record<SpfQualifier, SpfResult>> = {
  "+": "pass",
  "-": "fail",
  "?": "neutral",
  "~": "softfail",
};

/**
 * Evaluates SPF as a receiver does: check_host() of RFC 7208 section 4, with its limits of 10 lookups, 2 void
 * lookups and 10 names of an `mx` or `ptr`. DNS errors are the result temperror, never an exception.
 *
 * @throws RangeError when `ip` is no IP address
 */
export async function checkHost(request: SpfRequest, resolver: DnsResolver): Promise<SpfCheck> {
  const session = new SpfSession(resolver, clientAddress(request.ip), ...identity(request));
  const domain = toAscii(request.domain ?? session.sender.slice(session.sender.lastIndexOf("@") + 1));
  const outcome = await outcomeOf(session, domain, request.record);
  const explanation =
    outcome.result === "fail" && outcome.exp
      ? await explain(session, outcome.exp.spec, outcome.exp.domain, request.receiver)
      : undefined;
  return {
    result: outcome.result,
    ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome.matched === undefined ? {} : { matched: outcome.matched }),
    ...(explanation === undefined ? {} : { explanation }),
    lookups: session.spendings.length,
    voids: session.voids,
    spendings: session.spendings,
  };
}

async function outcomeOf(session: SpfSession, domain: string, record?: string): Promise<Outcome> {
  try {
    return await evaluateDomain(session, domain, [domain], record);
  } catch (error) {
    if (error instanceof SpfError) {
      return { result: error.result, reason: error.message };
    }
    throw error;
  }
}

/** `path`: the domain, then the terms that led here. */
async function evaluateDomain(
  session: SpfSession,
  domain: string,
  path: SpfPath,
  given?: string,
): Promise<Outcome> {
  const text = given ?? (await session.recordOf(domain, describePath(path)));
  if (text === undefined) {
    const why = isCheckable(domain) ? "has no SPF record" : "is no domain name that can have an SPF record";
    return { result: "none", reason: `${domain} ${why}` };
  }
  const terms = read(text, path);
  for (const term of terms) {
    if (!("modifier" in term) && (await matches(session, term, domain, path))) {
      const spec = modifierValue(terms, "exp");
      return {
        result: RESULTS[term.qualifier],
        matched: describePath([...path, buildTerm(term)]),
        ...(spec === undefined ? {} : { exp: { spec, domain } }),
      };
    }
  }
  const redirect = modifierValue(terms, "redirect");
  if (redirect === undefined) {
    return { result: "neutral" };
  }
  return followRedirect(session, redirect, domain, [...path, `redirect=${redirect}`]);
}

function read(text: string, path: SpfPath): SpfTerm[] {
  try {
    return parseSpf(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new SpfError("permerror", `${describePath(path)}: ${error.message}`);
    }
    throw error;
  }
}

/** RFC 7208 section 6.1: the other record decides, and a missing one is an error. */
async function followRedirect(
  session: SpfSession,
  spec: string,
  domain: string,
  path: SpfPath,
): Promise<Outcome> {
  const spending = session.spend(describePath(path));
  const target = await targetName(session, spec, domain, spending);
  const outcome = await evaluateDomain(session, target, path);
  if (outcome.result === "none") {
    throw new SpfError("permerror", `${spending.path}: ${outcome.reason}`);
  }
  return outcome;
}

async function matches(
  session: SpfSession,
  directive: SpfDirective,
  domain: string,
  path: SpfPath,
): Promise<boolean> {
  switch (directive.mechanism) {
    case "all":
      return true;
    case "ip4":
    case "ip6":
      return matchesAddress(directive, session.ip);
  }
  const ownPath: SpfPath = [...path, buildTerm(directive)];
  const spending = session.spend(describePath(ownPath));
  const target = await targetName(session, directive.domain, domain, spending);
  switch (directive.mechanism) {
    case "include":
      return includes(session, target, ownPath);
    case "exists":
      return (await session.ask(target, "A", spending)).length > 0;
    case "ptr":
      return matchesPtr(session, target, spending);
    case "a":
    case "mx":
      return matchesHost(session, directive, target, spending);
  }
}

/** RFC 7208 section 5.2: only a pass matches; errors are passed on, and a missing record is one. */
async function includes(session: SpfSession, target: string, path: SpfPath): Promise<boolean> {
  const outcome = await evaluateDomain(session, target, path);
  if (outcome.result === "none") {
    throw new SpfError("permerror", `${describePath(path)}: ${outcome.reason}`);
  }
  return outcome.result === "pass";
}
