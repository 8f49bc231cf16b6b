import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { z } from "zod";
import { freePort } from "../free-port";
import { pythonWith } from "../python-package";

const VERSION = "5.2.5";

/** A call: service and operation in boto3's spelling, and its arguments. */
export type Call = [service: string, operation: string, input: Record<string, unknown>];

/**
 * A moto server: AWS's APIs in memory, by others. It verifies signatures by botocore's own code and evaluates the policies of
 * roles; with resources as `*` and without conditions, so neither a policy's ARNs nor its conditions are shown by it.
 */
export interface Moto {
  /** TCP port on 127.0.0.1, HTTP. */
  port: number;
  /** Makes calls that nobody checks, one after the other, and answers what they answered. */
  unchecked(calls: Call[]): Promise<unknown[]>;
  /** What it wrote so far: it says there which action it does not have, and answers with 500. */
  log(): string;
  /** From here on, signatures and policies count. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts moto, which is installed once, into a virtual environment in the project's cache, from the Python package index as
 * the machine is set up for it: one to two minutes then.
 */
export async function startMoto(): Promise<Moto> {
  const python = await pythonWith("moto", VERSION, ["server"]);
  const port = await freePort();
  // The scripts in bin/ name the folder in which they were installed, which was another one.
  const program = "import sys; from moto.server import main; main(sys.argv[1:])";
  const server = execa(python, ["-B", "-c", program, "-H", "127.0.0.1", "-p", String(port)], {
    reject: false,
    buffer: false,
  });
  let log = "";
  server.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  let ended = false;
  server.finally(() => {
    ended = true;
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (ended) throw new Error("moto did not start.");
    await sleep(100);
  }
  const setChecks = async (from: string) => {
    const response = await fetch(`${url}/moto-api/reset-auth`, { method: "POST", body: from });
    if (!response.ok) throw new Error(`moto: ${response.status}`);
  };
  return {
    port,
    unchecked: async (calls) => {
      await setChecks("inf");
      const driver = join(__dirname, "moto-driver.py");
      const { stdout } = await execa(python, ["-B", driver, url], {
        input: JSON.stringify(calls),
      });
      return z.array(z.unknown()).parse(JSON.parse(stdout));
    },
    log: () => log,
    check: () => setChecks("0"),
    close: async () => {
      server.kill();
      await server;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/`).then(
    ({ ok }) => ok,
    () => false,
  );
}
