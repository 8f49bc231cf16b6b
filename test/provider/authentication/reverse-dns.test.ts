import { afterEach, beforeEach, expect, it } from "vitest";
import { UNKNOWN } from "../../kit/client";
import { type OpenAccount, openAccount } from "../sendgrid";

const REVERSE_DNS = "sendgrid:index:ReverseDns";
const VALIDATION = "sendgrid:index:ReverseDnsValidation";
let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const RDNS = { ip: "192.0.2.10", domain: "example.com", subdomain: "em" };

it("knows in the preview what the record says, and not yet its name", async () => {
  expect((await open.client.create(REVERSE_DNS, RDNS, { preview: true })).properties).toEqual({
    ...RDNS,
    reverseDnsId: UNKNOWN,
    rdns: UNKNOWN,
    aRecord: { type: "A", host: UNKNOWN, data: "192.0.2.10" },
  });
});

it("exists once for an address: a second is refused with the id of the first", async () => {
  const { id } = await open.create(REVERSE_DNS, RDNS);
  await expect(open.create(REVERSE_DNS, { ...RDNS, subdomain: "other" })).rejects.toThrow(
    `ReverseDns with ip "192.0.2.10" exists already, with the id ${id}.`,
  );
});

it("is created beside an old one of another kind", async () => {
  const old = { id: 7, ip: "192.0.2.1", domain: "example.com", valid: true };
  open.api.faults.next({ method: "GET", path: "/v3/whitelabel/ips", status: 200, body: [old] });
  expect((await open.create(REVERSE_DNS, RDNS)).properties).toMatchObject({ ip: "192.0.2.10" });
});

it("is not taken over with another name: only a new one can have that", async () => {
  const { id } = await open.create(REVERSE_DNS, RDNS);
  await expect(open.create(REVERSE_DNS, { ...RDNS, subdomain: "other", adopt: true })).rejects.toThrow(
    `exists already, with the id ${id}, and can't be taken over: subdomain (it is "em", not "other") can't be changed.`,
  );
});

it("is replaced by every change, and the old one goes first where the address stays", async () => {
  const diff = (change: Record<string, unknown>) =>
    open.client.diff(REVERSE_DNS, RDNS, { ...RDNS, ...change });
  expect(await diff({ subdomain: "other" })).toMatchObject({
    replaces: ["subdomain"],
    deleteBeforeReplace: true,
  });
  expect(await diff({ ip: "192.0.2.11" })).toMatchObject({ replaces: ["ip"], deleteBeforeReplace: false });
});

it("is validated once its A record is published", async () => {
  const { id, properties } = await open.create(REVERSE_DNS, RDNS);
  const validate = () => open.create(VALIDATION, { reverseDnsId: id, timeoutSeconds: 0 });
  const { host, data } = Object(properties.aRecord);
  await expect(validate()).rejects.toThrow(`aRecord (A ${host}): Expected A record for "${host}"`);
  open.zone.add({ name: host, type: "A", value: data });
  expect((await validate()).properties.results).toEqual({ aRecord: { valid: true } });
});
