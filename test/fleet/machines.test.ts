import { beforeAll, describe, expect, test } from "vitest";
import { runInNetwork } from "../boot/network-run";
import { type FleetFacts, fleetFacts } from "./fleet-scenario";

/** Without root there is no server to boot, and only CI may insist on one. */
const wanted = process.getuid?.() === 0 || process.env.CI === "true";
/** A limit for what hangs. */
const LIMIT_MS = 900_000;

describe.runIf(wanted)("two servers of a fleet, booted, behind a substitute for the balancer", () => {
  let facts: FleetFacts;
  const log: string[] = [];

  beforeAll(async () => {
    const result = runInNetwork("test/fleet/inside.ts", {}, [13], (line) => log.push(line));
    facts = fleetFacts.parse(
      await result.catch((error: unknown) => {
        throw new Error(`${error}\n${log.join("\n")}`);
      }),
    );
  }, LIMIT_MS);

  test("have their services' control groups for themselves", () => {
    expect(facts.apart).toBe(true);
  });

  test("share the mail", () => {
    expect(facts.shares.reduce((sum, share) => sum + share, 0)).toBe(12);
    for (const share of facts.shares) expect(share).toBeGreaterThan(0);
  });

  test("take no new connections from when they are to go, and end sessions in progress well", () => {
    expect(facts.takesNewConnections).toBe(false);
    expect(facts.openSession).toMatchObject({ accepted: true, answer: expect.stringMatching(/^250 /) });
  });

  test("hand what the smart host does not take from them to the other, by the balancer's name", () => {
    expect(facts.handedOver.toSorted()).toEqual([
      "in an open session",
      ...Array.from({ length: 8 }, (_, index) => `stuck ${index}`),
    ]);
  });

  test("complete the lifecycle action, although the unit is killed and the server restarted in between", () => {
    const ending = { group: "smarthost-fleet", hook: "drain", result: "CONTINUE" };
    expect(facts.endings).toEqual([
      { ...ending, server: 0 },
      { ...ending, server: 1 },
    ]);
  });

  test("take their queue volume with them when it is empty, and leave it when nobody takes their mail", () => {
    expect(facts.volumesGo).toEqual([true, false]);
    expect(facts.volumesLeft).toEqual([false, true]);
    expect(facts.lastWords).toContain("1 messages or notices are left: their volume stays");
  });

  test("are allowed what they do", () => {
    expect(facts.refused).toEqual([]);
  });

  test("deliver each message once, or keep it", () => {
    expect({ lost: facts.lost, duplicated: facts.duplicated }).toEqual({ lost: [], duplicated: [] });
    expect([facts.accepted, facts.delivered, facts.queued]).toEqual([22, 21, 1]);
  });
});
