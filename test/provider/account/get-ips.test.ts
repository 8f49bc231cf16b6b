import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { type OpenAccount, openAccount } from "../sendgrid";
import { invoker } from "./invoke";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount({ subusers: ["team"] });
});
afterEach(() => open.close());
const invoke = invoker(() => open);

const getIps = async (inputs: Record<string, unknown> = {}) =>
  z.object({ ips: z.array(z.looseObject({ ip: z.string() })) }).parse(await invoke("getIps", inputs)).ips;
const addresses = async (inputs: Record<string, unknown> = {}) => (await getIps(inputs)).map(({ ip }) => ip);

it("lists the account's addresses, or the one that is asked for", async () => {
  expect(await addresses()).toEqual(expect.arrayContaining(["192.0.2.10", "192.0.2.11", "192.0.2.12"]));
  expect(await addresses({ ip: "192.0.2.10" })).toEqual(["192.0.2.10"]);
  expect(await addresses({ ip: "192.0.2.1" })).toEqual([]);
});

it("asks for those of a subuser", async () => {
  await getIps({ subuser: "team" });
  expect(open.api.exchanges().at(-1)?.query).toMatchObject({ subuser: "team" });
});

it("reads page after page", async () => {
  const page = (from: number, length: number) =>
    Array.from({ length }, (_, index) => ({
      ip: `192.0.2.${from + index}`,
      subusers: [],
      pools: ["news"],
      warmup: false,
      start_date: null,
      whitelabeled: false,
      assigned_at: null,
    }));
  open.api.faults.next({ path: "/v3/ips", status: 200, body: page(1, 100) });
  open.api.faults.next({ path: "/v3/ips", status: 200, body: page(101, 1) });
  const ips = await getIps();
  expect(ips).toHaveLength(101);
  expect(ips[100]).toEqual({
    ip: "192.0.2.101",
    subusers: [],
    pools: ["news"],
    warmup: false,
    hasReverseDns: false,
  });
});

it("tells since when one warms up, and its name in DNS", async () => {
  const since = Date.parse("2026-01-15T12:00:00Z") / 1000;
  const ip = { ip: "192.0.2.10", subusers: null, pools: [], warmup: true, start_date: since };
  const body = [{ ...ip, whitelabeled: true, rdns: "o1.em.example.com", assigned_at: since - 60 }];
  open.api.faults.next({ path: "/v3/ips", status: 200, body });
  expect(await getIps()).toEqual([
    {
      ip: "192.0.2.10",
      subusers: [],
      pools: [],
      warmup: true,
      warmupStarted: "2026-01-15T12:00:00Z",
      hasReverseDns: true,
      reverseDns: "o1.em.example.com",
      assigned: "2026-01-15T11:59:00Z",
    },
  ]);
});

it("refuses what is no address", async () => {
  const reason = expect.stringContaining("must be an IPv4 address, e.g. 192.0.2.10");
  expect(await invoke("getIps", { ip: "192.0.2" })).toEqual({ failures: [{ property: "ip", reason }] });
});
