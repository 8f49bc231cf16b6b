import { styleText } from "node:util";
import { plainText } from "../plain-text";
import type { TextStream } from "../text-stream";
import type { Followed } from "./follow";
import type { TestMessage } from "./message";

/** What became of the test message. `accepted`: the relay has it, and nobody looked further. */
export type Outcome = "delivered" | "accepted" | "waiting" | "refused";

/** What a message came to, from where it was followed to. Only `bounced` and `expired` are final failures. */
export function outcomeOf(
  { delivery, answer }: Followed & { answer?: string },
  isFollowed: boolean,
): Outcome {
  if (!isFollowed) {
    return answer === undefined ? "waiting" : "accepted";
  }
  switch (delivery?.status) {
    case "sent":
      return "delivered";
    case "bounced":
    case "expired":
      return "refused";
    default:
      return "waiting";
  }
}

const HEADLINE: Record<Outcome, [colour: "green" | "yellow" | "red", text: string]> = {
  delivered: ["green", "The smart host took the message."],
  accepted: ["green", "The relay took the message."],
  waiting: ["yellow", "The message was not delivered yet; it waits on the relay."],
  refused: ["red", "The smart host refused the message for good."],
};

const NEXT: Record<Outcome, (id: string | undefined) => string> = {
  delivered: () =>
    "Look for it at the recipient's; a smart host can still drop what it took: see its activity.",
  accepted: () => "Add --stack, --instance, --ssh or --local to follow it to the smart host.",
  waiting: (id) =>
    id === undefined
      ? "The relay's log does not have it yet. Look with: sudo journalctl -t postfix/cleanup"
      : `See why with: smarthost relay queue --id ${id}`,
  refused: () => "The answer above is the smart host's; docs/relay.md has the most frequent ones.",
};

/** The outcome for a person, with the smart host's answer. @param wait seconds that it was followed for */
export function renderOutcome(
  outcome: Outcome,
  { from, to, messageId }: TestMessage,
  { id, delivery, answer }: Followed & { answer?: string },
  { out, wait }: { out: TextStream; wait: number },
): string {
  const [colour, headline] = HEADLINE[outcome];
  const fields: [name: string, value: string | undefined][] = [
    ["From", from],
    ["To", to],
    ["Message-ID", messageId],
    ["Relay", answer],
    ["Queue ID", id],
    ["Smart host", delivery?.relay],
    ["Status", delivery && `${delivery.status} (${delivery.dsn}) after ${delivery.delay} s`],
    ["Answer", delivery?.answer],
  ];
  const shown = fields.filter((field): field is [string, string] => field[1] !== undefined);
  const unanswered = outcome === "waiting" && delivery === undefined ? [`No delivery within ${wait} s.`] : [];
  return [
    styleText(colour, headline, { stream: out }),
    ...shown.map(([name, value]) => `  ${`${name}:`.padEnd(12)} ${plainText(value)}`),
    ...unanswered,
    `Next: ${NEXT[outcome](id)}`,
  ].join("\n");
}
