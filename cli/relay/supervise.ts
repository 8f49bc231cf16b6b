import { EXIT, type ExitCode } from "../exit-code";
import { wrongUsage } from "../problem";
import { count } from "../quantities";
import { type QueueAction, superviseQueue } from "../server/commands";
import { parseQueueIds } from "../server/queue-id";
import type { Surroundings } from "../surroundings";
import { runChecked } from "../transport/run-checked";
import { openSession } from "./session";
import type { TargetFlags } from "./target";

export interface SuperviseFlags extends TargetFlags {
  all?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** How postsuper(1) reports what it did, on standard error; and what follows from it. */
const DONE: Record<QueueAction, { report: RegExp; says: string; after: string }> = {
  hold: {
    report: /Placed on hold: (\d+)/,
    says: "held",
    after: "The relay keeps it until it is released: smarthost relay release",
  },
  release: {
    report: /Released from hold: (\d+)/,
    says: "released",
    after: "The relay tries it at its next turn, or at once with: smarthost relay flush",
  },
  requeue: {
    report: /Requeued: (\d+)/,
    says: "requeued",
    after: "The relay takes it in again within a minute, under another id and its present settings.",
  },
  delete: { report: /Deleted: (\d+)/, says: "deleted", after: "Nobody is told about it." },
};

/** `relay hold`, `release`, `requeue` and `delete`. Ends with 1 where not all messages were there. */
export async function supervise(
  action: QueueAction,
  words: string[],
  flags: SuperviseFlags,
  surroundings: Surroundings,
): Promise<ExitCode> {
  if (words.length > 0 === (flags.all === true)) {
    throw wrongUsage(
      words.length > 0 ? "ids and --all exclude each other" : "no message is named",
      action === "delete" ? "Give queue ids." : "Give queue ids, or --all.",
    );
  }
  const ids = flags.all ? "all" : parseQueueIds(words);
  const { transport, progress } = await openSession(flags, surroundings);
  if (action === "delete" && !(await agreed(words.length, transport.place, flags, surroundings))) {
    surroundings.err.write("Nothing was deleted.\n");
    return EXIT.failed;
  }
  const { report, says, after } = DONE[action];
  const ran = await progress.during(`asking ${transport.place}`, () =>
    runChecked(transport, superviseQueue(action, ids)),
  );
  const number = Number(report.exec(ran.stderr)?.[1] ?? 0);
  const missing = ids === "all" ? 0 : ids.length - number;
  if (flags.json) {
    surroundings.out.write(`${JSON.stringify({ [says]: number, missing })}\n`);
  } else {
    surroundings.out.write(`${count(number, "message")} ${says}.${number > 0 ? ` ${after}` : ""}\n`);
  }
  if (missing > 0) {
    const where = action === "release" ? "on hold" : "in the queue";
    surroundings.err.write(
      `${count(missing, "message")} not found ${where}: delivered in the meantime, or another id.\n` +
        "Next: look at what is there with smarthost relay queue\n",
    );
    return EXIT.failed;
  }
  return EXIT.done;
}

/** Deleting is for ever, so a person is asked, and a script has to say so. */
async function agreed(
  number: number,
  place: string,
  { yes }: SuperviseFlags,
  { confirm }: Surroundings,
): Promise<boolean> {
  if (yes) {
    return true;
  }
  if (confirm === undefined) {
    throw wrongUsage("deleting needs a confirmation, and there is no terminal to ask in", "Add --yes.");
  }
  return await confirm(`Delete ${count(number, "message")} on ${place} for ever?`);
}
