import { describe, expect, it } from "vitest";
import { verdictOf } from "../../cli/doctor/dns/record-verdict";
import type { SubjectRecord } from "../../cli/doctor/subject";
import { record } from "./fake-world";

const SPF = record("TXT", "example.com", "v=spf1 -all", { purpose: "spf" });
const DMARC = record("TXT", "_dmarc.example.com", "v=DMARC1; p=none", { purpose: "dmarc" });
const DKIM = record("TXT", "m1._domainkey.example.com", "v=DKIM1; k=rsa; p=AAAA", { purpose: "dkim" });
const CNAME = record("CNAME", "em.example.com", "u1.wl.sendgrid.net", { purpose: "return-path" });
const MX = record("MX", "em.example.com", "mx.sendgrid.net", { purpose: "mx" });
const CONSENT = record("TXT", "example.com._report._dmarc.example.net", "v=DMARC1", {
  purpose: "report-consent",
});

describe("an answer is compared as mail servers read it", () => {
  it.each<[string, SubjectRecord, string[], string]>([
    ["the declared text", SPF, ["v=spf1 -all"], "right"],
    ["beside texts for other purposes", SPF, ["site-verification=1", "v=spf1 -all"], "right"],
    ["only texts for other purposes", SPF, ["site-verification=1"], "missing"],
    ["another SPF record", SPF, ["v=spf1 ~all"], "different"],
    ["a second SPF record", SPF, ["v=spf1 -all", "v=spf1 ~all"], "doubled"],
    ["no text", DMARC, [], "missing"],
    ["another policy", DMARC, ["v=DMARC1; p=reject"], "different"],
    ["two policies", DMARC, ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "doubled"],
    ["a key with other white space", DKIM, ["v=DKIM1;k=rsa;p=AA AA;"], "right"],
    ["another key", DKIM, ["v=DKIM1; k=rsa; p=BBBB"], "different"],
    ["a target in other letters", CNAME, ["U1.WL.SendGrid.net"], "right"],
    ["another target", CNAME, ["elsewhere.example"], "different"],
    ["no target", CNAME, [], "missing"],
    ["the exchanger", MX, ["mx.sendgrid.net"], "right"],
    ["a second exchanger", MX, ["mx.sendgrid.net", "mx.example.com"], "different"],
    ["consent in longer words", CONSENT, ["v=DMARC1; rua=mailto:a@example.net"], "right"],
    ["no consent", CONSENT, ["something else"], "different"],
  ])("%s", (_, declared, values, kind) => {
    expect(verdictOf(declared, { values })).toMatchObject({ kind });
  });

  it("a CNAME that shows as addresses is hidden by a proxy", () => {
    expect(verdictOf(CNAME, { values: [], addresses: ["192.0.2.9"] })).toEqual({
      kind: "hidden",
      found: ["192.0.2.9"],
    });
  });

  it("no answer is no missing record", () => {
    expect(verdictOf(SPF, { failure: "SERVFAIL" })).toEqual({ kind: "unanswered", reason: "SERVFAIL" });
  });

  it("of a record set with several texts each has to be there", () => {
    const set = record("TXT", "example.com", ["a=1", "b=2"]);
    expect(verdictOf(set, { values: ["b=2", "c=3", "a=1"] }).kind).toBe("right");
    expect(verdictOf(set, { values: ["a=1"] }).kind).toBe("different");
  });
});
