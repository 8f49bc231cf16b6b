import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN } from "../../kit/client";
import { type OpenAccount, openAccount } from "../sendgrid";
import { keptOf } from "./kept";

const ANALYTICS = "sendgrid:index:GoogleAnalyticsTracking";
const PATH = "/v3/tracking_settings/google_analytics";
const FRESH = {
  enabled: false,
  utmSource: "sendgrid.com",
  utmMedium: "email",
  utmTerm: "",
  utmContent: "",
  utmCampaign: "website",
};

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

/** What somebody does in the console, or with a key of their own. */
async function request(path: string, body?: Record<string, unknown>): Promise<unknown> {
  const answer = await fetch(`${open.api.url}${path}`, {
    method: body === undefined ? "GET" : "PATCH",
    headers: { authorization: `Bearer ${open.adminKey}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return await answer.json();
}

describe("a setting of the account", () => {
  it("is known in the preview where the program sets it", async () => {
    const { properties } = await open.client.create(ANALYTICS, { enabled: true }, { preview: true });
    expect(properties).toMatchObject({ enabled: true, utmSource: UNKNOWN, previous: UNKNOWN });
  });

  it("is changed where the program sets it, and left as it is elsewhere", async () => {
    await request(PATH, { utm_term: "shoes" });
    const { id, properties } = await open.create(ANALYTICS, { enabled: true, utmSource: "shop" });
    const before = { ...FRESH, utmTerm: "shoes" };
    expect(id).toBe("google_analytics");
    expect(properties).toEqual({ ...before, enabled: true, utmSource: "shop", previous: before });
    expect(await request(PATH)).toMatchObject({ enabled: true, utm_source: "shop", utm_term: "shoes" });
  });

  it("is asked nothing but to tell what it is where the program sets nothing", async () => {
    expect((await open.create(ANALYTICS, {})).properties).toEqual({ ...FRESH, previous: FRESH });
    expect(open.requests()).toEqual([`GET ${PATH}`]);
  });

  it("remembers through updates and refreshes what was there, and brings it back in the end", async () => {
    const before = await request(PATH);
    const { id, inputs, properties } = await open.create(ANALYTICS, { enabled: true, utmSource: "shop" });
    const changed = { enabled: true, utmSource: "store", utmTerm: "hats" };
    const updated = await open.client.update(ANALYTICS, id, { inputs, state: properties }, changed);
    const refreshed = await open.client.read(ANALYTICS, id, changed, updated);
    expect(refreshed).toEqual({
      id,
      inputs: changed,
      properties: { ...FRESH, ...changed, previous: FRESH },
    });
    await open.client.delete(ANALYTICS, id, changed, refreshed.properties);
    expect(await request(PATH)).toEqual(before);
  });

  it("shows what was changed in the console, but only where the program sets it", async () => {
    const { id, inputs, properties } = await open.create(ANALYTICS, { enabled: true });
    await request(PATH, { enabled: false, utm_term: "shoes" });
    const read = await open.client.read(ANALYTICS, id, inputs, properties);
    expect(read.inputs).toEqual({ enabled: false });
    expect(read.properties).toMatchObject({ enabled: false, utmTerm: "shoes", previous: FRESH });
  });

  it("is left as it is by the end of one that was imported and not changed", async () => {
    const now = await request(PATH, { enabled: true, utm_term: "shoes" });
    const { inputs, properties } = await open.client.read(ANALYTICS, "google_analytics");
    expect(inputs).toEqual({ ...FRESH, enabled: true, utmTerm: "shoes" });
    expect(properties.previous).toEqual(inputs);
    await open.client.delete(ANALYTICS, "google_analytics", inputs, properties);
    expect(await request(PATH)).toEqual(now);
  });

  it("is imported by its fixed id only", async () => {
    await expect(open.client.read(ANALYTICS, "analytics")).rejects.toThrow(
      "An account has one setting of Google Analytics: its id is google_analytics, not analytics.",
    );
  });

  it("keeps what was there where nobody knows whether the change was made", async () => {
    open.api.faults.next({ method: "PATCH", path: PATH, reset: "after", times: 3 });
    const { details, kept } = await keptOf(open.create(ANALYTICS, { enabled: true }));
    expect(details).toContain("Could not change the setting of Google Analytics.");
    expect(kept).toMatchObject({ id: "google_analytics", state: { previous: FRESH } });
    expect(await request(PATH)).toMatchObject({ enabled: true });
    const finished = await open.client.update(
      ANALYTICS,
      "google_analytics",
      kept ?? { inputs: {}, state: {} },
      { enabled: true },
    );
    expect(finished).toEqual({ ...FRESH, enabled: true, previous: FRESH });
  });

  it("keeps nothing where the change was refused", async () => {
    open.api.faults.forbid("tracking_settings.google_analytics.update");
    const { details, kept } = await keptOf(open.create(ANALYTICS, { enabled: true }));
    expect(details).toContain("Give the API key the scope tracking_settings.google_analytics.update.");
    expect(kept).toBeUndefined();
  });

  it("can't be deleted without the permission to restore it, and says so", async () => {
    const { id, inputs, properties } = await open.create(ANALYTICS, { enabled: true });
    open.api.faults.forbid("tracking_settings.google_analytics.update");
    await expect(open.client.delete(ANALYTICS, id, inputs, properties)).rejects.toThrow(
      /Could not restore the setting of Google Analytics\..*tracking_settings\.google_analytics\.update/,
    );
  });

  it("is not changed by white space that the console's editor adds to a text", async () => {
    const footer = "sendgrid:index:FooterSetting";
    const { id, inputs, properties } = await open.create(footer, { enabled: true, htmlContent: "<p>a</p>" });
    await request("/v3/mail_settings/footer", { html_content: "<p>a</p>\n" });
    expect((await open.client.read(footer, id, inputs, properties)).inputs).toEqual(inputs);
  });
});

describe("what the API has in a form of its own", () => {
  it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
    ["ForwardSpamSetting", "mail_settings/forward_spam", { email: [] }, { email: "" }],
    [
      "ForwardSpamSetting",
      "mail_settings/forward_spam",
      { email: ["a@example.com", "b@example.com"] },
      { email: "a@example.com, b@example.com" },
    ],
    ["ForwardBounceSetting", "mail_settings/forward_bounce", { email: "" }, { email: null }],
    [
      "BouncePurgeSetting",
      "mail_settings/bounce_purge",
      { softBounces: 0, hardBounces: 5 },
      { soft_bounces: null, hard_bounces: 5 },
    ],
    ["EnforcedTls", "user/settings/enforced_tls", { version: 1.2 }, { version: 1.2 }],
  ])("is translated both ways: %s", async (name, path, ours, theirs) => {
    const type = `sendgrid:index:${name}`;
    const { id, inputs, properties } = await open.create(type, ours);
    expect(await request(`/v3/${path}`)).toMatchObject(theirs);
    expect((await open.client.read(type, id, inputs, properties)).inputs).toEqual(ours);
  });

  it("has version 1.1 of TLS where SendGrid names none", async () => {
    open.api.faults.next({ status: 200, body: { require_tls: false, require_valid_cert: false } });
    const { properties } = await open.client.read("sendgrid:index:EnforcedTls", "enforced_tls");
    expect(properties).toMatchObject({ version: 1.1, previous: { version: 1.1 } });
  });

  it("is restored also where the inputs would refuse it", async () => {
    const path = "/v3/mail_settings/template";
    const before = await request(path, { html_content: "<p>no tag</p>" });
    const type = "sendgrid:index:TemplateSetting";
    const { id, inputs, properties } = await open.create(type, { htmlContent: "<p><% body %></p>" });
    await open.client.delete(type, id, inputs, properties);
    expect(await request(path)).toEqual(before);
  });
});

describe("the check", () => {
  const nobody = "without it nobody can unsubscribe";
  it.each<[string, Record<string, unknown>, string, string]>([
    [
      "SubscriptionTracking",
      { htmlContent: "<p>Bye</p>" },
      "htmlContent",
      `must contain <% %>, which SendGrid replaces by the address: ${nobody}`,
    ],
    [
      "SubscriptionTracking",
      { plainContent: "Bye" },
      "plainContent",
      `must contain <% %>, which SendGrid replaces by the address: ${nobody}`,
    ],
    [
      "SubscriptionTracking",
      { url: "ftp://example.com" },
      "url",
      "must be an http or https address, e.g. https://example.com/unsubscribe",
    ],
    [
      "SubscriptionTracking",
      { url: "https://example.com", landing: "<p>Bye</p>" },
      "url",
      "leads to a page of yours, where nobody sees landing: leave one of the two empty",
    ],
    [
      "FooterSetting",
      { enabled: true, htmlContent: "", plainContent: "" },
      "enabled",
      "is true, and there is nothing to add: give htmlContent or plainContent",
    ],
    [
      "ForwardBounceSetting",
      { email: "postmaster" },
      "email",
      "must be an email address, e.g. postmaster@example.com",
    ],
    [
      "ForwardBounceSetting",
      { enabled: true, email: "" },
      "enabled",
      "is true, and there is no address: give email",
    ],
    [
      "ForwardSpamSetting",
      { email: ["a@example.com", "b"] },
      "email[1]",
      "must be an email address, e.g. postmaster@example.com",
    ],
    [
      "ForwardSpamSetting",
      { enabled: true, email: [] },
      "enabled",
      "is true, and there is no address: give email",
    ],
    [
      "AddressWhitelistSetting",
      { list: ["example.com", "*.example.com"] },
      "list[1]",
      "must be an email address or a domain, e.g. someone@example.com or example.com",
    ],
    [
      "TemplateSetting",
      { htmlContent: "<p>Hello</p>" },
      "htmlContent",
      "must contain <% body %>, where the message goes",
    ],
    [
      "TemplateSetting",
      { enabled: true, htmlContent: "" },
      "enabled",
      "is true, and there is no template: give htmlContent",
    ],
    ["BouncePurgeSetting", { softBounces: -1 }, "softBounces", "must be at least 0, not -1"],
    [
      "BouncePurgeSetting",
      { enabled: true, softBounces: 0, hardBounces: 0 },
      "enabled",
      "is true, and nothing is ever purged: give softBounces or hardBounces",
    ],
    ["EnforcedTls", { version: 1 }, "version", "must be one of 1.1, 1.2, 1.3, not 1"],
  ])("of %s refuses %o", async (name, given, property, reason) => {
    const { failures } = await open.client.check(`sendgrid:index:${name}`, given);
    expect(failures).toEqual([{ property, reason }]);
  });
});
