import { describe, expect, it } from "vitest";
import { testMessage } from "../../cli/doctor/test-message";
import { Problem } from "../../cli/problem";
import type { Transport } from "../../cli/transport/transport";
import { fakeWorld, subject } from "./fake-world";

/** A relay whose log says this of the message's delivery; it hands out one queue id. */
function relay(delivery: string): Transport {
  let messageId = "";
  const entry = (text: string) => `${JSON.stringify({ MESSAGE: text })}\n`;
  return {
    place: "a test's relay",
    run: async ({ program, args, input = "" }) => {
      if (program === "sendmail") {
        messageId = /^Message-ID: (.+)\r$/m.exec(input)?.[1] ?? "";
      }
      const isById = args.includes("--grep=ABCDEF1");
      const line = isById ? `ABCDEF1: to=<you@example.net>, ${delivery}` : `ABCDEF1: message-id=${messageId}`;
      return { exitCode: 0, stdout: program === "journalctl" ? entry(line) : "", stderr: "" };
    },
  };
}
const look = (transport: Transport | Problem, sendFrom?: string) =>
  testMessage.run(subject([]), {
    ...fakeWorld(),
    message: { sendTo: "you@example.net", ...(sendFrom && { sendFrom }) },
    transport: async () => {
      if (transport instanceof Problem) throw transport;
      return transport;
    },
  });
const TIMES = "relay=smtp.example.net[192.0.2.1]:587, delay=1, delays=0/0/0/1";

describe("a test message", () => {
  it("that the smart host took is green, and the next action looks at it where it arrived", async () => {
    const { status, findings, summary } = await look(relay(`${TIMES}, dsn=2.0.0, status=sent (250 Ok)`));
    expect([status, findings[0]?.message]).toEqual(["ok", "the smart host took it: 250 Ok"]);
    expect(findings[0]?.next).toContain("smarthost doctor --message FILE");
    expect(summary).toMatch(/^<smarthost-test-.+@example\.com>: delivered$/);
  });

  it("that the smart host refused is an error with its answer", async () => {
    const { status, findings } = await look(
      relay(`${TIMES}, dsn=5.7.1, status=bounced (550 unverified sender)`),
    );
    expect([status, findings[0]?.message]).toEqual([
      "error",
      "the smart host refused it for good: 550 unverified sender",
    ]);
  });

  it("that waits is a warning", async () => {
    const { status, findings } = await look(relay(`${TIMES}, dsn=4.7.1, status=deferred (451 later)`));
    expect([status, findings[0]?.message]).toEqual(["warning", "it waits on the relay: 451 later"]);
  });

  it("that can't be handed in is told with the problem's next action", async () => {
    const { status, findings } = await look(new Problem("--ssh: no way there", "Try ssh by hand."));
    expect([status, findings[0]?.next]).toEqual(["error", "Try ssh by hand."]);
    const wrong = await look(relay(""), "a b@example.com");
    expect(wrong.findings).toMatchObject([{ severity: "error", message: expect.stringContaining("--from") }]);
  });

  it("is not sent unasked, nor without a relay or a sender", async () => {
    const world = fakeWorld();
    const message = { sendTo: "you@example.net" };
    const results = [
      await testMessage.run(subject([]), world),
      await testMessage.run(subject([]), { ...world, message }),
      await testMessage.run(subject([], { domains: [] }), { ...world, message }),
    ];
    expect(results.map(({ status, summary }) => `${status}: ${summary}`)).toEqual([
      expect.stringMatching(/^skipped: not asked for/),
      expect.stringMatching(/^skipped: the relay is not made yet/),
      expect.stringMatching(/^skipped: .*give --send-from/),
    ]);
  });
});
