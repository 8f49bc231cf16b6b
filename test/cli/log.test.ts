import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveriesOf, logMessages, queueIdOf } from "../../cli/test-message/log";
import { composeTestMessage } from "../../cli/test-message/message";
import { outcomeOf } from "../../cli/test-message/outcome";

describe("the log of journald", () => {
  it("is read whether a message is text or bytes, and what is none is left out", () => {
    const lines = [
      '{"MESSAGE":"one","__REALTIME_TIMESTAMP":"1"}',
      '{"MESSAGE":[116,119,111]}',
      '{"MESSAGE":null}',
      '{"MESSAGE":{}}',
      "{}",
      "-- No entries --",
      "",
    ];
    expect(logMessages(lines.join("\n"))).toEqual(["one", "two"]);
  });

  it("never makes it throw, whatever it is", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void logMessages(text)));
    fc.assert(fc.property(fc.json(), (text) => void logMessages(text)));
    fc.assert(fc.property(fc.string(), (text) => void deliveriesOf([text], "ABCDEF")));
  });
});

describe("a message in the log", () => {
  const messageId = "<smarthost-test-1@example.com>";

  it("has its queue id where cleanup has it", () => {
    expect(queueIdOf(["ABCDEF: from=<a>", `2E7BB9E6AC4: message-id=${messageId}`], messageId)).toBe(
      "2E7BB9E6AC4",
    );
    expect(
      queueIdOf([`2E7BB9E6AC4: message-id=${messageId}x`, `$(id): message-id=${messageId}`], messageId),
    ).toBe(undefined);
  });

  it.each([
    [
      "2E7BB9E6AC4: to=<a@example.org>, relay=smtp.example.net[192.0.2.1]:587, delay=0.51, delays=0.01/0/0.4/0.1, dsn=2.0.0, status=sent (250 Ok: queued as X)",
      {
        status: "sent",
        relay: "smtp.example.net[192.0.2.1]:587",
        dsn: "2.0.0",
        delay: 0.51,
        answer: "250 Ok: queued as X",
      },
    ],
    [
      "2E7BB9E6AC4: to=<a@example.org>, orig_to=<b@app01>, relay=none, conn_use=3, delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to h[192.0.2.1]:587: Connection timed out)",
      { status: "deferred", relay: "none", answer: "connect to h[192.0.2.1]:587: Connection timed out" },
    ],
    [
      "2E7BB9E6AC4: to=<a@example.org>, relay=h[192.0.2.1]:587, conn_use=2, delay=1, delays=0/0/0/1, dsn=5.0.0, status=bounced (host h[192.0.2.1] said: 550 no, status=sent (250 forged) (in reply to end of DATA command))",
      {
        status: "bounced",
        answer: "host h[192.0.2.1] said: 550 no, status=sent (250 forged) (in reply to end of DATA command)",
      },
    ],
  ])("was delivered as the line says: %s", (line, delivery) => {
    expect(deliveriesOf([line], "2E7BB9E6AC4")).toMatchObject([{ recipient: "a@example.org", ...delivery }]);
    expect(deliveriesOf([line], "2E7BB9E6AC5")).toEqual([]);
  });

  it("comes to an outcome", () => {
    const delivery = { recipient: "a", relay: "r", dsn: "2.0.0", delay: 1, answer: "250" };
    const outcomes = ["sent", "bounced", "expired", "deferred", "undeliverable"].map((status) =>
      outcomeOf({ delivery: { ...delivery, status } }, true),
    );
    expect(outcomes).toEqual(["delivered", "refused", "refused", "waiting", "waiting"]);
    expect(outcomeOf({ id: "ABCDEF" }, true)).toBe("waiting");
    expect(outcomeOf({ answer: "250 Ok" }, false)).toBe("accepted");
  });
});

describe("the test message", () => {
  const date = new Date("2026-11-24T12:00:00Z");

  it("has the addresses, a date and an id of its own", () => {
    const addresses = { from: "app@example.com", to: "someone@example.org" };
    const { raw, messageId, token } = composeTestMessage(addresses, date);
    expect(raw).toContain("\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n");
    expect(raw).toContain(`\r\nMessage-ID: ${messageId}\r\n`);
    expect(messageId).toBe(`<${token}@example.com>`);
    expect(composeTestMessage(addresses, date).token).not.toBe(token);
  });

  it("names every address that is none, and lets no header be written by one", () => {
    expect(() => composeTestMessage({ from: "a", to: "b@example.org\r\nBcc: c@example.org" }, date)).toThrow(
      /2 faults[\s\S]*--from: "a" is not a mail address[\s\S]*--to: /,
    );
  });
});
