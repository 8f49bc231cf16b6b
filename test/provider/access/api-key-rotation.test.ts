import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { secret } from "../../kit/client";
import { API_KEY, type OpenAccount, openAccount, serveProvider } from "../sendgrid";
import { startEngineLog } from "./engine-messages";

let open: OpenAccount;
let engine: Awaited<ReturnType<typeof startEngineLog>>;
beforeEach(async () => {
  engine = await startEngineLog();
  open = await openAccount();
  await open.client.attach(engine.address);
});
afterEach(async () => {
  await open.close();
  engine.close();
});

const RELAY = { name: "relay", scopes: ["mail.send"], gracePeriodSeconds: 1 };
const GRACE_MS = 1000;
const idsNow = () =>
  open.account.keys
    .list("sandbox")
    .filter(({ name }) => name === "relay")
    .map(({ id }) => id);
const textOf = (properties: Record<string, unknown>): string => Object(properties.apiKey).value;

/** Rotates a new key as the engine does: diff, create the new one, then the caller deletes the old one. */
async function rotate() {
  const before = await open.create(API_KEY, RELAY);
  const after = { ...before.inputs, triggers: { rotation: "2" } };
  const { inputs, properties, id } = before;
  const diff = await open.client.diff(API_KEY, inputs, after, [], properties, id);
  const made = await open.client.create(API_KEY, after);
  return { before, diff, made, madeAt: Date.now() };
}

describe("a rotation by triggers", () => {
  it("makes a new key before the old one is deleted", async () => {
    const { before, diff, made } = await rotate();
    expect(diff).toMatchObject({ replaces: ["triggers"], deleteBeforeReplace: false });
    expect(made.id).not.toBe(before.id);
    expect(textOf(made.properties)).not.toBe(textOf(before.properties));
    expect(idsNow()).toEqual([before.id, made.id]);
  });

  it("leaves the old key valid for its grace period after the new one was made, and says so", async () => {
    const { before, made, madeAt } = await rotate();
    const deleted = open.client.delete(API_KEY, before.id, before.inputs, before.properties);
    await vi.waitFor(() =>
      expect(engine.notes()).toContainEqual(
        expect.stringMatching(
          new RegExp(`^the key ${before.id} stays valid for 1 s more: its grace period$`),
        ),
      ),
    );
    expect(open.account.keys.find(textOf(before.properties))).toBeDefined();
    await deleted;
    expect(Date.now() - madeAt).toBeGreaterThanOrEqual(GRACE_MS - 50);
    expect(idsNow()).toEqual([made.id]);
    expect(open.account.keys.find(textOf(before.properties))).toBeUndefined();
  });

  it("ends at once when the user cancels, and the old key is still there", async () => {
    const { before } = await rotate();
    const long = { ...before.inputs, gracePeriodSeconds: 86_400 };
    const deleted = expect(open.client.delete(API_KEY, before.id, long, before.properties)).rejects.toThrow(
      /cancelled/i,
    );
    await vi.waitFor(() => expect(engine.notes()).not.toEqual([]));
    await open.client.cancel();
    await deleted;
    expect(idsNow()).toContain(before.id);
  });

  it("does not warn of the key that it replaces, which has the same name", async () => {
    const { before } = await rotate();
    // What is said after it has arrived: so would a warning have.
    await open.client.delete(API_KEY, before.id, before.inputs, before.properties);
    await vi.waitFor(() => expect(engine.notes()).not.toEqual([]));
    expect(engine.warnings()).toEqual([]);
  });
});

it("is deleted at once by a run that has made no other, whatever its grace period", async () => {
  const { id, inputs, properties } = await open.create(API_KEY, { ...RELAY, gracePeriodSeconds: 86_400 });
  const later = await serveProvider();
  await later.client.configure({ apiKey: secret(open.adminKey), baseUrl: open.api.url });
  await later.client.delete(API_KEY, id, inputs, properties);
  await later.close();
  expect(idsNow()).toEqual([]);
});

describe("a create beside keys of the same name", () => {
  it("warns of them, and of no others, with their ids and the commands that delete them", async () => {
    await open.create(API_KEY, { ...RELAY, name: "relay, too" });
    const first = await open.create(API_KEY, RELAY);
    await open.create(API_KEY, RELAY);
    await vi.waitFor(() => expect(engine.warnings()).toHaveLength(1));
    const command = (id: string) =>
      `curl -X DELETE -H "Authorization: Bearer $SENDGRID_API_KEY" ${open.api.url}/v3/api_keys/${id}`;
    expect(engine.warnings()[0]).toBe(
      'The account has 1 more API key named "relay". Where an interrupted run left one, nobody knows its text and ' +
        `it is of no use. Delete it, unless something uses it: ${command(first.id)}`,
    );
  });

  it("tells the key that is replaced from one that an interrupted rotation has left", async () => {
    const { before, made } = await rotate();
    // The run broke off: the state still has the old key, and the next run makes yet another.
    await open.client.diff(API_KEY, before.inputs, before.inputs, [], before.properties, before.id);
    await open.client.create(API_KEY, before.inputs);
    await vi.waitFor(() => expect(engine.warnings()).toHaveLength(1));
    const [warning] = engine.warnings();
    expect(warning).toContain("The account has 1 more API key named");
    expect(warning).toContain(`/v3/api_keys/${made.id}`);
    expect(warning).not.toContain(before.id);
  });
});
