import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TEMPLATE = "sendgrid:index:Template";
const VERSION = "sendgrid:index:TemplateVersion";
let open: OpenAccount;
let templateId: string;
beforeEach(async () => {
  open = await openAccount();
  ({ id: templateId } = await open.create(TEMPLATE, { name: "Order confirmation" }));
});
afterEach(() => open.close());

const version = (name: string, more: Record<string, unknown> = {}) => ({
  templateId,
  name,
  subject: "Your order",
  htmlContent: "<p>Thank you.</p>",
  ...more,
});
const activeVersions = async () => {
  const answer = await request(open, "GET", `/v3/templates/${templateId}`);
  const versions: { name: string; active: number }[] = Object(answer).versions;
  return versions.filter(({ active }) => active === 1).map(({ name }) => name);
};

describe("the active version", () => {
  it("is the first one by itself", async () => {
    expect((await open.create(VERSION, version("first"))).properties.active).toBe(true);
  });

  it("is not the first one where that says so", async () => {
    const { id, inputs, properties } = await open.create(VERSION, version("first", { active: false }));
    expect(properties.active).toBe(false);
    expect((await open.client.read(VERSION, id, inputs, properties)).inputs).toEqual(inputs);
    expect(await activeVersions()).toEqual([]);
  });

  it("is brought about by the next update where the creation broke off", async () => {
    open.api.faults.next({ method: "PATCH", status: 400, times: 2 });
    await expect(open.create(VERSION, version("first", { active: false }))).rejects.toThrow(
      /Could not change the template version .* answered 400/,
    );
    const [made] = Object(await request(open, "GET", `/v3/templates/${templateId}`)).versions;
    const { inputs } = await open.client.check(VERSION, version("first", { active: false }));
    const id = `${templateId}/${made.id}`;
    const state = { ...inputs, versionId: made.id, active: true };
    open.api.faults.clear();
    expect((await open.client.update(VERSION, id, { inputs, state }, inputs)).active).toBe(false);
    expect(await activeVersions()).toEqual([]);
  });

  it("is relieved by another that says so", async () => {
    await open.create(VERSION, version("first"));
    await open.create(VERSION, version("second", { active: true }));
    expect(await activeVersions()).toEqual(["second"]);
  });

  it("is changed back when somebody activated another in the console", async () => {
    const first = await open.create(VERSION, version("first", { active: true }));
    await open.create(VERSION, version("second", { active: true }));
    const read = await open.client.read(VERSION, first.id, first.inputs, first.properties);
    expect(read.inputs.active).toBe(false);
    const state = { inputs: read.inputs, state: read.properties };
    expect((await open.client.update(VERSION, first.id, state, first.inputs)).active).toBe(true);
    expect(await activeVersions()).toEqual(["first"]);
  });

  it("stays as it is where the program does not say", async () => {
    const { id, inputs, properties } = await open.create(VERSION, version("first"));
    const changed = { ...inputs, subject: "Your order, received" };
    await open.client.update(VERSION, id, { inputs, state: properties }, changed);
    expect(await activeVersions()).toEqual(["first"]);
  });
});

it("shows content that somebody changed in the console", async () => {
  const { id, inputs, properties } = await open.create(VERSION, version("first"));
  const path = `/v3/templates/${templateId}/versions/${id.split("/")[1]}`;
  await request(open, "PATCH", path, { name: "first", subject: "Hello", html_content: "<p>Hello</p>" });
  expect((await open.client.read(VERSION, id, inputs, properties)).inputs).toMatchObject({
    subject: "Hello",
    htmlContent: "<p>Hello</p>",
  });
});

it("keeps content that was made in the console where the program has none, and empties what it had", async () => {
  const { htmlContent, ...without } = version("first");
  const designed = await open.create(VERSION, without);
  const path = `/v3/templates/${templateId}/versions/${designed.id.split("/")[1]}`;
  await request(open, "PATCH", path, { name: "first", subject: "Your order", html_content: "<p>Design</p>" });
  const rename = async (inputs: Record<string, unknown>, after: Record<string, unknown>) =>
    await open.client.update(VERSION, designed.id, { inputs, state: designed.properties }, after);
  const renamed = { ...designed.inputs, name: "renamed" };
  await rename(designed.inputs, renamed);
  expect(await request(open, "GET", path)).toMatchObject({ name: "renamed", html_content: "<p>Design</p>" });
  await rename({ ...renamed, htmlContent, testData: "{}" }, renamed);
  expect(await request(open, "GET", path)).toMatchObject({ html_content: "", test_data: "" });
});

it("is refused where the template has one of this name, with the id that an import takes", async () => {
  const { id } = await open.create(VERSION, version("first"));
  await expect(open.create(VERSION, version("first"))).rejects.toThrow(
    `\`pulumi import ${VERSION} it ${id}\``,
  );
});

it("is not made twice when the answer to its creation is lost", async () => {
  open.api.faults.next({ method: "POST", path: /versions$/, reset: "after" });
  await open.create(VERSION, version("first"));
  expect(await activeVersions()).toEqual(["first"]);
});

it("is gone with its template", async () => {
  const { id, inputs, properties } = await open.create(VERSION, version("first"));
  await open.client.delete(TEMPLATE, templateId);
  expect((await open.client.read(VERSION, id, inputs, properties)).id).toBe("");
  await open.client.delete(VERSION, id, inputs);
});

it("says what an id for an import looks like", async () => {
  await expect(open.client.read(VERSION, "4711")).rejects.toThrow(
    '"4711" is no id of a template version: it is TEMPLATE_ID/VERSION_ID',
  );
});

it.each([
  [
    "plain text that would be overwritten",
    { plainContent: "Thank you." },
    "plainContent would be generated from htmlContent: set generatePlainContent to false, or leave plainContent out",
  ],
  [
    "content of more than 1 MiB, by its bytes",
    { htmlContent: "ü".repeat(600_000) },
    "htmlContent must be HTML of at most 1048576 bytes in UTF-8",
  ],
  ["a long subject", { subject: "x".repeat(256) }, "subject must have at most 255 characters, not 256"],
])("is refused with %s", async (_, more, fault) => {
  const { failures } = await open.client.check(VERSION, version("first", more));
  expect(failures.map(({ property, reason }) => `${property} ${reason}`)).toEqual([fault]);
});
