import { readdirSync, readFileSync } from "node:fs";
import type { ProcessorUse } from "./processor-use";

/** Ticks of a second in /proc; the same on every Linux that Node.js runs on. */
const TICKS = 100;
const EVERY_MS = 500;

interface Whose {
  /** Process id of the server's first process. */
  server: number;
  /** The benchmark's own processes, by id. */
  own: Readonly<Record<number, string>>;
}

/**
 * Watches who uses the processors, through /proc, twice a second: of each process the last moments are not counted, and
 * what ends between two looks not at all. The server's processes are read from its own /proc, which has no others: the
 * watch has to cost little.
 */
export class ProcessorWatch {
  readonly #start = performance.now();
  readonly #total = totalTicks();
  /** By process id and start time: ticks at the first look, and at the last. */
  readonly #seen = new Map<string, { name: string; first: number; last: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly whose: Whose) {
    this.#look(true);
    this.#timer = setInterval(() => this.#look(false), EVERY_MS);
  }

  stop(): ProcessorUse {
    clearInterval(this.#timer);
    this.#look(false);
    const byProgram: Record<string, number> = {};
    for (const { name, first, last } of this.#seen.values()) {
      byProgram[name] = (byProgram[name] ?? 0) + (last - first) / TICKS;
    }
    const now = totalTicks();
    const all = now.all - this.#total.all;
    return {
      seconds: (performance.now() - this.#start) / 1000,
      processors: now.processors,
      byProgram,
      idle: (now.idle - this.#total.idle) / all,
      waitingForDisk: (now.waiting - this.#total.waiting) / all,
    };
  }

  /** @param atStart whether the time that was used before belongs to what came before */
  #look(atStart: boolean): void {
    const guest = `/proc/${this.whose.server}/root/proc`;
    for (const pid of readdirSync(guest).filter((name) => /^\d+$/.test(name))) {
      this.#lookAt(`${guest}/${pid}`, undefined, atStart);
    }
    for (const [pid, name] of Object.entries(this.whose.own)) {
      this.#lookAt(`/proc/${pid}`, name, atStart);
    }
  }

  #lookAt(folder: string, own: string | undefined, atStart: boolean): void {
    let text: string;
    try {
      text = readFileSync(`${folder}/stat`, "latin1");
    } catch {
      // It ended since the folder was read.
      return;
    }
    // proc_pid_stat(5): the name is in parentheses; utime and stime are fields 14 and 15, starttime is 22.
    const end = text.lastIndexOf(")");
    const fields = text.slice(end + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    const key = `${folder} ${fields[19]}`;
    const known = this.#seen.get(key);
    if (known === undefined) {
      const name = own ?? text.slice(text.indexOf("(") + 1, end);
      this.#seen.set(key, { name, first: atStart ? ticks : 0, last: ticks });
    } else {
      known.last = ticks;
    }
  }
}

function totalTicks() {
  const text = readFileSync("/proc/stat", "latin1");
  const fields = (/^cpu +(.*)$/m.exec(text)?.[1] ?? "").split(" ").map(Number);
  const [, , , idle = 0, waiting = 0] = fields;
  // Guest time, in the last two fields, is in user and nice already (proc_stat(5)).
  const all = fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  return { all, idle, waiting, processors: text.match(/^cpu\d/gm)?.length ?? 1 };
}
