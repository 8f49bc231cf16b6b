import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to whoever asks for any: from 32,768 on Linux, from 49,152 elsewhere. */
const FIRST = 20_000;
const COUNT = 10_000;

/**
 * A free TCP port of 127.0.0.1, for a program that has to be told its port. It is one that the system gives to nobody by
 * itself: another server of a test that runs at the same time would take it before that program does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(COUNT);
    const probe = createServer();
    try {
      await once(probe.listen(port, "127.0.0.1"), "listening");
      return port;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    } finally {
      await new Promise((resolve) => probe.close(resolve));
    }
  }
}
