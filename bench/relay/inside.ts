import { z } from "zod";
import { currentNetwork } from "../../sandbox/machine/network";
import { benchmarkInLab } from "./benchmark";
import { openLab } from "./lab";
import { relayOptions } from "./result";

/** What the process inside the network gets as its argument. */
const task = z.object({
  mirrors: z.array(z.tuple([z.string(), z.array(z.string())])),
  options: relayOptions,
});

/** The benchmark as a program inside the network: the result as JSON on stdout, progress on stderr. */
async function inside(): Promise<void> {
  const { mirrors, options } = task.parse(JSON.parse(process.argv[2] ?? "null"));
  const network = currentNetwork();
  if (network === undefined) {
    throw new Error("this runs inside the sandbox's network only");
  }
  const say = (line: string) => console.error(line);
  const lab = await openLab(network, mirrors, say);
  try {
    process.stdout.write(JSON.stringify(await benchmarkInLab(lab, options, say)));
  } finally {
    await lab.close();
  }
}

inside().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
