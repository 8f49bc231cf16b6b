import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { cacheDirectory } from "../../engine/cache";

/** Linux forgets clean pages, directory entries and inodes when 3 is written; see proc_sys_vm(5). */
const DROP_CACHES = "/proc/sys/vm/drop_caches";

/** A process that has ended well. */
export interface Timed {
  /** From spawn to exit. */
  milliseconds: number;
  /** What it wrote to stdout. */
  output: string;
}

/** What a process is run with, besides the variables of this one. */
export interface RunOptions {
  environment: NodeJS.ProcessEnv;
  /** Default: the current one. */
  cwd?: string;
}

/**
 * Runs Node.js in processes of their own, warm or as on a machine that has just started. Node.js is a copy: the system
 * does not drop those pages of an executable that this process uses itself.
 */
export class Runner {
  private constructor(
    private readonly folder: string,
    private readonly enginePath: string,
  ) {}

  /** @param enginePath of the Pulumi CLI */
  static async open(enginePath: string): Promise<Runner> {
    // Not the folder for temporary files, which can be in memory, where nothing is ever cold.
    await mkdir(cacheDirectory(), { recursive: true });
    const folder = await mkdtemp(join(cacheDirectory(), "bench-preview-"));
    const runner = new Runner(folder, enginePath);
    await copyFile(process.execPath, runner.#node);
    return runner;
  }

  /** Takes the copy of Node.js and all that {@link coldStart} made away. */
  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  get #node(): string {
    return join(this.folder, process.platform === "win32" ? "node.exe" : "node");
  }

  /**
   * Forgets everything that the system keeps of files, and makes empty folders for temporary files, where Node.js keeps
   * compiled code, and for the engine's home.
   *
   * @param dropCaches the file by which the system forgets
   * @returns the variables with which a process finds the folders
   */
  async coldStart(dropCaches = DROP_CACHES): Promise<NodeJS.ProcessEnv> {
    const fresh = await mkdtemp(join(this.folder, "cold-"));
    const environment = { TMPDIR: join(fresh, "tmp"), PULUMI_HOME: join(fresh, "home") };
    await Promise.all(Object.values(environment).map((folder) => mkdir(folder)));
    // What is not written yet would stay in memory.
    await promisify(execFile)("sync");
    await writeFile(dropCaches, "3\n");
    return environment;
  }

  /** @throws Error when it does not end with 0; its messages are on stderr */
  async run(args: readonly string[], { environment, cwd }: RunOptions): Promise<Timed> {
    const env = {
      ...process.env,
      // It would win over the folder for temporary files.
      NODE_COMPILE_CACHE: undefined,
      PATH: [this.folder, dirname(this.enginePath), process.env.PATH].join(delimiter),
      ...environment,
    };
    const start = performance.now();
    const child = spawn(this.#node, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
    const output = text(child.stdout);
    const [exitCode] = await once(child, "exit");
    const milliseconds = performance.now() - start;
    if (exitCode !== 0) {
      throw new Error(`${args.join(" ")} ended with ${exitCode}; its messages are above`);
    }
    return { milliseconds, output: await output };
  }
}

/** Whether {@link Runner.coldStart} works here: it needs root on Linux, and not in a container without that right. */
export async function canStartCold(dropCaches = DROP_CACHES): Promise<boolean> {
  return access(dropCaches, constants.W_OK).then(
    () => true,
    () => false,
  );
}
