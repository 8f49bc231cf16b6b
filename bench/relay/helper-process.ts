import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ZodType } from "zod";

/** Where the build puts this folder; what is around this file may be bundled elsewhere. */
const COMPILED = join(process.cwd(), "dist", "bench", "relay");

/** A process of the benchmark's own that does what it is told, one order after the other, and answers each. */
export class HelperProcess<Order extends object, Answer> {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param module a file of this folder, without its extension */
  constructor(
    module: string,
    private readonly answer: ZodType<Answer>,
  ) {
    this.#child = fork(join(COMPILED, `${module}.js`), [], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#ended = once(this.#child, "exit").then(([code]) => {
      throw new Error(`a process of the benchmark ended with ${code}; its messages are above`);
    });
    this.#ended.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws Error when the process has ended; its own words are on stderr */
  ask(order: Order): Promise<Answer> {
    const asked = this.#turn.then(async () => {
      const answered = once(this.#child, "message");
      this.#child.send(order);
      const [answer] = await Promise.race([answered, this.#ended]);
      return this.answer.parse(answer);
    });
    this.#turn = asked.catch(() => {});
    return asked;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill();
      await once(this.#child, "exit");
    }
  }
}
