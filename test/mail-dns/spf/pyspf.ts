import { join } from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { type Unpacked, unpackedPackages } from "../debian-packages";
import type { GeneratedCase } from "./generated-zones";

const Result = z.object({ result: z.string(), message: z.string(), lookups: z.int(), voids: z.int() });

export type PyspfResult = z.infer<typeof Result>;

/** pyspf, with the test suite in its documentation, and the DNS library that it loads. */
export function pyspfFiles(): Promise<Unpacked> {
  return unpackedPackages("pyspf", ["python3-spf", "python3-dns"], false);
}

/** What pyspf says to each case, with its default explanation as `DEFAULT`. */
export async function pyspf(cases: readonly GeneratedCase[]): Promise<PyspfResult[]> {
  const { root } = await pyspfFiles();
  const { stdout } = await execa("python3", [join(__dirname, "pyspf-driver.py")], {
    input: JSON.stringify(cases),
    env: { PYTHONPATH: join(root, "usr/lib/python3/dist-packages"), PYTHONDONTWRITEBYTECODE: "1" },
  });
  return z.array(Result).length(cases.length).parse(JSON.parse(stdout));
}
