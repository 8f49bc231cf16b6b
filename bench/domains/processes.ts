import { readdir, readFile } from "node:fs/promises";

/** What the processes of a run are for. */
export type Part = "program" | "engine" | "plugin";

/** What the processes of a run have used so far. */
export interface Usage {
  /** Processor time in milliseconds, by part. */
  cpuMs: Record<Part, number>;
  /** Most resident memory of the SendGrid plug-in, in bytes. */
  pluginPeakBytes: number;
}

/** Ticks of a second in /proc; the same on every Linux that Node runs on. */
const TICKS = 100;
const EVERY_MS = 200;

interface Seen {
  part: Part;
  cpuMs: number;
  peakBytes: number;
}

/**
 * Watches a process that runs the program, and all that descend from it, through Linux's /proc. Processes are looked
 * at five times a second: of each, the last moments are not counted.
 */
export class ProcessWatch {
  readonly #seen = new Map<number, Seen>();
  #looking: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  /** @param root the process that runs the program */
  constructor(private readonly root: number) {
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async usage(): Promise<Usage> {
    await this.#looking;
    await this.#look();
    const all = [...this.#seen.values()];
    const cpuOf = (part: Part) =>
      all.filter((each) => each.part === part).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    return {
      cpuMs: { program: cpuOf("program"), engine: cpuOf("engine"), plugin: cpuOf("plugin") },
      pluginPeakBytes: Math.max(0, ...all.map(({ peakBytes }) => peakBytes)),
    };
  }

  async #look(): Promise<void> {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
    const stats = await Promise.all(pids.map(statOf));
    const running = stats.filter((stat) => stat !== undefined);
    const ours = new Set([this.root]);
    // A child can have a smaller number than its parent, so that one pass is not enough.
    for (let before = 0; before < ours.size; ) {
      before = ours.size;
      for (const { pid, parent } of running) if (ours.has(parent)) ours.add(pid);
    }
    await Promise.all(running.filter(({ pid }) => ours.has(pid)).map((stat) => this.#note(stat)));
  }

  async #note({ pid, cpuMs }: Stat): Promise<void> {
    const known = this.#seen.get(pid);
    const part = pid === this.root ? "program" : await partOf(pid);
    const peakBytes = part === "plugin" ? await peakOf(pid) : 0;
    // A process that begins is its parent's copy for a moment, and one that ends has no command line.
    this.#seen.set(pid, {
      part: part === "engine" ? (known?.part ?? part) : part,
      cpuMs: Math.max(cpuMs, known?.cpuMs ?? 0),
      peakBytes: Math.max(peakBytes, known?.peakBytes ?? 0),
    });
  }
}

interface Stat {
  pid: number;
  parent: number;
  cpuMs: number;
}

/** Undefined for a process that has ended. The fields are in proc(5); the second, in brackets, can hold anything. */
async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields === undefined) return undefined;
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { pid, parent: Number(fields[1]), cpuMs: (ticks / TICKS) * 1000 };
}

async function partOf(pid: number): Promise<Part> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes("pulumi-resource-sendgrid") ? "plugin" : "engine";
}

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
