import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { pythonWith } from "../../python-package";

const VERSION = "6.0.4";

const result = z.union([
  z.object({ error: z.string() }),
  z.object({
    tags: z.record(
      z.string(),
      z.union([z.string(), z.array(z.object({ scheme: z.string(), address: z.string() }))]),
    ),
  }),
]);

/** What checkdmarc says of a text: the class of its error, or the tags with their defaults filled in. */
export type CheckdmarcResult = z.infer<typeof result>;

/**
 * Parses each text with checkdmarc, a validator of DMARC records in Python. It is installed once, into a
 * virtual environment in the project's cache, from the Python package index as the machine is set up for it.
 */
export async function checkdmarc(texts: readonly string[]): Promise<CheckdmarcResult[]> {
  const python = await pythonWith("checkdmarc", VERSION);
  const driver = join(__dirname, "checkdmarc-driver.py");
  // -B: no __pycache__ beside the driver.
  const { stdout } = await execa(python, ["-B", driver], {
    input: JSON.stringify(texts),
    timeout: 110_000,
  });
  return z.array(result).parse(JSON.parse(stdout));
}
