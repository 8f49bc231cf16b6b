import { findEngine } from "../engine/find-engine";

/** Brings the Pulumi CLI before the first test: on a fresh machine that takes minutes, which no test's limit has. */
export async function setup(): Promise<void> {
  await findEngine({ onProgress: (line) => console.error(line) });
}
