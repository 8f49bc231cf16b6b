import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../../sandbox/machine/machine";

/** When the server was powered on: it writes to a console that begins then. Milliseconds since 1970. */
export async function poweredOnAt({ consoleLog }: Machine): Promise<number> {
  return (await stat(consoleLog)).birthtimeMs;
}

/**
 * When the first run of apt that installed Postfix ended, by apt's own history. Milliseconds since 1970.
 *
 * @throws Error with the console's name when that took longer than the limit
 */
export async function installedAt(machine: Machine, limitSeconds: number): Promise<number> {
  const deadline = Date.now() + limitSeconds * 1_000;
  const history = "/var/log/apt/history.log";
  for (;;) {
    const { stdout } = await machine.run(["sh", "-c", `cat ${history} && stat -c %.Y ${history}`]);
    const [, seconds] =
      /^Install: .*\bpostfix\b.*\n(?:.+\n)*End-Date: .*\n+([\d.]+)$/m.exec(String(stdout)) ?? [];
    if (seconds !== undefined) {
      return Number(seconds) * 1_000;
    }
    if (Date.now() > deadline) {
      throw new Error(`The packages were not installed. The server's console: ${machine.consoleLog}`);
    }
    // The file has the time itself: asking seldom leaves the server its processor.
    await sleep(500);
  }
}

/** A step of the setup, and when it began, in seconds from power-on. */
export type Step = [name: string, second: number];

/** The steps that the relay's own units told, and when, in seconds from `start`. */
export async function stepsOf(machine: Machine, start: number): Promise<Step[]> {
  const units = ["smarthost-setup", "smarthost-queue", "smarthost-credential"];
  const { stdout } = await machine.run([
    ...["journalctl", "--no-pager", "-o", "short-unix"],
    ...units.flatMap((unit) => ["-u", unit]),
  ]);
  return String(stdout)
    .split("\n")
    .flatMap((line): Step[] => {
      const [, time, text] = /^(\d+\.\d+) \S+ smarthost-[^:]+: (.+)$/.exec(line) ?? [];
      return time === undefined || text === undefined ? [] : [[text, Number(time) - start / 1_000]];
    });
}
