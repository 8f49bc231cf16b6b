import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TOKEN = "sendgrid:index:UnsubscribeGroup";
const PATH = "/v3/asm/groups";
const NEWS = { name: "Newsletter", description: "Our monthly newsletter" };

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const groups = () => request(open, "GET", PATH);

describe("the default group", () => {
  it("stays one that was made so in the console where the program does not say", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, NEWS);
    expect(properties).toEqual({ ...NEWS, groupId: id, isDefault: false });
    await request(open, "PATCH", `${PATH}/${id}`, { is_default: true });
    const read = await open.client.read(TOKEN, id, inputs, properties);
    expect(read).toMatchObject({ inputs: NEWS, properties: { isDefault: true } });
    const after = { ...NEWS, description: "Once a month" };
    const updated = await open.client.update(TOKEN, id, { inputs, state: read.properties }, after);
    expect(updated).toMatchObject({ ...after, isDefault: true });
  });

  it("shows as changed where another one has become it", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, { ...NEWS, isDefault: true });
    await open.create(TOKEN, { name: "Offers", description: "Our offers", isDefault: true });
    const read = await open.client.read(TOKEN, id, inputs, properties);
    expect(read.inputs).toMatchObject({ isDefault: false });
  });
});

it("is refused where the name has one, and taken over with adopt", async () => {
  await request(open, "POST", PATH, { ...NEWS, description: "What somebody wrote" });
  await expect(open.create(TOKEN, NEWS)).rejects.toThrow(
    /UnsubscribeGroup with name "Newsletter" exists already, with the id \d+\. Take it over with adopt: true/,
  );
  const { id } = await open.create(TOKEN, { ...NEWS, adopt: true });
  expect(await groups()).toMatchObject([{ id: Number(id), ...NEWS }]);
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(TOKEN, NEWS);
  expect(await groups()).toHaveLength(1);
});

it("is gone already, which is as good as deleted", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, NEWS);
  await request(open, "DELETE", `${PATH}/${id}`);
  expect((await open.client.read(TOKEN, id, inputs, properties)).id).toBe("");
  await open.client.delete(TOKEN, id, inputs, properties);
});

it.each([
  ["name", { ...NEWS, name: "x".repeat(31) }],
  ["name", { ...NEWS, name: "" }],
  ["description", { ...NEWS, description: "x".repeat(101) }],
])("is checked: %s", async (property, given) => {
  const { failures } = await open.client.check(TOKEN, given);
  expect(failures).toMatchObject([{ property }]);
});
