import { join } from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { unpackedPackage } from "./debian-package";
import type { GeneratedCase } from "./generated-zones";

const Result = z.object({ result: z.string(), message: z.string(), lookups: z.int(), voids: z.int() });

export type PyspfResult = z.infer<typeof Result>;

/** What pyspf says to each case, with its default explanation as `DEFAULT`. */
export async function pyspf(cases: readonly GeneratedCase[]): Promise<PyspfResult[]> {
  const packages = await Promise.all(["python3-spf", "python3-dns"].map(unpackedPackage));
  const path = packages.map((root) => join(root, "usr/lib/python3/dist-packages")).join(":");
  const { stdout } = await execa("python3", [join(__dirname, "pyspf-driver.py")], {
    input: JSON.stringify(cases),
    env: { PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return z.array(Result).length(cases.length).parse(JSON.parse(stdout));
}
