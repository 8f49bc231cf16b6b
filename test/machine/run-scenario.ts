import { relayScenario } from "./relay-scenario";

/** The scenario as a program, for `nsenter`: facts as JSON on stdout, progress on stderr. */
async function main(): Promise<void> {
  const { debian, mirrors } = JSON.parse(process.argv[2] ?? "{}");
  const facts = await relayScenario(debian, mirrors, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(JSON.stringify(facts));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
