import { describe, expect, it } from "vitest";
import { relay } from "../../cli/doctor/relay";
import { queueFindings } from "../../cli/doctor/relay/queue";
import type { RelayTarget } from "../../cli/doctor/subject";
import { Problem } from "../../cli/problem";
import type { ServerCommand } from "../../cli/server/command";
import type { Transport } from "../../cli/transport/transport";
import { subject } from "./fake-world";
import { closedPort, loopbackWorld, openHosts, scriptedHost, selfSigned, smtpHost } from "./smtp-hosts";

const MADE: RelayTarget = { name: "mail", host: "10.0.0.5", ports: [587, 25], smartHosts: [] };
const stack = (more: Partial<RelayTarget> = {}) => subject([], { relays: [{ ...MADE, ...more }] });
const NOW = new Date("2031-05-01T12:00:00Z");

const open = openHosts();

/** A relay that answers to commands. */
const server = (answers: Partial<Record<ServerCommand["program"], string>>, exitCode = 0): Transport => ({
  place: "a test's relay",
  run: async ({ program }) => ({
    exitCode,
    stdout: answers[program] ?? "",
    stderr: exitCode ? "it is down" : "",
  }),
});
const message = (queue: string, minutes: number, reason?: string) =>
  `${JSON.stringify({
    queue_name: queue,
    queue_id: `ABCDEF${minutes}`,
    arrival_time: NOW.getTime() / 1_000 - minutes * 60,
    message_size: 100,
    sender: "app@example.com",
    recipients: [{ address: "someone@example.org", ...(reason && { delay_reason: reason }) }],
  })}\n`;
const FETCHED = "Result=success\nLoadState=loaded\nActiveState=inactive\nSubState=dead\n";

describe("the relay as its clients see it", () => {
  it("is green where each port takes a session, whoever signed its certificate", async () => {
    const port = await open(
      smtpHost({ ...(await selfSigned("relay.example.com")), name: "relay.example.com" }),
    );
    expect(await relay.run(stack(), loopbackWorld({ 587: port, 25: port }))).toEqual({
      status: "ok",
      findings: [],
      summary: "10.0.0.5 takes sessions on 2 of 2 ports as relay.example.com",
    });
  });

  it("that refuses connections on all ports is one finding", async () => {
    const port = await closedPort();
    const { status, findings } = await relay.run(stack(), loopbackWorld({ 587: port, 25: port }));
    expect(status).toBe("error");
    expect(findings).toMatchObject([
      { path: "10.0.0.5:587,25", next: expect.stringContaining("systemctl status") },
    ]);
  });

  it("that is out of reach is not looked at, with the ways there", async () => {
    const world = loopbackWorld({}, { timeoutMs: 300 });
    const dial = { ...world.dial, to: (_: string, port: number) => ({ host: "192.0.2.5", port }) };
    const { status, summary } = await relay.run(stack(), { ...world, dial });
    expect(status).toBe("skipped");
    expect(summary).toMatch(/not reachable from here.*--instance, --ssh or --local/);
  });

  it("that offers no STARTTLS is a warning", async () => {
    const port = await open(smtpHost({ hideSTARTTLS: true, authOptional: true }));
    const { status, findings } = await relay.run(stack({ ports: [587] }), loopbackWorld({ 587: port }));
    expect([status, findings[0]?.message]).toEqual([
      "warning",
      expect.stringContaining("offers no STARTTLS"),
    ]);
  });

  it("that sends this address away says who may send", async () => {
    const port = await open(scriptedHost("554 not for you"));
    const { findings } = await relay.run(stack({ ports: [25] }), loopbackWorld({ 25: port }));
    expect(findings).toMatchObject([{ severity: "error", next: expect.stringContaining("`clients`") }]);
  });

  it("that is not made yet is not looked at", async () => {
    const result = await relay.run(stack({ host: undefined }), loopbackWorld({}));
    expect(result).toMatchObject({ status: "skipped", summary: "mail is not made yet" });
  });
});

describe("the relay's server", () => {
  /** Only by the way there. */
  const look = (transport: Transport | Problem) =>
    relay.run(subject([]), {
      ...loopbackWorld({}),
      transport: async () => {
        if (transport instanceof Problem) throw transport;
        return transport;
      },
      now: () => NOW,
    });

  it("is green with an empty queue and a password that was fetched", async () => {
    const result = await look(server({ postqueue: "", systemctl: FETCHED }));
    expect(result).toEqual({ status: "ok", findings: [], summary: "its queue is empty" });
  });

  it("with deferred mail is a warning that names the reason, the age and the command", async () => {
    const queue =
      message("deferred", 90, "host smtp.example.net[192.0.2.1] said: 451 4.7.1 later") +
      message("active", 1);
    const { status, findings, summary } = await look(server({ postqueue: queue, systemctl: FETCHED }));
    expect([status, summary]).toEqual(["warning", "its queue has 2 messages"]);
    expect(findings).toEqual([
      {
        severity: "warning",
        path: "relay's queue",
        message:
          "1 message waits for another try, the oldest for 1 h 30 min: host smtp.example.net[…] said: 451 4.7.1 later",
        next: expect.stringContaining("`smarthost relay queue --deferred`"),
      },
    ]);
  });

  it("with mail on hold tells it, and is green", async () => {
    const { status, findings } = await look(server({ postqueue: message("hold", 5), systemctl: FETCHED }));
    expect([status, findings[0]?.message]).toEqual(["ok", expect.stringContaining("1 message is on hold")]);
  });

  it("that does not get its password is an error", async () => {
    const unit = FETCHED.replace("success", "exit-code")
      .replace("inactive", "activating")
      .replace("dead", "auto-restart");
    const { status, findings } = await look(server({ systemctl: unit }));
    expect([status, findings[0]?.path]).toEqual(["error", "smarthost-credential.service"]);
  });

  it("that is just fetching its password, or has none to fetch, has no fault", async () => {
    for (const unit of [
      FETCHED.replace("success", "exit-code").replace("inactive", "activating").replace("dead", "start"),
      FETCHED.replace("loaded", "not-found"),
    ]) {
      expect((await look(server({ systemctl: unit }))).findings).toEqual([]);
    }
  });

  it("that can't be asked is told with the problem's own next action", async () => {
    const { status, findings } = await look(new Problem("--instance: no answer", "Look at the agent."));
    expect(status).toBe("error");
    expect(findings).toMatchObject([{ message: "--instance: no answer", next: "Look at the agent." }]);
    expect((await look(server({}, 1))).findings).toMatchObject([
      { message: expect.stringContaining("it is down") },
    ]);
  });

  it("of which only a part of the queue could be read says `at least`", () => {
    expect(queueFindings(message("deferred", 1, "x"), 90_000, NOW)[0]?.message).toMatch(
      /^at least 1 message/,
    );
  });

  it("says nothing that could move a terminal's cursor", () => {
    expect(queueFindings(message("deferred", 1, "\u001b[2Jgone"), undefined, NOW)[0]?.message).not.toContain(
      "\u001b",
    );
  });
});
