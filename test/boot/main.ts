import { Command, InvalidArgumentError } from "commander";
import { FAULTS, faultsNamed } from "./faults";
import { pentestReport } from "./pentest/report";
import { runPentest } from "./pentest/run-pentest";
import { report } from "./report";
import type { Row } from "./row";
import { matrixRows } from "./run-matrix";

interface Flags {
  debian: (12 | 13)[];
  fault: string[];
  pentest?: boolean;
  list?: boolean;
  json?: boolean;
}

const program = new Command("npm run test:boot --")
  .description(
    "Boots relays from their user data, brings faults about, and balances every message that went in. Exits with 1 when one fails.",
  )
  .option("--debian <release>", "12 or 13; may be repeated (default both)", releases, [])
  .option("--fault <name>", "only this fault; may be repeated (default all)", gathered, [])
  .option("--pentest", "attack the relays in place of the faults, and print what each attack met")
  .option("--list", "list the faults and end")
  .option("--json", "print the rows as one JSON array; progress goes to stderr in any case")
  .action(async ({ debian, fault, pentest, list, json }: Flags) => {
    if (list) {
      for (const { name, title } of FAULTS) console.log(`${name.padEnd(26)} ${title}`);
      return;
    }
    if (pentest) return attack(debian, json ?? false);
    const names = fault.length === 0 ? FAULTS.map(({ name }) => name) : fault;
    // An unknown name is told before servers are booted.
    faultsNamed(names);
    const rows: Row[] = [];
    for (const release of debian.length === 0 ? ([12, 13] as const) : new Set(debian)) {
      rows.push(...(await matrixRows({ debian: release, faults: names }, (line) => console.error(line))));
    }
    console.log(json ? JSON.stringify(rows) : report(rows));
    if (rows.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
  });

async function attack(debian: (12 | 13)[], json: boolean): Promise<void> {
  for (const release of debian.length === 0 ? ([12, 13] as const) : new Set(debian)) {
    const findings = await runPentest(release, (line) => console.error(line));
    console.log(json ? JSON.stringify(findings) : `Debian ${release}\n${pentestReport(findings)}`);
    if (findings.some(({ held }) => !held)) process.exitCode = 1;
  }
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

function releases(text: string, before: (12 | 13)[]): (12 | 13)[] {
  if (text === "12") return [...before, 12];
  if (text === "13") return [...before, 13];
  throw new InvalidArgumentError("must be 12 or 13");
}

function gathered(text: string, before: string[]): string[] {
  return [...before, text];
}
