import { PassThrough } from "node:stream";
import type { TextStream } from "../../cli/text-stream";

/** A stream that is no terminal, as in a pipe; with `columns`, a terminal of that width. */
export function textSink(columns?: number): TextStream {
  return Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
}
