import { z } from "zod";
import type { MatrixParameters } from "./matrix";
import { runInNetwork } from "./network-run";
import { ROW, type Row } from "./row";

/** Runs faults on one release, in a network made for it. @throws Error when no server can be booted here */
export async function matrixRows(parameters: MatrixParameters, say: (line: string) => void): Promise<Row[]> {
  const result = await runInNetwork("test/boot/inside.ts", parameters, [parameters.debian], say);
  return z.array(ROW).parse(result);
}
