/** The programs that are run on a relay, and where Debian has them: a login over SSH has no /usr/sbin in its PATH. */
const PROGRAMS = {
  postqueue: "/usr/sbin/postqueue",
  postsuper: "/usr/sbin/postsuper",
  sendmail: "/usr/sbin/sendmail",
  journalctl: "/usr/bin/journalctl",
  systemctl: "/usr/bin/systemctl",
} as const;

export type ServerProgram = keyof typeof PROGRAMS;

/** A command for the relay: one of a few programs, words that no shell gives a meaning to, and input. */
export interface ServerCommand {
  program: ServerProgram;
  args: readonly string[];
  /** What the program reads from standard input; any text. */
  input?: string;
  /** Runs the program once for each of these words, which is added as last argument. Excludes `input`. */
  each?: readonly string[];
}

/** Finds a program on the server; {@link onDebian} unless Postfix is somewhere else, as in tests. */
export type Locate = (program: ServerProgram) => string;

export const onDebian: Locate = (program) => PROGRAMS[program];

/** Characters without a meaning to a POSIX shell (POSIX, "Shell Command Language", 2.2 Quoting). */
const SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * The command as program and arguments.
 *
 * @throws Error for a word that a shell could give a meaning to; callers validate what comes from users, so this is a
 * fault of the code, and the last line of defence
 */
export function argumentsOf(command: ServerCommand, locate: Locate): { words: string[]; input: string } {
  const { program, args, each } = command;
  const own = [locate(program), ...args];
  const words = each === undefined ? own : ["/usr/bin/xargs", "-n", "1", ...own];
  const wrong = [...words, ...(each ?? [])].filter((word) => !SAFE_WORD.test(word));
  if (wrong.length > 0) {
    throw new Error(`not sent to the server, because a shell could read it otherwise: ${wrong.join(" ")}`);
  }
  return {
    words,
    input: each === undefined ? (command.input ?? "") : each.map((word) => `${word}\n`).join(""),
  };
}

/** The command as a line for a POSIX shell, for where there is no standard input: the input is part of the line. */
export function shellLine(command: ServerCommand, locate: Locate): string {
  const { words, input } = argumentsOf(command, locate);
  const line = words.join(" ");
  return input === ""
    ? `${line} </dev/null`
    : `printf %s ${Buffer.from(input).toString("base64")} | base64 -d | ${line}`;
}
