import { readFile } from "node:fs/promises";

/** Lines of the console that tell a person how far a boot is. */
const PROGRESS: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/Cloud-init v\. \S+ running '([\w:-]+)'/, ([, stage]) => `cloud-init: ${stage}`],
  [/smarthost-(?:setup|queue)\[\d+\]: (.+)$/, ([, text = ""]) => text],
];

/** A reader of a server's console. */
export interface ConsoleReader {
  /** The progress since the last call. */
  progress(): Promise<string[]>;
  /** The last lines as they are. */
  tail(count: number): Promise<string>;
}

/** Follows a console's log file; control sequences for terminals are taken out. */
export function readConsole(file: string): ConsoleReader {
  let seen = 0;
  const lines = async () => {
    const text = await readFile(file, "utf8").catch(() => "");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' sequences begin with ESC.
    return text.replace(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, "").split("\n");
  };
  return {
    async progress() {
      // The last line may not be complete yet.
      const complete = (await lines()).slice(0, -1);
      const fresh = complete.slice(seen);
      seen = complete.length;
      return fresh.flatMap((line) => {
        for (const [pattern, describe] of PROGRESS) {
          const match = pattern.exec(line);
          if (match !== null) {
            return [describe(match)];
          }
        }
        return [];
      });
    },
    async tail(count) {
      return (await lines())
        .filter((line) => line.trim() !== "")
        .slice(-count)
        .join("\n");
    },
  };
}
