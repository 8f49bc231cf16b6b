import type { ServerCommand } from "./command";

/** What {@link superviseQueue} does with messages: postsuper(1). */
export type QueueAction = "hold" | "release" | "requeue" | "delete";

const FLAG: Record<QueueAction, string> = { hold: "-h", release: "-H", requeue: "-r", delete: "-d" };

/** The whole queue, one JSON object a line: postqueue(1), "JSON OBJECT FORMAT". */
export function listQueue(): ServerCommand {
  return { program: "postqueue", args: ["-j"] };
}

/** Tries all deferred mail now, or the given messages. @param ids validated queue ids; none means all */
export function flushQueue(ids: readonly string[]): ServerCommand {
  return ids.length === 0
    ? { program: "postqueue", args: ["-f"] }
    : { program: "postqueue", args: ["-i"], each: ids };
}

/** Holds, releases, requeues or deletes messages. @param ids validated queue ids, or all messages */
export function superviseQueue(action: QueueAction, ids: readonly string[] | "all"): ServerCommand {
  const flag = FLAG[action];
  return ids === "all"
    ? { program: "postsuper", args: [flag, "ALL"] }
    : { program: "postsuper", args: [flag, "-"], input: ids.map((id) => `${id}\n`).join("") };
}

/** Hands a message in on the server: sendmail(1). @param from, to addresses of letters, digits and `.+-_` only */
export function submit({ from, to }: { from: string; to: string }, raw: string): ServerCommand {
  return { program: "sendmail", args: ["-i", "-f", from, "--", to], input: raw };
}

/**
 * Postfix's log lines of the last quarter of an hour with this word in them, one JSON object a line: journalctl(1).
 *
 * @param word letters, digits and hyphens: a queue id or a part of a Message-ID
 */
export function mailLog(word: string): ServerCommand {
  return {
    program: "journalctl",
    args: [
      // The syslog facility `mail`, whatever name a transport has in the log (syslog_name).
      "SYSLOG_FACILITY=2",
      ...["--since=-15min", "--no-pager", "--quiet", "--output=json"],
      `--grep=${word}`,
      "--case-sensitive=true",
    ],
  };
}

/** What systemd knows of the unit that fetches the smart host's password, one `Property=value` a line: systemctl(1). */
export function credentialStatus(): ServerCommand {
  const properties = "--property=LoadState,ActiveState,SubState,Result";
  return { program: "systemctl", args: ["show", properties, "smarthost-credential.service"] };
}
