import Table from "cli-table3";
import type { ConformanceReport } from "./conformance";
import type { Violation } from "./violation";

/** Every violation of a report. */
export function violationsOf({ substitutes, stack, sendgrid }: ConformanceReport): Violation[] {
  return [...substitutes, stack, sendgrid].flatMap(({ violations }) => violations);
}

/** The report as a person reads it. */
export function print(report: ConformanceReport): string {
  const { substitutes, stack, sendgrid } = report;
  const compared = table(["substitute for", "version", "resources", "functions", "properties", "violations"]);
  for (const { package: name, version, resources, functions, properties, violations } of substitutes)
    compared.push([name, version, resources, functions, properties, violations.length]);
  const operations = table(["SendGrid operation", "calls", "of them refused"]);
  for (const { operation, calls, refused } of sendgrid.operations)
    operations.push([operation, calls, refused]);
  const violations = violationsOf(report);
  return [
    compared.toString(),
    ...substitutes
      .flatMap(({ withoutReplaceRules }) => withoutReplaceRules)
      .map((token) => `Not compared, because the schema file lacks them: what replaces ${token}.`),
    `The stack of a new account: ${stack.resources} resources with ${stack.inputs} inputs, ${stack.violations.length} violations.`,
    operations.toString(),
    `Requests and answers against the OpenAPI files: ${sendgrid.violations.length} violations. Allowed contradictions:`,
    ...sendgrid.allowed.map(
      ({ what, evidence, exchanges }) => `  - ${exchanges} exchanges: ${what}.\n    ${evidence}`,
    ),
    `${violations.length} violations`,
    ...violations.map(
      ({ where, expected, got }) => `  - ${where}\n      expected: ${expected}\n      got: ${got}`,
    ),
  ].join("\n");
}

function table(head: string[]) {
  return new Table({ head, style: { head: [], border: [] } });
}
