import type { SpfBudget } from "./budget";
import type { Note } from "./findings";
import { LOOKUP_LIMIT, lookupTerms, type SpfTerm, VOID_LIMIT } from "./terms";

/** From here on a service that adds one include to its record breaks this one. */
const TIGHT = LOOKUP_LIMIT - 2;

/** What the record costs receivers; without a budget, what its own terms cost. */
export function budgetFindings(terms: readonly SpfTerm[], budget: SpfBudget | undefined, note: Note): void {
  const lookups = budget?.lookups ?? lookupTerms(terms).length;
  const spent = `evaluating the record takes ${lookups} lookups of ${LOOKUP_LIMIT} (RFC 7208 section 4.6.4)`;
  const next = "Remove includes of services that no longer send, or give a service a subdomain of its own.";
  if (lookups > LOOKUP_LIMIT) {
    note("error", `${spent}; receivers give up, and mail of senders that stand late in it fails`, next);
  } else if (lookups > TIGHT) {
    note("warning", `${spent}; one more include of a service breaks it`, next);
  }
  if (budget === undefined) {
    return;
  }
  for (const { kind, path, message } of budget.problems) {
    const severity = kind === "unknown" || kind === "too-large" ? "warning" : "error";
    note(severity, `${path}: ${message}`, ADVICE[kind]);
  }
  const { ipv4, ipv6 } = budget.voids;
  if (Math.max(ipv4, ipv6) > VOID_LIMIT) {
    const who =
      ipv4 > VOID_LIMIT ? (ipv6 > VOID_LIMIT ? "every client" : "clients with IPv4") : "clients with IPv6";
    const empty = budget.spendings.filter(({ voids }) => voids.ipv4 + voids.ipv6 > 0).map(({ path }) => path);
    note(
      // Few clients come with IPv6, and hosts without AAAA records are common.
      ipv4 > VOID_LIMIT ? "error" : "warning",
      `${Math.max(ipv4, ipv6)} queries find nothing for ${who}, and receivers give up after ${VOID_LIMIT} (RFC 7208 section 4.6.4): ${empty.join(", ")}`,
      "Remove the terms whose names have no addresses, or name the addresses with ip4: and ip6:.",
    );
  }
}

const ADVICE: Readonly<Record<SpfBudget["problems"][number]["kind"], string>> = {
  missing: "Remove the term, or ask the service for the name of its SPF record.",
  several: "Have all but one of them removed: two are a permanent error.",
  invalid: "Remove the term until the record is mended.",
  loop: "Remove one of the terms that lead in a circle.",
  names: 'Name the hosts that send with "a:" or their addresses.',
  unknown: "Try again; if it stays so, mail gets a temporary error where this term is reached.",
  "too-large": "Include fewer services.",
};
