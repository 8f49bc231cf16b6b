import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";

const TOKEN = "sendgrid:index:IpPool";
const RECEIPTS = { name: "receipts", ips: ["192.0.2.10", "192.0.2.11"] };

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const call = async (method: string, path: string, body?: unknown) => {
  const headers = { authorization: `Bearer ${open.adminKey}`, "content-type": "application/json" };
  const answer = await fetch(`${open.api.url}/v3/ips/pools${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return answer.status === 204 ? undefined : await answer.json();
};
const ipsOf = async (pool: string) => Object(await call("GET", `/${encodeURIComponent(pool)}`)).ips;

describe("the check", () => {
  it.each([
    [{ ...RECEIPTS, name: "a" }, "name", /must have at least 2 characters: no message can name/],
    [{ ...RECEIPTS, name: ".." }, "name", /not be \.\.: it is part of URLs/],
    [{ ...RECEIPTS, name: "a\nb" }, "name", /must have no control characters/],
    [{ ...RECEIPTS, name: "x".repeat(65) }, "name", /.*/],
    [{ ...RECEIPTS, ips: ["192.0.2.256"] }, "ips[0]", /must be an IPv4 address/],
    [{ ...RECEIPTS, ips: [...Array(101)].map((_, n) => `192.0.2.${n}`) }, "ips", /at most 100 addresses/],
    [{ ...RECEIPTS, ips: ["192.0.2.10", "192.0.2.10"] }, "ips", /must not name an address twice/],
  ])("refuses %o", async (inputs, property, reason) => {
    const { failures } = await open.client.check(TOKEN, inputs);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });
});

it("has no diff for another order of its addresses", async () => {
  const turned = { ...RECEIPTS, ips: RECEIPTS.ips.toReversed() };
  expect(await open.client.diff(TOKEN, RECEIPTS, turned)).toMatchObject({ changes: false });
});

it("adds what is missing and takes out what is too much", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, RECEIPTS);
  const after = { ...RECEIPTS, ips: ["192.0.2.11", "192.0.2.12"] };
  await open.client.update(TOKEN, id, { inputs, state: properties }, after);
  expect(await ipsOf("receipts")).toEqual(["192.0.2.11", "192.0.2.12"]);
});

it("takes a name with a slash and a space", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, { ...RECEIPTS, name: "a/b c" });
  expect(await open.client.read(TOKEN, id, inputs, properties)).toEqual({ id, inputs, properties });
  await open.client.delete(TOKEN, id, inputs);
  expect(await call("GET", "")).toEqual([]);
});

it("shows in a refresh what somebody changed, and that it is gone", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, RECEIPTS);
  await call("DELETE", "/receipts/ips/192.0.2.10");
  expect((await open.client.read(TOKEN, id, inputs, properties)).inputs.ips).toEqual(["192.0.2.11"]);
  await call("DELETE", "/receipts");
  expect((await open.client.read(TOKEN, id, inputs, properties)).id).toBe("");
});

it("is refused where it exists, and taken over with adopt", async () => {
  await call("POST", "", { name: "receipts" });
  await expect(open.create(TOKEN, RECEIPTS)).rejects.toThrow(
    'IpPool with name "receipts" exists already, with the id receipts. Take it over with adopt: true',
  );
  await open.create(TOKEN, { ...RECEIPTS, adopt: true });
  expect(await ipsOf("receipts")).toEqual(RECEIPTS.ips);
});

it("that was made without all its addresses is finished by the next update", async () => {
  open.api.faults.next({ method: "POST", path: "/v3/ips/pools/receipts/ips", skip: 1, status: 403 });
  await expect(open.create(TOKEN, RECEIPTS)).rejects.toThrow();
  expect(await ipsOf("receipts")).toEqual(["192.0.2.10"]);
  await open.client.update(TOKEN, "receipts", { inputs: RECEIPTS, state: RECEIPTS }, RECEIPTS);
  expect(await ipsOf("receipts")).toEqual(RECEIPTS.ips);
});
