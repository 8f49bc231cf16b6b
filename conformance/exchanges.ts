import type { Exchange } from "../sandbox/sendgrid";
import type { Contradiction } from "./contradictions";
import type { Finding, Specification } from "./openapi";
import type { Violation } from "./violation";

/** What a check of recorded exchanges looked at and found. */
export interface ExchangeReport {
  /** Calls of each operation, and how many of them were refused (4xx, 5xx). */
  operations: { operation: string; calls: number; refused: number }[];
  /** The allowed contradictions, with the number of exchanges in which they were found. */
  allowed: { what: string; evidence: string; exchanges: number }[];
  violations: Violation[];
}

/** Checks recorded exchanges against the specification; answers of injected faults are nobody's and are left out. */
export function checkExchanges(
  exchanges: readonly Exchange[],
  specification: Specification,
  contradictions: readonly Contradiction[],
): ExchangeReport {
  const operations = new Map<string, { calls: number; refused: number }>();
  const allowed = new Map<Contradiction, number>(contradictions.map((each) => [each, 0]));
  const violations = new Map<string, Violation>();
  for (const exchange of exchanges.filter(({ injected }) => !injected)) {
    const name = specification.nameOf(exchange) ?? `${exchange.method} ${exchange.path}`;
    const { calls, refused } = operations.get(name) ?? { calls: 0, refused: 0 };
    operations.set(name, { calls: calls + 1, refused: refused + (exchange.status >= 400 ? 1 : 0) });

    const covering = new Set<Contradiction>();
    for (const finding of specification.check(exchange)) {
      const contradiction = contradictions.find((each) => each.covers(finding));
      if (contradiction !== undefined) covering.add(contradiction);
      else violations.set(JSON.stringify(finding), asViolation(finding));
    }
    for (const contradiction of covering) allowed.set(contradiction, (allowed.get(contradiction) ?? 0) + 1);
  }
  return {
    operations: [...operations]
      .map(([operation, counts]) => ({ operation, ...counts }))
      .toSorted((a, b) => a.operation.localeCompare(b.operation)),
    allowed: [...allowed].map(([{ what, evidence }, count]) => ({ what, evidence, exchanges: count })),
    violations: [...violations.values()],
  };
}

function asViolation({ operation, part, status, path, code, message }: Finding): Violation {
  const where = [`${operation} (${status})`, part, path].filter((each) => each !== "").join(" ");
  return { where, expected: "what the specification says", got: `${code}: ${message}` };
}
