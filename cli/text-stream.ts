/** Where text goes: standard output or error, or a stream of a test's. */
export interface TextStream extends NodeJS.WritableStream {
  isTTY?: boolean;
  /** The terminal's width. */
  columns?: number;
}
