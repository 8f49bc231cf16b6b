import { status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN } from "../../kit/client";
import { DOMAIN, type OpenAccount, openAccount, VALIDATION } from "../sendgrid";

let open: OpenAccount;
let domainId: string;
beforeEach(async () => {
  open = await openAccount();
  ({ id: domainId } = await open.create(DOMAIN, { domain: "example.com", subdomain: "em" }));
});
afterEach(() => open.close());

const RESULTS = { mailCname: { valid: true }, dkim1: { valid: true }, dkim2: { valid: true } };
const validate = (inputs: Record<string, unknown> = {}) =>
  open.create(VALIDATION, { domainId, timeoutSeconds: 0, ...inputs });
const tries = () => open.requests().filter((request) => request.endsWith("/validate")).length;

describe("a validation", () => {
  it("is valid in the preview, since else it fails", async () => {
    const { inputs } = await open.client.check(VALIDATION, { domainId: UNKNOWN });
    const { properties } = await open.client.create(VALIDATION, inputs, { preview: true });
    expect(properties).toMatchObject({ domainId: UNKNOWN, valid: true, results: UNKNOWN });
  });

  it("succeeds at once when the records are there", async () => {
    open.publish();
    expect(await validate()).toMatchObject({ id: domainId, properties: { valid: true, results: RESULTS } });
  });

  it("waits until the records are there", async () => {
    const validating = validate({ timeoutSeconds: 60 });
    open.publish();
    expect((await validating).properties.valid).toBe(true);
  });

  it("fails with SendGrid's reason for each record that is missing", async () => {
    open.publish();
    for (const record of open.zone.records()) if (record.name.startsWith("s")) open.zone.remove(record);
    const dns = open.account.domains.list()[0]?.dns ?? {};
    await expect(validate()).rejects.toMatchObject({
      code: status.UNKNOWN,
      details: [
        "example.com is not valid after 0 seconds. SendGrid says:",
        `  - dkim1 (CNAME s1._domainkey.example.com): Expected CNAME for "s1._domainkey.example.com" to match "${dns.dkim1?.data}".`,
        `  - dkim2 (CNAME s2._domainkey.example.com): Expected CNAME for "s2._domainkey.example.com" to match "${dns.dkim2?.data}".`,
        "Correct these records at the domain's DNS host, see with `dig TYPE NAME` that they are served, and run the same",
        "command again. Where they were published only now, a larger timeoutSeconds waits for old answers to expire.",
      ].join("\n"),
    });
  });

  it("leaves nothing behind when it fails, so that the next run does it again", async () => {
    await expect(validate()).rejects.toMatchObject({ metadata: expect.anything() });
    open.publish();
    expect((await validate()).id).toBe(domainId);
  });

  it.each([
    [
      "SendGrid can't look up",
      { status: 500, body: { errors: [{ message: "internal error getting TXT" }] } },
    ],
    ["the rate limit is used up", { status: 429, headers: { "x-ratelimit-reset": "1" } }],
    ["the connection breaks", { reset: "before" as const }],
  ])("goes on when %s", async (_, fault) => {
    open.publish();
    open.api.faults.next({ method: "POST", times: 5, ...fault });
    expect((await validate({ timeoutSeconds: 60 })).properties.valid).toBe(true);
  });

  it("gives up at once when the key is not allowed to", async () => {
    open.api.faults.next({ method: "POST", status: 403 });
    await expect(validate({ timeoutSeconds: 60 })).rejects.toThrow(
      /Give the API key the scope whitelabel\.update/,
    );
    expect(tries()).toBe(1);
  });

  it("stops when the user cancels", async () => {
    const validating = expect(validate({ timeoutSeconds: 60 })).rejects.toMatchObject({
      code: status.CANCELLED,
    });
    await open.client.cancel();
    await validating;
  });

  it("of a domain that does not exist says so", async () => {
    await expect(validate({ domainId: "1" })).rejects.toThrow(
      "Could not validate the authenticated domain 1: the account has none with this id. " +
        "Run `pulumi refresh`, so that its DomainAuthentication is created again.",
    );
  });
});

describe("once valid, it", () => {
  let valid: Awaited<ReturnType<typeof validate>>;
  beforeEach(async () => {
    open.publish();
    valid = await validate();
  });
  const update = async (change: Record<string, unknown>) => {
    const { inputs } = await open.client.check(VALIDATION, { ...valid.inputs, ...change });
    return await open.client.update(
      VALIDATION,
      valid.id,
      { inputs: valid.inputs, state: valid.properties },
      inputs,
    );
  };

  it("stays as it is in a refresh", async () => {
    const { id, inputs, properties } = valid;
    expect(await open.client.read(VALIDATION, id, inputs, properties)).toEqual({ id, inputs, properties });
  });

  it("is gone when SendGrid no longer holds the domain valid", async () => {
    const [domain] = open.account.domains.list();
    if (domain) domain.valid = false;
    expect((await open.client.read(VALIDATION, valid.id, valid.inputs, valid.properties)).id).toBe("");
  });

  it("is gone with its domain", async () => {
    await open.client.delete(DOMAIN, domainId);
    expect((await open.client.read(VALIDATION, valid.id, valid.inputs, valid.properties)).id).toBe("");
  });

  it.each([
    ["domainId", { domainId: "7" }],
    ["triggers", { triggers: { dkim1: "new" } }],
    ["timeoutSeconds", { timeoutSeconds: 5 }],
  ])("is updated, not replaced, for another %s", async (_, change) => {
    const { inputs } = await open.client.check(VALIDATION, { ...valid.inputs, ...change });
    expect(await open.client.diff(VALIDATION, valid.inputs, inputs)).toMatchObject({
      changes: true,
      replaces: [],
    });
  });

  it("validates again when a trigger changes", async () => {
    await update({ triggers: { dkim1: "new" } });
    expect(tries()).toBe(2);
  });

  it("follows to another domain, and is read of that one from then on", async () => {
    const other = await open.create(DOMAIN, {
      domain: "example.com",
      subdomain: "em2",
      customDkimSelector: "abc",
    });
    open.publish();
    const properties = await update({ domainId: other.id });
    await open.client.delete(DOMAIN, domainId);
    const read = await open.client.read(
      VALIDATION,
      valid.id,
      { ...valid.inputs, domainId: other.id },
      properties,
    );
    expect(read).toMatchObject({ id: other.id, properties });
  });

  it("asks nothing when only the time to wait changes", async () => {
    await update({ timeoutSeconds: 5 });
    expect(tries()).toBe(1);
  });

  it("can be imported by the domain's id", async () => {
    const imported = await open.client.read(VALIDATION, domainId);
    const program = (
      await open.client.check(VALIDATION, { domainId, triggers: { a: "b" }, timeoutSeconds: 7 })
    ).inputs;
    expect(await open.client.diff(VALIDATION, imported.inputs, program)).toMatchObject({ changes: false });
  });

  it("is deleted without a request", async () => {
    const before = open.requests().length;
    await open.client.delete(VALIDATION, valid.id, valid.inputs, valid.properties);
    expect(open.requests()).toHaveLength(before);
  });
});
