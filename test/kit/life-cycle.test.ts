import { status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECKED, openBookshop, type Shop } from "./bookshop";
import { secret, UNKNOWN } from "./client";

const BOOK = "shop:index:Book";
let open: Awaited<ReturnType<typeof openBookshop>>;
let shop: Shop;
beforeEach(async () => {
  open = await openBookshop();
  shop = await open.shop();
});
afterEach(() => open.close());

const STATE = {
  ...CHECKED,
  label: "Pragmatic (389721121X)",
  stockNumber: "no-389721121X",
  pickupCode: secret("open-sesame"),
};

describe("the preview of a create", () => {
  it("knows the inputs and what follows from them; the rest is unknown", async () => {
    expect((await open.client.create(BOOK, CHECKED, { preview: true })).properties).toEqual({
      ...CHECKED,
      label: "Pragmatic (389721121X)",
      stockNumber: UNKNOWN,
      pickupCode: secret(UNKNOWN),
    });
  });

  it("does not know what follows from an unknown input", async () => {
    const inputs = { ...CHECKED, title: UNKNOWN };
    expect((await open.client.create(BOOK, inputs, { preview: true })).properties.label).toBe(UNKNOWN);
  });

  it("creates nothing", async () => {
    await open.client.create(BOOK, CHECKED, { preview: true });
    expect(shop.books.size).toBe(0);
  });
});

describe("a create", () => {
  it("answers the id and the inputs with the outputs, secrets as secrets", async () => {
    expect(await open.client.create(BOOK, CHECKED)).toEqual({ id: "389721121X", properties: STATE });
  });

  it("keeps an input secret that came as one", async () => {
    const { properties } = await open.client.create(BOOK, { ...CHECKED, price: secret(12) });
    expect(properties.price).toEqual(secret(12));
  });

  it("refuses inputs that no check has seen", async () => {
    await expect(open.client.create(BOOK, { isbn: "1" })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: "shop:index:Book: isbn must be ten digits, the last of which can be X; title is missing",
    });
  });

  it("passes a failure on with its cause, without the secrets that it had", async () => {
    shop.fault = new Error("the till is stuck", { cause: new Error("code s3cret-note is wrong") });
    await expect(open.client.create(BOOK, { ...CHECKED, note: secret("s3cret-note") })).rejects.toMatchObject(
      {
        code: status.UNKNOWN,
        details: "the till is stuck (code [secret] is wrong)",
      },
    );
  });

  it("that leaves something behind hands over what there is and what is missing", async () => {
    const inputs = { ...CHECKED, title: "half a book" };
    const failure = await open.client.create(BOOK, inputs).catch((error: unknown) => error);
    const detail = initFailure(failure);
    expect(detail.getId()).toBe("389721121X");
    expect(detail.getReasonsList()).toEqual(["the second half is missing"]);
    expect(detail.getInputs()?.toJavaScript()).toEqual(inputs);
    expect(detail.getProperties()?.toJavaScript()).toMatchObject({
      title: "half a book",
      pickupCode: secret("open-sesame"),
    });
  });

  it("stops when the user cancels", async () => {
    const waiting = new Promise<void>((resolve) => {
      shop.onWait = resolve;
    });
    const creating = open.client.create(BOOK, CHECKED);
    const failure = expect(creating).rejects.toMatchObject({ code: status.CANCELLED, details: "cancelled" });
    await waiting;
    await open.client.cancel();
    await failure;
  });

  it("stops when its time is up", async () => {
    shop.onWait = () => {};
    await expect(open.client.create(BOOK, CHECKED, { timeout: 0.05 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      details: "not finished in time: raise the resource option customTimeouts, or see what holds it up",
    });
  });

  it("goes ahead in the run after a cancelled one", async () => {
    await open.client.cancel();
    await open.shop();
    expect((await open.client.create(BOOK, CHECKED)).id).toBe("389721121X");
  });
});

describe("a read", () => {
  it("of what is gone answers no id", async () => {
    expect(await open.client.read(BOOK, "nothing", CHECKED)).toEqual({ id: "", inputs: {}, properties: {} });
  });

  it("without inputs, an import, answers inputs that make no diff", async () => {
    await open.client.create(BOOK, { ...CHECKED, supplier: "S" });
    const { inputs } = await open.client.read(BOOK, "389721121X");
    expect(await open.client.diff(BOOK, inputs, { ...CHECKED, supplier: "S" })).toMatchObject({
      changes: false,
    });
  });

  it("answers what has drifted", async () => {
    await open.client.create(BOOK, CHECKED);
    shop.books.set("389721121X", { ...CHECKED, title: "Defaced" });
    const read = await open.client.read(BOOK, "389721121X", CHECKED, STATE);
    expect(read.inputs).toEqual({ ...CHECKED, title: "Defaced" });
    expect(read.properties).toMatchObject({ title: "Defaced", label: "Defaced (389721121X)" });
  });

  it("keeps the outputs that the API shows only once", async () => {
    await open.client.create(BOOK, CHECKED);
    const read = await open.client.read(BOOK, "389721121X", CHECKED, STATE);
    expect(read.properties.pickupCode).toEqual(secret("open-sesame"));
  });

  it("keeps an input that the API never returns", async () => {
    const inputs = { ...CHECKED, supplier: "S" };
    await open.client.create(BOOK, inputs);
    expect((await open.client.read(BOOK, "389721121X", inputs, STATE)).inputs).toEqual(inputs);
  });

  it("keeps the user's spelling of what means the same", async () => {
    const inputs = { ...CHECKED, authors: ["Ann", "Ben"] };
    await open.client.create(BOOK, inputs);
    shop.books.set("389721121X", { ...inputs, authors: ["Ben", "Ann"] });
    expect((await open.client.read(BOOK, "389721121X", inputs, STATE)).inputs.authors).toEqual([
      "Ann",
      "Ben",
    ]);
  });

  it("leaves unset what the user does not manage", async () => {
    await open.client.create(BOOK, CHECKED);
    shop.books.set("389721121X", { ...CHECKED, pages: 300 });
    expect((await open.client.read(BOOK, "389721121X", CHECKED, STATE)).inputs).toEqual(CHECKED);
  });

  it("keeps inputs secret that were", async () => {
    const inputs = { ...CHECKED, title: secret("Pragmatic") };
    await open.client.create(BOOK, inputs);
    const read = await open.client.read(BOOK, "389721121X", inputs, STATE);
    expect([read.inputs.title, read.properties.title]).toEqual([secret("Pragmatic"), secret("Pragmatic")]);
  });
});

describe("an update", () => {
  const before = { inputs: CHECKED, state: STATE };

  it("answers the new state, with the outputs that it did not change", async () => {
    const after = { ...CHECKED, title: "Second edition" };
    expect(await open.client.update(BOOK, "389721121X", before, after)).toEqual({
      ...STATE,
      title: "Second edition",
      label: "Second edition (389721121X)",
    });
  });

  it("previewed keeps outputs, but for those that the definition says", async () => {
    const after = { ...CHECKED, title: "renumbered" };
    expect(await open.client.update(BOOK, "389721121X", before, after, { preview: true })).toEqual({
      ...STATE,
      title: "renumbered",
      label: "renumbered (389721121X)",
      stockNumber: UNKNOWN,
    });
  });

  it("copes with a state that an older provider wrote", async () => {
    const state = { ...CHECKED, stockNumber: 7 };
    const updated = await open.client.update(BOOK, "389721121X", { inputs: CHECKED, state }, CHECKED);
    expect(updated).toMatchObject({ label: "Pragmatic (389721121X)", stockNumber: "" });
  });
});

it("deletes", async () => {
  await open.client.create(BOOK, CHECKED);
  await open.client.delete(BOOK, "389721121X", CHECKED, STATE);
  expect(shop.books.size).toBe(0);
});

describe("a function", () => {
  it("answers", async () => {
    await open.client.create(BOOK, CHECKED);
    const answer = await open.client.invoke("shop:index:getTitle", { isbn: "3-89721-121-X" });
    expect(answer).toEqual({ result: { title: "Pragmatic" }, failures: [] });
  });

  it("checks its arguments", async () => {
    const { failures } = await open.client.invoke("shop:index:getTitle", {});
    expect(failures).toEqual([{ property: "isbn", reason: "is missing" }]);
  });

  it("that does not exist is refused", async () => {
    await expect(open.client.invoke("shop:index:getBoat", {})).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: "shop has no function shop:index:getBoat",
    });
  });
});

/** What the engine reads from a failed create to keep the resource. */
function initFailure(failure: unknown): ErrorResourceInitFailed {
  if (!(failure instanceof Error) || !("metadata" in failure))
    throw new Error("no gRPC error", { cause: failure });
  const metadata = failure.metadata as { get(name: string): unknown[] };
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Uint8Array)) throw new Error("no status detail");
  const [detail] = Status.deserializeBinary(bytes).getDetailsList();
  expect(detail?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
  return ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
}
