import type { TextStream } from "./text-stream";

/** After this long without an answer, the user is told what is waited for, in milliseconds. */
const PATIENCE = 2_000;
/** How often a terminal's line is written again, and a line is added elsewhere. */
const REFRESH = { terminal: 500, elsewhere: 15_000 };

/** Says on standard error what a command waits for, once that takes longer than two seconds. */
export class Progress {
  #text = "";
  #shown = false;

  constructor(private readonly err: TextStream) {}

  /** What is waited for from now on. */
  readonly set = (text: string): void => {
    this.#text = text;
  };

  /** Does the work, and says meanwhile that it goes on. */
  async during<T>(text: string, work: () => Promise<T>): Promise<T> {
    this.set(text);
    const start = Date.now();
    const every = this.err.isTTY === true ? REFRESH.terminal : REFRESH.elsewhere;
    let ticks: NodeJS.Timeout | undefined;
    const show = () => this.#show(Math.round((Date.now() - start) / 1_000));
    const first = setTimeout(() => {
      show();
      ticks = setInterval(show, every);
    }, PATIENCE);
    try {
      return await work();
    } finally {
      clearTimeout(first);
      clearInterval(ticks);
      this.#clear();
    }
  }

  #show(seconds: number): void {
    const line = `${this.#text} … ${seconds} s`;
    this.err.write(this.err.isTTY === true ? `\r\u001b[K${line}` : `${line}\n`);
    this.#shown = true;
  }

  #clear(): void {
    if (this.#shown && this.err.isTTY === true) {
      this.err.write("\r\u001b[K");
    }
    this.#shown = false;
  }
}
