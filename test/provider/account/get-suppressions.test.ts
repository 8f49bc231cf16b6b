import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { suppressionsOf } from "../../../sandbox/sendgrid/routes/account/suppressions";
import { type OpenAccount, openAccount } from "../sendgrid";
import { invoker } from "./invoke";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());
const invoke = invoker(() => open);

const at = (time: string) => Date.parse(time) / 1000;
const USER = "sandbox";
const REFUSED = { reason: "550 5.1.1 no such user", status: "5.1.1" };
const bounced = (email: string, time = "2026-01-15T12:00:00Z") =>
  suppressionsOf(open.account).add(USER, "bounces", { email, created: at(time), ...REFUSED });

describe("getBounces", () => {
  it("lists the addresses with what their servers said", async () => {
    bounced("somebody@example.com");
    expect(await invoke("getBounces")).toEqual({
      count: 1,
      bounces: [{ email: "somebody@example.com", created: "2026-01-15T12:00:00Z", ...REFUSED }],
    });
  });

  it("is empty where nothing bounced", async () => {
    expect(await invoke("getBounces")).toEqual({ count: 0, bounces: [] });
  });

  it("lists those of a range of time, both ends of which belong to it", async () => {
    const times = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"];
    for (const [index, time] of times.entries()) bounced(`r${index}@example.com`, time);
    const range = { startTime: "2026-01-02T01:00:00+01:00", endTime: "2026-01-03T00:00:00.999Z" };
    expect(await invoke("getBounces", range)).toMatchObject({
      count: 2,
      bounces: [{ email: "r1@example.com" }, { email: "r2@example.com" }],
    });
  });

  it("finds an address in any letter case, and not those that only begin so", async () => {
    for (const email of ["a_b@example.com", "A_B@example.com.example", "axb@example.com"]) bounced(email);
    expect(await invoke("getBounces", { email: "A_b@example.com" })).toMatchObject({
      bounces: [{ email: "a_b@example.com" }],
    });
    bounced("50%off@example.com");
    bounced("50xoff@example.com");
    expect(await invoke("getBounces", { email: "50%off@example.com" })).toMatchObject({
      bounces: [{ email: "50%off@example.com" }],
    });
  });

  it("reads page after page", async () => {
    for (let index = 0; index < 1001; index++) bounced(`r${index}@example.com`);
    expect(await invoke("getBounces")).toMatchObject({ count: 1001 });
    expect(open.requests()).toHaveLength(3);
  });

  it("takes a bounce without a reason", async () => {
    const body = [{ email: "somebody@example.com", created: 1_768_478_400.5, reason: null }];
    open.api.faults.next({ path: "/v3/suppression/bounces", status: 200, body });
    const bounce = { email: "somebody@example.com", created: "2026-01-15T12:00:00Z", reason: "", status: "" };
    expect(await invoke("getBounces")).toEqual({ count: 1, bounces: [bounce] });
  });

  it.each(["2026-01-01", "yesterday", "2026-02-30T00:00:00Z"])("refuses the time %s", async (startTime) => {
    const reason = expect.stringContaining("must be a time, e.g. 2026-01-31T12:00:00Z");
    expect(await invoke("getBounces", { startTime })).toEqual({
      failures: [{ property: "startTime", reason }],
    });
  });

  it("refuses a range that ends before it begins", async () => {
    const range = { startTime: "2026-01-02T00:00:00Z", endTime: "2026-01-02T00:30:00+01:00" };
    await expect(invoke("getBounces", range)).rejects.toThrow(
      "endTime, 2026-01-02T00:30:00+01:00, is before startTime, 2026-01-02T00:00:00Z.",
    );
  });
});

describe("getSuppressions", () => {
  it("counts each list", async () => {
    const suppressions = suppressionsOf(open.account);
    const somebody = { email: "somebody@example.com", created: at("2026-01-15T12:00:00Z") };
    bounced(somebody.email);
    for (let index = 0; index < 501; index++) suppressions.add(USER, "blocks", { ...somebody, ...REFUSED });
    for (let index = 0; index < 3; index++)
      suppressions.add(USER, "spam_reports", { ...somebody, ip: "192.0.2.10" });
    for (let index = 0; index < 4; index++)
      suppressions.add(USER, "invalid_emails", { ...somebody, reason: "unknown domain" });
    for (let index = 0; index < 5; index++) suppressions.add(USER, "unsubscribes", somebody);
    suppressions.add("team", "unsubscribes", somebody);
    const counts = { bounces: 1, blocks: 501, spamReports: 3, invalidEmails: 4, globalUnsubscribes: 5 };
    expect(await invoke("getSuppressions")).toEqual(counts);
    const none = { bounces: 0, blocks: 0, spamReports: 0, invalidEmails: 0, globalUnsubscribes: 0 };
    expect(await invoke("getSuppressions", { startTime: "2026-01-16T00:00:00Z" })).toEqual(none);
  });

  it("names the scope that is missing", async () => {
    open.api.faults.forbid("suppression.spam_reports.read");
    await expect(invoke("getSuppressions")).rejects.toThrow(
      /Could not list the spam reports\..* Give the API key the scope suppression\.spam_reports\.read\./,
    );
  });
});
