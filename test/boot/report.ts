import Table from "cli-table3";
import type { Row } from "./row";

const COLUMNS = ["in", "kept", "delivered", "queued", "returned", "lost", "duplicated", "allowed"];

/** The table of all rows, with a line below it for each thing that is wrong. */
export function report(rows: readonly Row[]): string {
  const table = new Table({
    head: ["Debian", "fault", ...COLUMNS, "verdict"],
    style: { head: [], border: [] },
    colAligns: ["right", "left", ...COLUMNS.map(() => "right" as const), "left"],
  });
  for (const row of rows) {
    const { debian, fault, accepted, kept, delivered, queued, returned, lost, duplicated, allowed } = row;
    const numbers = [accepted, kept, delivered, queued, returned, lost, duplicated, allowed];
    table.push([debian, fault, ...numbers, row.faults.length === 0 ? "passed" : "FAILED"]);
  }
  const wrong = rows.flatMap(({ debian, fault, faults }) =>
    faults.map((text) => `Debian ${debian}, ${fault}: ${text}`),
  );
  return [table.toString(), ...wrong, LEGEND].join("\n");
}

const LEGEND =
  "in: accepted with 250, a message once for each recipient; kept: the most that waited while the fault was there; " +
  "returned: given up with a notice to the operator; duplicated: more often than SMTP allows; allowed: further copies " +
  "after a connection that broke between the final dot and its answer.";
