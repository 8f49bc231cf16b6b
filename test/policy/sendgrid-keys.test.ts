import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../mail-resources/value";
import { sendgridKeyFullAccess, sendgridKeyScopes } from "../../policy/rules/sendgrid-keys";
import { judge } from "./resources";

const KEY = "sendgrid:index:ApiKey";

describe("sendgrid-key-full-access", () => {
  const judged = judge(sendgridKeyFullAccess, KEY);

  it("refuses a key without scopes, of other SendGrid providers too", async () => {
    const message = "scopes: there are none, which is full access";
    expect(await judged({ name: "k" })).toEqual([message]);
    expect(await judged({ scopes: [] })).toEqual([message]);
    expect(await judged({ scopes: null })).toEqual([message]);
    expect(await judge(sendgridKeyFullAccess, "sendgrid:index/apiKey:ApiKey")({})).toEqual([message]);
  });

  it("allows one with scopes or unknown ones, and every other resource", async () => {
    expect(await judged({ scopes: ["mail.send"] })).toEqual([]);
    expect(await judged({ scopes: UNKNOWN })).toEqual([]);
    expect(await judged({ scopes: [UNKNOWN] })).toEqual([]);
    expect(await judge(sendgridKeyFullAccess, "other:index:ApiKey")({})).toEqual([]);
  });
});

describe("sendgrid-key-scopes", () => {
  const judged = judge(sendgridKeyScopes, KEY);

  it("refuses more than mail.send, and names what is too much", async () => {
    expect(await judged({ scopes: ["mail.send", "api_keys.create", "alerts.read"] })).toEqual([
      "scopes: api_keys.create, alerts.read",
    ]);
    expect(await judged({ scopes: ["mail.send"] })).toEqual([]);
    expect(await judged({ scopes: UNKNOWN })).toEqual([]);
    expect(await judged({ scopes: ["alerts.read", UNKNOWN] })).toEqual([]);
  });

  it("allows what it is told to, also by the beginning of the name", async () => {
    const scopes = ["mail.send", "mail.batch.create", "mailx"];
    expect(await judged({ scopes }, { allow: ["mail.*"] })).toEqual(["scopes: mailx"]);
    expect(await judged({ scopes }, { allow: [] })).toEqual(["scopes: mail.send, mail.batch.create, mailx"]);
  });
});
