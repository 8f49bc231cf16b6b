import { status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type OpenAccount, openAccount } from "../sendgrid";

const TOKEN = "sendgrid:index:VerifiedSender";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const INPUTS = { nickname: "Orders", fromEmail: "orders@example.com", replyTo: "help@example.com" };
const call = async (method: string, path: string, body?: unknown) =>
  await fetch(`${open.api.url}/v3/verified_senders${path}`, {
    method,
    headers: { authorization: `Bearer ${open.adminKey}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
const Listed = z.object({
  results: z.array(z.object({ id: z.number().transform(String), from_name: z.string() })),
});
const listed = async () => Listed.parse(await (await call("GET", "")).json()).results;
const click = async (id: string) => expect((await call("GET", `/verify/verify-${id}`)).status).toBe(204);
const requested = (request: string) => open.requests().filter((each) => each === request).length;

type Made = Awaited<ReturnType<OpenAccount["create"]>>;
const update = async ({ id, inputs, properties }: Made, change: Record<string, unknown>) => {
  const after = await open.client.check(TOKEN, { ...inputs, ...change });
  return await open.client.update(TOKEN, id, { inputs, state: properties }, after.inputs);
};
const read = async ({ id, inputs, properties }: Made) =>
  await open.client.read(TOKEN, id, inputs, properties);

describe("the check", () => {
  it.each([
    [{ nickname: "" }, "nickname"],
    [{ nickname: "x".repeat(101) }, "nickname"],
    [{ fromEmail: "orders" }, "fromEmail"],
    [{ replyTo: "help@" }, "replyTo"],
    [{ replyToName: "x".repeat(257) }, "replyToName"],
    [{ state: "California" }, "state"],
    [{ zip: "12345-67890" }, "zip"],
    [{ waitSeconds: 86_401 }, "waitSeconds"],
  ])("refuses %o", async (wrong, property) => {
    const { failures } = await open.client.check(TOKEN, { ...INPUTS, ...wrong });
    expect(failures.map((failure) => failure.property)).toEqual([property]);
  });

  it("says what an address has to be", async () => {
    const { failures } = await open.client.check(TOKEN, { ...INPUTS, fromEmail: "orders" });
    expect(failures[0]?.reason).toBe("must be an email address, e.g. orders@example.com");
  });
});

describe("a sender", () => {
  it("is not verified until somebody follows the link, which a refresh then shows", async () => {
    const made = await open.create(TOKEN, INPUTS);
    expect(made.properties).toMatchObject({ senderId: made.id, verified: false });
    await click(made.id);
    expect((await read(made)).properties).toMatchObject({ verified: true });
  });

  it("waits for the click where it is asked to", async () => {
    const creating = open.create(TOKEN, { ...INPUTS, waitSeconds: 60 });
    await expect.poll(listed).toHaveLength(1);
    const [{ id } = { id: "" }] = await listed();
    await click(id);
    expect((await creating).properties).toMatchObject({ senderId: id, verified: true });
  });

  it("that nobody verifies in time fails with what to do, and the next run finishes it", async () => {
    const { inputs } = await open.client.check(TOKEN, { ...INPUTS, waitSeconds: 1, resend: { a: "b" } });
    await expect(open.client.create(TOKEN, inputs)).rejects.toMatchObject({
      code: status.UNKNOWN,
      details:
        "orders@example.com is not verified after 1 seconds. Follow the link in SendGrid's mail to it, then run " +
        "the same command again. Where the mail is lost, or older than 48 hours, change resend: it is sent again.",
    });
    const [{ id } = { id: "" }] = await listed();
    await click(id);
    const state = { ...inputs, senderId: id, verified: false };
    const properties = await open.client.update(TOKEN, id, { inputs, state }, inputs);
    expect(properties).toMatchObject({ verified: true });
    expect(open.requests().filter((each) => /PATCH|resend/.test(each))).toEqual([]);
  });

  it("sends the mail again when resend changes, and nothing else", async () => {
    const made = await open.create(TOKEN, INPUTS);
    await update(made, { resend: { reminder: "1" } });
    expect(requested(`POST /v3/verified_senders/resend/${made.id}`)).toBe(1);
    expect(requested(`PATCH /v3/verified_senders/${made.id}`)).toBe(0);
  });

  it("sends no mail to an address that is verified", async () => {
    const made = await open.create(TOKEN, INPUTS);
    await click(made.id);
    expect(await update(made, { resend: { reminder: "1" } })).toMatchObject({ verified: true });
    expect(requested(`POST /v3/verified_senders/resend/${made.id}`)).toBe(0);
  });

  it("has to be verified anew when its address changes", async () => {
    const made = await open.create(TOKEN, INPUTS);
    await click(made.id);
    expect(await update(made, { fromEmail: "shop@example.com" })).toMatchObject({ verified: false });
  });

  it("loses what the program no longer sets", async () => {
    const made = await open.create(TOKEN, { ...INPUTS, fromName: "Example" });
    await update(made, { fromName: undefined });
    expect(await listed()).toEqual([{ id: made.id, from_name: "" }]);
  });

  it("shows in a refresh what was changed in the console", async () => {
    const made = await open.create(TOKEN, INPUTS);
    await call("PATCH", `/${made.id}`, { reply_to: "other@example.com" });
    expect((await read(made)).inputs).toMatchObject({ replyTo: "other@example.com" });
  });

  it("takes letter case in an address for no difference", async () => {
    const made = await open.create(TOKEN, INPUTS);
    await call("PATCH", `/${made.id}`, { from_email: "Orders@Example.com" });
    expect((await read(made)).inputs).toEqual(made.inputs);
  });

  it("stays verified in an update where the address differs in letter case only", async () => {
    const made = await open.create(TOKEN, INPUTS);
    await call("PATCH", `/${made.id}`, { from_email: "Orders@Example.com" });
    await click(made.id);
    expect(await update(made, { replyTo: "other@example.com" })).toMatchObject({ verified: true });
  });

  it("is gone in a refresh when it is deleted, and deleting it then is fine", async () => {
    const made = await open.create(TOKEN, INPUTS);
    await call("DELETE", `/${made.id}`);
    expect((await read(made)).id).toBe("");
    await open.client.delete(TOKEN, made.id, made.inputs, made.properties);
  });

  it("is refused with the id where the nickname is taken, and taken over with adopt", async () => {
    const { id } = await open.create(TOKEN, INPUTS);
    await expect(open.create(TOKEN, INPUTS)).rejects.toThrow(`exists already, with the id ${id}`);
    const adopted = await open.create(TOKEN, { ...INPUTS, replyTo: "other@example.com", adopt: true });
    expect(adopted.id).toBe(id);
    expect(requested("POST /v3/verified_senders")).toBe(1);
    expect(requested(`POST /v3/verified_senders/resend/${id}`)).toBe(0);
  });

  it("is made once where the answer to its creation is lost", async () => {
    open.api.faults.next({ method: "POST", path: "/v3/verified_senders", reset: "after" });
    const { id } = await open.create(TOKEN, INPUTS);
    expect((await listed()).map((each) => each.id)).toEqual([id]);
  });

  it("can be imported, whatever the program says of waiting", async () => {
    const { id } = await open.create(TOKEN, INPUTS);
    const imported = await open.client.read(TOKEN, id);
    const program = await open.client.check(TOKEN, { ...INPUTS, waitSeconds: 5, resend: { a: "b" } });
    expect(await open.client.diff(TOKEN, imported.inputs, program.inputs)).toMatchObject({ changes: false });
  });

  it("of an id that is no number does not exist", async () => {
    expect((await open.client.read(TOKEN, "orders")).id).toBe("");
  });
});
