import { beforeAll, describe, expect, test } from "vitest";
import { METRICS } from "../../components/postfix-relay/server/metrics";
import { runInNetwork } from "../boot/network-run";
import type { Facts } from "./relay-scenario";

/** A first run makes the base image too; a later one takes about 100 s. */
const LIMIT_MS = 400_000;
/** Parts of cloud-init that fail in a container: it cannot listen for hot-plugged network cards there. */
const FAIL_IN_CONTAINERS = ["cloud-init-main.service", "cloud-final.service"];

const asRoot = process.getuid?.() === 0;
/** Without root there is no server to boot, and only CI may insist on one. */
const wanted = asRoot || process.env.CI === "true";

describe.runIf(wanted)("a relay that is booted from its user data on Debian 13", () => {
  let facts: Facts;

  beforeAll(async () => {
    // The program prints what the scenario returns.
    facts = (await runInNetwork("test/machine/run-scenario.ts", {}, [13], () => {})) as Facts;
  }, LIMIT_MS);

  test("does not listen before its queue volume is attached", () => {
    expect(facts.openWithoutVolume).toBe(false);
  });

  test("accepts mail before there is a password, and keeps it", () => {
    expect(facts.early).toMatchObject({ accepted: true });
    expect(facts.receivedBeforePassword).toBe(0);
  });

  test("fetches the password by its role and delivers what waited", () => {
    expect(facts.apiCalls.map(({ outcome }) => outcome)).toContain("Success");
    expect(subjects(facts)).toContain("before there is a password");
  });

  test("delivers over TLS 1.2 or newer, logged in", () => {
    for (const { tls, user } of facts.received) {
      expect({ tls: /^TLSv1\.[23]$/.test(tls), user }).toEqual({ tls: true, user: "apikey" });
    }
  });

  test("takes mail on the submission port, with STARTTLS", () => {
    expect(facts.onSubmissionPort).toMatchObject({ accepted: true });
    const message = facts.received.find(({ subject }) => subject === "by the submission port");
    expect(message?.text).toMatch(/by relay\.example\.com \(Postfix\) with ESMTPS/);
  });

  test("refuses an address that is not among its clients", () => {
    expect(facts.stranger).toMatchObject({ accepted: false });
    expect(facts.stranger.answer).toContain("554 5.7.1");
  });

  test("cannot reach port 25, as in a new cloud account", () => {
    expect(facts.portBlocked).toBe(true);
  });

  test("refuses mail without a sender, which the smart host would not take", () => {
    expect(facts.withoutSender).toMatchObject({ accepted: false });
    expect(facts.withoutSender.answer).toContain("mail without a sender is not relayed");
  });

  test("turns a bounce into a notice that the smart host takes", () => {
    const notice = facts.received.find(({ subject }) => subject === "Postmaster Copy: Undelivered Mail");
    expect(notice).toMatchObject({ from: "postmaster@example.com", to: ["postmaster@example.com"] });
    expect(notice?.text).toContain("From: Mail Delivery System <MAILER-DAEMON@example.com>");
    expect(notice?.text).toContain("does not match a verified Sender Identity");
  });

  test("sends a burst over fewer connections than messages", () => {
    expect(facts.burst.delivered).toBe(60);
    expect(facts.burst.connections).toBeLessThan(30);
  });

  test("keeps mail while its password is wrong, and delivers it with the new one", () => {
    expect(facts.refusedLogins).toBeGreaterThan(0);
    expect(subjects(facts)).toContain("with the old password");
  });

  test("says on the console that packages could not be had, and gets through when the mirror is back", () => {
    expect(facts.failure).toBe(
      "FAILED: downloading packages (exit 100). The relay does not run. Next try in 30 s.",
    );
  });

  test("leaves a disk with other data on it as it is", () => {
    expect(facts.foreign.said).toContain(
      "is not blank and not a queue volume (type 'ext4', label 'photographs')",
    );
    expect(facts.foreign.untouched).toBe(true);
  });

  test("delivers on a new server what was in the old one's queue", () => {
    expect(subjects(facts)).toContain("in the queue of the old server");
  });

  test("uses a volume in full that was made larger", () => {
    expect(facts.queueBytes).toBeGreaterThan(1.8 * 2 ** 30);
  });

  test("delivers each message once", () => {
    const once = subjects(facts).filter((subject) => subject !== "burst");
    expect(once).toEqual([...new Set(once)]);
  });

  test("speaks TLS from the first byte on port 465", () => {
    expect(facts.overWrapper).toMatchObject({ tls: expect.stringMatching(/^TLSv1\.[23]$/), user: "apikey" });
  });

  test("keeps notices on the queue volume where there is no bounce address", () => {
    expect(facts.overWrapper.notice).toContain("To: notices@relay.example.com");
  });

  test("shows its password nowhere", () => {
    expect(facts.curlSeen).toBe(true);
    expect(facts.placesWithSecret).toEqual([]);
  });

  test("sends metrics every minute, with what Postfix delivered and refused since the last ones", () => {
    expect(facts.metricsExit).toBe(0);
    expect(facts.metricsTimer).toBe("active");
    expect(new Set(facts.metrics.map(({ name }) => name))).toEqual(new Set(Object.keys(METRICS)));
    expect(new Set(facts.metrics.map(({ namespace, dimension }) => `${namespace} ${dimension}`))).toEqual(
      new Set(["Smarthost Relay=relay.example.com"]),
    );
    const total = (wanted: string) =>
      facts.metrics.filter(({ name }) => name === wanted).reduce((sum, { value }) => sum + value, 0);
    expect(total("Delivered")).toBeGreaterThan(0);
    expect(total("Bounced")).toBeGreaterThan(0);
    const denied = facts.apiCalls.filter(({ outcome }) => outcome.startsWith("AccessDenied"));
    expect(denied).toEqual([]);
  });

  test("runs without errors of Postfix or failed units", () => {
    expect(facts.postfixErrors).toEqual([]);
    expect(facts.postconfWarnings).toBe("");
    expect(facts.failedUnits.filter((unit) => !FAIL_IN_CONTAINERS.includes(unit))).toEqual([]);
  });
});

function subjects(facts: Facts): string[] {
  return facts.received.map(({ subject }) => subject);
}
