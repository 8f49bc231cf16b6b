import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClientLimits } from "../../components/postfix-relay/postfix/client-limits";
import { renderMainCf } from "../../components/postfix-relay/postfix/main-cf";
import { checkRelaySettings } from "../../components/postfix-relay/settings";
import { createAuthority } from "../../sandbox/pki";
import { parameters } from "./main-cf-reader";
import { settings } from "./relay-settings";
import { RunningPostfix } from "./running-postfix";
import { type DialoguePlace, smtpDialogue } from "./smtp-dialogue";

test("without limits a client may have 50 connections, and send as much as it likes", () => {
  const given = parameters(renderMainCf(settings));
  expect(given).toMatchObject({
    smtpd_client_connection_count_limit: "50",
    smtpd_client_event_limit_exceptions: "",
  });
  expect(Object.keys(given).filter((name) => name.includes("_rate_"))).toEqual([]);
});

test("every limit out of its range is told, all at once", () => {
  const clientLimits = { messagesPerMinute: 0, recipientsPerMinute: 1.5, connections: 101 };
  expect(checkRelaySettings({ ...settings, clientLimits })).toMatchObject([
    { path: "clientLimits.messagesPerMinute", value: "0", reason: "is not a whole number from 1 to 1000000" },
    { path: "clientLimits.recipientsPerMinute", value: "1.5" },
    { path: "clientLimits.connections", value: "101", next: "Leave it out for 50." },
  ]);
});

test.each<ClientLimits>([
  { messagesPerMinute: 1, recipientsPerMinute: 1, connections: 1 },
  { messagesPerMinute: 1_000_000, recipientsPerMinute: 1_000_000, connections: 100 },
])("%j is a set of limits", (clientLimits) => {
  expect(checkRelaySettings({ ...settings, clientLimits })).toEqual([]);
});

const asRoot = process.getuid?.() === 0;

describe.runIf(asRoot || process.env.CI === "true")("a running Postfix", () => {
  let relay: RunningPostfix;

  beforeAll(async () => {
    relay = await RunningPostfix.start(
      { ...settings, clientLimits: { messagesPerMinute: 3, recipientsPerMinute: 5, connections: 2 } },
      {
        ca: (await createAuthority()).ca,
        passwords: "",
        // So that the minute does not end while a slow machine runs the test.
        overrides: { anvil_rate_time_unit: "1h", smtpd_error_sleep_time: "0" },
      },
    );
  }, 120_000);
  afterAll(() => relay?.stop());

  const place = (localAddress: string) => ({ host: "127.0.0.1", port: relay.port, localAddress });
  const mail = "MAIL FROM:<app@example.com>";
  const rcpt = (count: number) =>
    Array.from({ length: count }, (_, index) => `RCPT TO:<someone-${index}@example.org>`);
  const codes = (answers: readonly string[]) => answers.map((answer) => answer.slice(0, 9).trim());

  test("tells a client of the own networks that is over its rate of messages to come again, and no other", async () => {
    const messages = Array.from({ length: 4 }, () => [mail, "RSET"]).flat();
    const answers = await smtpDialogue(place("127.0.0.1"), ["EHLO app", ...messages]);
    expect(codes(answers.slice(2, 8).filter((_, index) => index % 2 === 0))).toEqual(
      Array.from({ length: 3 }, () => "250 2.1.0"),
    );
    expect(answers[8]).toBe("450 4.7.1 Error: too much mail from 127.0.0.1\r\n");
    const other = await smtpDialogue(place("127.0.0.2"), ["EHLO app", mail]);
    expect(codes(other).at(-1)).toBe("250 2.1.0");
  });

  test("takes as many recipients as the rate allows, and 450 for those above", async () => {
    const answers = await smtpDialogue(place("127.0.0.3"), ["EHLO app", mail, ...rcpt(7)]);
    expect(codes(answers.slice(3))).toEqual([
      ...Array.from({ length: 5 }, () => "250 2.1.5"),
      ...Array.from({ length: 2 }, () => "450 4.7.1"),
    ]);
  });

  test("answers 421 to one connection too many at the same time, and takes it when one has ended", async () => {
    const from = place("127.0.0.4");
    const held = [await hold(from), await hold(from)];
    expect((await smtpDialogue(from, []))[0]).toMatch(/^421 4\.7\.0 .* Error: too many connections from 127/);
    held[0]?.destroy();
    await relay.until("the place is free", async () => /^220/.test((await smtpDialogue(from, []))[0] ?? ""));
    held[1]?.destroy();
  });
});

/** A connection that was greeted and says nothing. */
async function hold(place: DialoguePlace): Promise<Socket> {
  const socket = connect(place);
  await once(socket, "data");
  return socket;
}
