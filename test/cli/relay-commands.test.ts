import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCommand, startRelayWorld } from "./relay-world";

let world: Awaited<ReturnType<typeof startRelayWorld>>;
beforeAll(async () => {
  world = await startRelayWorld();
});
afterAll(() => world?.stop());
beforeEach(() => world.clear());

/** The queue's names by id. */
const places = async () =>
  Object.fromEntries((await world.queue()).messages.map(({ id, queue }) => [id, queue]));
const isPlaced = (id: string, queue: string) => async () => (await places())[id] === queue;

describe("smarthost relay queue", () => {
  it("says that an empty queue is empty, and --check finds nothing", async () => {
    expect(await world.local("queue", "--check")).toEqual({
      code: 0,
      out: "The queue is empty.\n",
      err: "",
    });
  });

  it("shows a message with the smart host's answer, and what the messages wait for", async () => {
    const id = await world.deferred("one");
    await world.deferred("two");
    const { code, out } = await world.local("queue");
    expect(code).toBe(0);
    expect(out).toMatch(/^Queue +ID +Age +Size +Sender +Recipient +Reason$/m);
    const row = new RegExp(
      `^deferred +${id} +\\d+ \\w+ +\\d+ B +app@example\\.com +later@example\\.org +host localhost\\[.* said: 451 .*4f0c1a2b`,
      "m",
    );
    expect(out).toMatch(row);
    expect(out).toMatch(/^2 messages, .*: 2 deferred; the oldest is /m);
    // Two answers that differ in an id only are one reason.
    expect(out).toMatch(/^2 +host localhost\[…\] said: 451 .*request …/m);
  });

  it("--check ends with 3 when mail is deferred", async () => {
    await world.deferred("one");
    expect((await world.local("queue", "--check")).code).toBe(3);
    expect(await world.local("queue", "--check", "--sender", "nobody@")).toMatchObject({
      code: 0,
      out: "None of the queue's 1 message is among those that were asked for.\n",
    });
  });

  it("finds messages by sender, recipient and id, and shows no more than the limit", async () => {
    const first = await world.deferred("one", "later@example.org", "First@example.com");
    const second = await world.deferred("two", "later@example.net", "second@example.com");
    const ids = async (...flags: string[]) => (await world.queue(...flags)).messages.map(({ id }) => id);
    expect(await ids("--sender", "first@")).toEqual([first]);
    expect(await ids("--recipient", "EXAMPLE.net")).toEqual([second]);
    expect(await ids("--id", second)).toEqual([second]);
    const limited = await world.queue("--limit", "1");
    expect([limited.count, limited.messages.length]).toEqual([2, 1]);
    expect((await world.local("queue", "--limit", "1")).out).toContain("… and 1 message more.");
  });
});

describe("smarthost relay hold, release, requeue, delete and flush", () => {
  it("hold and release move a message, and say how many", async () => {
    const id = await world.deferred("one");
    expect(await world.local("hold", id)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 message held\./),
    });
    expect(await places()).toEqual({ [id]: "hold" });
    expect(await world.local("release", id)).toMatchObject({ code: 0 });
    expect(await places()).toEqual({ [id]: "deferred" });
  });

  it("hold --all and release --all take every message", async () => {
    await world.deferred("one");
    await world.deferred("two");
    expect((await world.local("hold", "--all", "--json")).out).toBe('{"held":2,"missing":0}\n');
    expect((await world.local("release", "--all", "--json")).out).toBe('{"released":2,"missing":0}\n');
  });

  it("requeue gives a message to the queue anew", async () => {
    const id = await world.deferred("one");
    expect(await world.local("requeue", id)).toMatchObject({ code: 0, err: "" });
    // pickup(8) looks once a minute, and at once when sendmail wakes it up.
    await world.local("test", "--from", "app@example.com", "--to", "someone@example.org");
    await world.relay.until("it is deferred again", async () =>
      Object.entries(await places()).some(([other, queue]) => other !== id && queue === "deferred"),
    );
  });

  it("delete deletes, and only with a confirmation", async () => {
    const id = await world.deferred("one");
    expect(await world.local("delete", id)).toMatchObject({
      code: 2,
      err: expect.stringContaining("Add --yes."),
    });
    const asked: string[] = [];
    const confirm = async (question: string) => asked.push(question) > 1;
    const ask = () => runCommand(["relay", "delete", id, "--local"], { ...world.around, confirm });
    expect(await ask()).toEqual({ code: 1, out: "", err: "Nothing was deleted.\n" });
    expect(asked).toEqual(["Delete 1 message on this server for ever?"]);
    expect(Object.keys(await places())).toEqual([id]);
    expect(await ask()).toMatchObject({ code: 0 });
    expect(await places()).toEqual({});
  });

  it("delete --yes does not ask", async () => {
    const id = await world.deferred("one");
    expect((await world.local("delete", id, "--yes", "--json")).out).toBe('{"deleted":1,"missing":0}\n');
    expect(await places()).toEqual({});
  });

  it("an id that is not in the queue is told, and is a failure", async () => {
    const id = await world.deferred("one");
    expect(await world.local("hold", id, "ABCDEF012345")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^1 message held/),
      err: expect.stringContaining("1 message not found in the queue"),
    });
  });

  it("flush says that ids which are not in the queue are passed over, as postqueue does without a word", async () => {
    expect(await world.local("flush", "ABCDEF012345")).toEqual({
      code: 0,
      out: expect.stringMatching(/^The relay was asked to try 1 message now; .* passed over/),
      err: "",
    });
  });

  it("flush tries what is deferred, all of it or one message", async () => {
    const [first, second] = [await world.deferred("one"), await world.deferred("two")];
    const reason = async (id: string) => (await world.queue("--id", id)).messages[0]?.recipients[0]?.reason;
    const before = [await reason(first), await reason(second)];
    const isNew = async (id: string, old?: string) => {
      const now = await reason(id);
      return now !== undefined && now !== old;
    };
    expect(await world.local("flush", first)).toMatchObject({ code: 0, err: "" });
    await world.relay.until("the first was tried", () => isNew(first, before[0]));
    expect(await reason(second)).toBe(before[1]);
    expect(await world.local("flush")).toMatchObject({ code: 0, err: "" });
    await world.relay.until("the second was tried", () => isNew(second, before[1]));
    await world.relay.until("both wait again", isPlaced(first, "deferred"));
  });
});

describe("smarthost relay test", () => {
  const addresses = (to: string) => ["--from", "app@example.com", "--to", `${to}@example.org`];

  it("sends by sendmail, and ends with the smart host's answer", async () => {
    const { code, out, err } = await world.local("test", ...addresses("someone"));
    expect(err).toBe("");
    expect(out).toMatch(/^The smart host took the message\.$/m);
    expect(out).toMatch(/Status: +sent \(2\.0\.0\) after /);
    expect(out).toMatch(/Answer: +250 .*queued as SMART-HOST-1/);
    expect(code).toBe(0);
    const id = /Message-ID: +(\S+)/.exec(out)?.[1];
    expect(world.received.filter(({ text }) => text.includes(`Message-ID: ${id}`))).toHaveLength(1);
  });

  it("ends with 3 when the smart host puts it off, and with 1 when it refuses", async () => {
    const later = await world.local("test", ...addresses("later"));
    expect(later).toMatchObject({
      code: 3,
      out: expect.stringMatching(/deferred \(4\.[\s\S]*Answer: .*451/),
    });
    expect(later.out).toMatch(/smarthost relay queue --id \w+$/m);
    const never = await world.local("test", "--json", ...addresses("never"));
    expect(never.code).toBe(1);
    expect(JSON.parse(never.out)).toMatchObject({ outcome: "refused", delivery: { status: "bounced" } });
  });

  it("sends by SMTP as a client does, and follows it where it can", async () => {
    const smtp = ["--host", "127.0.0.1", "--port", String(world.relay.port)];
    const followed = await world.local("test", ...smtp, ...addresses("someone"));
    expect(followed).toMatchObject({
      code: 0,
      out: expect.stringContaining("The smart host took the message."),
    });
    const alone = await runCommand(["relay", "test", ...smtp, ...addresses("someone")]);
    expect(alone).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Relay: +250 2\.0\.0 Ok: queued as \w+/),
    });
  });
});
