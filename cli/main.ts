#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { run } from "./run";

// A reader that has seen enough, such as head(1), is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    throw error;
  }
  process.exit();
});

const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;

run(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  ...(canAsk && { confirm }),
}).then((code) => {
  process.exitCode = code;
});

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
