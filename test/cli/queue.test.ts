import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteSize, count, duration } from "../../cli/quantities";
import { parseQueue, type QueuedMessage } from "../../cli/queue/queued-message";
import { queueJson, renderQueue } from "../../cli/queue/report";
import { selectMessages } from "../../cli/queue/selection";
import { reasonGroup, summarize } from "../../cli/queue/summary";

/** A line as Postfix 3.7 writes it. */
const LINE =
  '{"queue_name": "deferred", "queue_id": "2E7BB9E6AC4", "arrival_time": 1700000000, "message_size": 320, "forced_expire": false, "sender": "app@example.com", "recipients": [{"address": "a@example.org", "delay_reason": "Connection timed out"}]}';

const message = (changes: Partial<QueuedMessage> = {}): QueuedMessage => ({
  queue_name: "deferred",
  queue_id: "2E7BB9E6AC4",
  arrival_time: 1_700_000_000,
  message_size: 320,
  sender: "app@example.com",
  recipients: [{ address: "a@example.org", delay_reason: "Connection timed out" }],
  ...changes,
});
const stream = (columns?: number) =>
  Object.assign(new PassThrough(), { columns, isTTY: columns !== undefined });
const NOW = 1_700_000_000_000 + 3_600_000;
const render = (messages: QueuedMessage[], more: object = {}, out = stream()) =>
  stripVTControlCharacters(renderQueue({ messages, total: messages.length, unread: 0, ...more }, out, NOW));

describe("the answer of postqueue -j", () => {
  it("is read line by line", () => {
    expect(parseQueue(`${LINE}\n${LINE}\n`)).toEqual({ messages: [message(), message()], unread: [] });
    expect(parseQueue("")).toEqual({ messages: [], unread: [] });
  });

  it.each([
    LINE.slice(0, 80),
    "postqueue: warning: Mail system is down",
    "[]",
    "null",
    LINE.replace("deferred", "__proto__"),
    LINE.replace("320", '"320"'),
    LINE.replace("2E7BB9E6AC4", "$(id)"),
  ])("with the line %s has one that is no message, and the others count", (line) => {
    expect(parseQueue(`${LINE}\n${line}\n${LINE}\n`)).toEqual({
      messages: [message(), message()],
      unread: [line],
    });
  });

  it("never makes it throw, whatever it is", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseQueue(text)));
    fc.assert(fc.property(fc.json(), (text) => void parseQueue(text)));
  });
});

describe("the selection", () => {
  it("has the oldest first", () => {
    const messages = [message({ arrival_time: 2 }), message({ arrival_time: 1 })];
    expect(selectMessages(messages, {}).map((each) => each.arrival_time)).toEqual([1, 2]);
  });

  it("needs all conditions to hold", () => {
    const held = message({ queue_name: "hold", sender: "b@example.com" });
    const selected = (selection: Parameters<typeof selectMessages>[1]) =>
      selectMessages([message(), held], selection).length;
    expect(selected({ sender: "EXAMPLE.com" })).toBe(2);
    expect(selected({ sender: "b@", deferred: true })).toBe(0);
    expect(selected({ recipient: "a@", deferred: true })).toBe(1);
    expect(selected({ ids: [] })).toBe(0);
  });
});

describe("the summary", () => {
  it("counts by queue, and has the oldest and the size", () => {
    const old = message({ queue_id: "ABCDEF", arrival_time: 1, queue_name: "hold", message_size: 80 });
    expect(summarize([message(), old, message()])).toMatchObject({
      queues: { deferred: 2, hold: 1 },
      bytes: 720,
      oldest: { id: "ABCDEF", queue: "hold", arrived: new Date(1_000) },
    });
    expect(summarize([])).toEqual({ queues: {}, bytes: 0, reasons: [] });
  });

  it.each([
    [
      "connect to smtp.example.net[192.0.2.1]:587: Connection timed out",
      "connect to smtp.example.net[…]:587: Connection timed out",
    ],
    ["host h[2001:db8::1] said: 451 try again (id 4f0c1a2b77)", "host h[…] said: 451 try again (id …)"],
    ["451 4.7.1 <a@example.org>: Recipient address rejected", "451 4.7.1 <…>: Recipient address rejected"],
    ["450 mailbox is full, quota 1048576 of 1048576", "450 mailbox is full, quota 1048576 of 1048576"],
  ])("groups %s", (reason, group) => {
    expect(reasonGroup(reason)).toBe(group);
  });

  it("has the most frequent reason first", () => {
    const of = (...reasons: string[]) =>
      message({ recipients: reasons.map((delay_reason) => ({ address: "a@example.org", delay_reason })) });
    expect(summarize([of("x", "y [192.0.2.1]"), of("y [192.0.2.2]")]).reasons).toEqual([
      { reason: "y […]", recipients: 2 },
      { reason: "x", recipients: 1 },
    ]);
  });
});

describe("the queue for a person", () => {
  it("has a line for each message where it is no terminal, however long", () => {
    const reason = "word ".repeat(60).trim();
    const lines = render([
      message({ recipients: [{ address: "a@example.org", delay_reason: reason }] }),
    ]).split("\n");
    expect(lines[1]).toBe(`deferred  2E7BB9E6AC4  1 h  320 B  app@example.com  a@example.org  ${reason}`);
  });

  it("keeps to a terminal's width", () => {
    const reason = "word ".repeat(60).trim();
    const text = render(
      [message({ recipients: [{ address: "a@example.org", delay_reason: reason }] })],
      {},
      stream(120),
    );
    const table = text.split("\n").slice(0, 8);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(text.match(/word/g)?.length).toBe(120);
  });

  it("gathers recipients with the same reason, and leaves no more than three reasons of a message", () => {
    const recipients = ["x", "x", "y", "z", "v", "w"].map((delay_reason, index) => ({
      address: `r${index}@example.org`,
      delay_reason,
    }));
    const text = render([message({ recipients })]);
    expect(text).toMatch(/r0@example\.org \+1 +x$/m);
    expect(text).toMatch(/^ +\+2 reasons$/m);
  });

  it("lets no control character through from a mail or an answer", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = render([
          message({ sender: text, recipients: [{ address: text, delay_reason: text }] }),
        ]);
        expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(shown.split("\n")).toHaveLength(7);
      }),
    );
    expect(render([message({ sender: "\u001b[2J\u202e" })])).toContain("\uFFFD[2J\uFFFD");
  });

  it("says when it is not the whole queue, and when lines could not be read", () => {
    const text = render([message()], { cutFrom: 20_000, unread: 1 });
    expect(text).toContain("Not the whole queue: it has 20000 messages");
    expect(text).toContain("1 line of the relay's answer could not be read; 1 could.");
  });
});

it("the queue for a program has times as ISO 8601 and all of the messages", () => {
  expect(JSON.parse(JSON.stringify(queueJson({ messages: [message()], total: 1, unread: 0 })))).toEqual({
    queues: { deferred: 1 },
    bytes: 320,
    oldest: { id: "2E7BB9E6AC4", queue: "deferred", arrived: "2023-11-14T22:13:20.000Z" },
    reasons: [{ reason: "Connection timed out", recipients: 1 }],
    count: 1,
    unreadLines: 0,
    messages: [
      {
        queue: "deferred",
        id: "2E7BB9E6AC4",
        arrived: "2023-11-14T22:13:20.000Z",
        bytes: 320,
        sender: "app@example.com",
        recipients: [{ address: "a@example.org", reason: "Connection timed out" }],
      },
    ],
  });
});

it("quantities are short", () => {
  expect([0, -5, 59, 60, 3_600, 3_725, 90_061].map(duration)).toEqual([
    ...["0 s", "0 s", "59 s", "1 min", "1 h", "1 h 2 min", "1 d 1 h"],
  ]);
  expect([0, 999, 1_000, 31_457_280, 5e12].map(byteSize)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "31.5 MB",
    "5000.0 GB",
  ]);
  expect([count(1, "message"), count(0, "message")]).toEqual(["1 message", "0 messages"]);
});
