import { expect, test } from "vitest";
import { parseQueue, parseReasons, queuedItems } from "./queue";

/** As postcat -eh of Postfix 3.10 prints it, two files of one batch, the second with one recipient done. */
const PRINTED = `*** ENVELOPE RECORDS deferred/A/A1B2C ***
message_size:             446             182               1               0             446
message_arrival_time: Tue Nov 24 16:00:00 2026
sender: app@example.com
original_recipient: someone@example.net
recipient: someone@example.net
*** HEADER EXTRACTED deferred/A/A1B2C ***
*** MESSAGE FILE END deferred/A/A1B2C ***
regular_text: Message-ID: <1.outage@boot.example.com>
Message-ID: <1.outage@boot.example.com>
*** ENVELOPE RECORDS active/D3E4F ***
sender: app@example.com
done_recipient: one@example.net
recipient: two@example.net
Message-ID: <2.outage@boot.example.com>
`;

test("a message in the queue is its file, its Message-ID and the recipients that have not got it", () => {
  expect(parseQueue(PRINTED)).toEqual([
    { file: "deferred/A/A1B2C", id: "<1.outage@boot.example.com>", to: ["someone@example.net"] },
    { file: "active/D3E4F", id: "<2.outage@boot.example.com>", to: ["two@example.net"] },
  ]);
});

test("a message that is printed twice, because it moved, counts once", () => {
  const moved = PRINTED.replaceAll("deferred/A/A1B2C", "active/A1B2C");
  expect(queuedItems(parseQueue(PRINTED + moved))).toEqual([
    "<1.outage@boot.example.com> someone@example.net",
    "<2.outage@boot.example.com> two@example.net",
  ]);
});

test("an empty queue has no messages and no reasons", () => {
  expect(parseQueue("")).toEqual([]);
  expect(parseReasons("")).toEqual([]);
});

test("reasons for delay are told once each", () => {
  const line = (reason?: string) =>
    JSON.stringify({
      queue_id: "A",
      recipients: [{ address: "a@b", ...(reason && { delay_reason: reason }) }],
    });
  expect(parseReasons([line("535 no"), line("535 no"), line(), line("refused")].join("\n"))).toEqual([
    "535 no",
    "refused",
  ]);
});
