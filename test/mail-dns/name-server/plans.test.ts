import { availableParallelism } from "node:os";
import fc from "fast-check";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dnsResolver } from "../../../components/mail-dns/dns-resolver";
import { type MailPlan, planMailDns, recordsOf } from "../../../components/mail-dns/plan";
import type { MailRecord } from "../../../components/mail-dns/record";
import { zoneText } from "../../../components/mail-dns/zone-text";
import { checkZone, type NameServer, startNameServer, wholeZone, type ZoneFile } from ".";
import { generatedSettings } from "./generated-plans";

const PLANS = 150;
const seed = Math.floor(Math.random() * 0x7fffffff);
const plans = fc
  .sample(generatedSettings, { numRuns: PLANS, seed })
  .map((settings, index) => planMailDns(settings(index)));
const zones = plans.flatMap(zonesOf);

/** The domain's own zone, and one for each domain that agrees to get its reports. */
function zonesOf({ domain, authentication, policy, reports }: MailPlan<string>): ZoneFile[] {
  const own = [...authentication, ...(policy ? [policy] : [])];
  return [
    wholeZone(domain, zoneText(own)),
    ...reports.map(({ destination, record }) => wholeZone(destination, zoneText([record]))),
  ];
}

describe(`${PLANS} generated plans (seed ${seed})`, () => {
  it("are without faults, and of every kind", () => {
    expect(plans.flatMap(({ faults }) => faults)).toEqual([]);
    const records = plans.flatMap(recordsOf);
    const kinds: [string, (record: MailRecord) => boolean][] = [
      ["a null MX", ({ type, value }) => type === "MX" && value === "."],
      ["an exchanger", ({ type, value }) => type === "MX" && value !== "."],
      ["an alias", ({ type }) => type === "CNAME"],
      ["a wildcard", ({ name }) => name.startsWith("*.")],
      ["an agreement to get reports", ({ name }) => name.includes("._report._dmarc.")],
      ["a long SPF record", ({ value }) => value.startsWith("v=spf1 ") && value.length > 255],
      ["a key of 4096 bits", ({ value }) => value.startsWith("v=DKIM1") && value.length > 700],
      ["a backslash before a digit", ({ type, value }) => type === "TXT" && /\\\d/.test(value)],
      ["an empty text", ({ type, value }) => type === "TXT" && value === ""],
      ["an internationalized name", ({ name }) => /(^|\.)xn--/.test(name)],
      ["a name of many labels", ({ name }) => name.split(".").length > 20],
    ];
    const missing = kinds.filter(([, is]) => !records.some((record) => is(record)));
    expect(missing.map(([kind]) => kind)).toEqual([]);
  });

  it("are zones that name servers take", async () => {
    const turn = pLimit(2 * availableParallelism());
    const refused = zones.map(({ origin, text }) =>
      turn(async () => ({ text, errors: await checkZone(origin, text) })),
    );
    expect((await Promise.all(refused)).filter(({ errors }) => errors.length > 0)).toEqual([]);
  });

  describe("served by a name server", () => {
    let server: NameServer;
    beforeAll(async () => {
      server = await startNameServer(zones);
    });
    afterAll(() => server?.close());

    it("come back over DNS as they were planned, every record and no other", async () => {
      const { lookUp } = dnsResolver({ servers: [`127.0.0.1:${server.port}`] });
      const answers: Slots = new Map();
      const planned: Slots = new Map();
      const records = plans.flatMap(recordsOf);
      await Promise.all(
        records.map(async (record) => {
          const slot = `${record.type} ${record.name}`;
          planned.set(slot, [...(planned.get(slot) ?? []), dataOf(record)]);
          answers.set(slot, (await lookUp(record.name, record.type)).records);
        }),
      );
      expect(planned.size).toBeGreaterThan(3 * PLANS);
      expect(sorted(answers)).toEqual(sorted(planned));
    });
  });
});

/** The data at each type and name. */
type Slots = Map<string, Data[]>;
type Data = string | { preference?: number; exchange: string };

/** What a resolver gives for the record. */
function dataOf({ type, value, priority }: MailRecord): Data {
  return type === "MX" ? { preference: priority, exchange: value === "." ? "" : value } : value;
}

/** In one order, as an answer comes in any. */
function sorted(slots: Slots) {
  return Object.fromEntries(
    [...slots].map(([slot, data]) => [slot, data.map((each) => JSON.stringify(each)).sort()]),
  );
}
