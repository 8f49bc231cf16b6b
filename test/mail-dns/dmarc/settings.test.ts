import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDmarc } from "../../../components/mail-dns/dmarc/record";
import {
  type DmarcSettings,
  externalReportFinding,
  isEnforcing,
  planDmarc,
} from "../../../components/mail-dns/dmarc/settings";

const today = new Date("2031-05-10T12:00:00Z");
const plan = (settings: DmarcSettings, domain = "example.com") => planDmarc(domain, settings, "dmarc", today);
const finding = (settings: DmarcSettings, path: string, domain?: string) =>
  plan(settings, domain).findings.find((candidate) => candidate.path === path);

describe("a DMARC plan", () => {
  it("asks for nothing but reports by default", () => {
    const { text, faults, externalReports } = plan({ reportsTo: "dmarc@example.com" });
    expect([text, faults, externalReports]).toEqual([
      "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
      [],
      [],
    ]);
  });

  it("carries every setting as RFC 9989 spells it", () => {
    const { text, faults } = plan({
      policy: "reject",
      subdomainPolicy: "quarantine",
      nonexistentSubdomainPolicy: "reject",
      dkimAlignment: "strict",
      spfAlignment: "strict",
      testing: true,
      publicSuffix: false,
      failureReporting: ["any-fail", "dkim", "spf"],
      reportsTo: ["a@example.com", "b@example.com"],
      failureReportsTo: "c@example.com",
    });
    expect(faults).toEqual([]);
    expect(text).toBe(
      "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=s; t=y; psd=n; fo=1:d:s; " +
        "rua=mailto:a@example.com,mailto:b@example.com; ruf=mailto:c@example.com",
    );
  });

  it("is read back without a finding, and never has a historic tag", () => {
    const policy = fc.constantFrom("none" as const, "quarantine" as const, "reject" as const);
    const settings = fc.record(
      { policy, subdomainPolicy: policy, nonexistentSubdomainPolicy: policy, testing: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, (given) => {
        const { text } = plan(given);
        const { record, findings, historic } = parseDmarc(text, "dmarc");
        expect([findings, historic]).toEqual([[], []]);
        expect(record?.p).toBe(given.policy ?? "none");
      }),
    );
  });

  it("escapes what would end the address inside the tag list", () => {
    const { text, faults } = plan({ reportsTo: "a!b%c@example.com" });
    expect(faults).toEqual([]);
    expect(text).toContain("rua=mailto:a%21b%25c@example.com");
  });

  it("writes the domain of a report address in A-labels", () => {
    expect(plan({ reportsTo: "a@bücher.example" }).text).toContain("rua=mailto:a@xn--bcher-kva.example");
  });

  it("refuses everything that is wrong at once", () => {
    const settings = {
      policy: "block" as "none",
      spfAlignment: "exact" as "strict",
      reportsTo: ["dmarc@example.com!10m", "nobody"],
      failureReportsTo: "x@y@",
      failureReporting: [
        "all-fail" as const,
        "any-fail" as const,
        "arc" as "dkim",
        "spf" as const,
        "spf" as const,
      ],
      reviewBy: "2031-02-30",
    };
    expect(plan(settings).faults.map(({ path, reason }) => [path, reason.slice(0, 16)])).toEqual([
      ["dmarc.policy", "is not a DMARC p"],
      ["dmarc.spfAlignment", "is not an alignm"],
      ["dmarc.reportsTo[0]", "has a size suffi"],
      ["dmarc.reportsTo[1]", "is not a mail ad"],
      ["dmarc.failureReportsTo", "is not a mail ad"],
      ["dmarc.failureReporting", "is no occasion f"],
      ["dmarc.failureReporting", "is listed twice "],
      ["dmarc.failureReporting", "exclude each oth"],
      ["dmarc.reviewBy", "is not a day of "],
    ]);
  });

  it.each([
    [{}, false],
    [{ policy: "none" as const }, false],
    [{ policy: "quarantine" as const }, true],
    [{ subdomainPolicy: "reject" as const }, true],
  ])("%j enforces: %s", (settings, enforcing) => {
    expect(isEnforcing(settings)).toBe(enforcing);
  });
});

describe("the stage of the roll-out", () => {
  it.each([
    [{}, "deliver mail that fails", "Set policy to quarantine"],
    [{ policy: "quarantine" as const }, "junk folder", "Set policy to reject"],
    [{ policy: "reject" as const }, "refuse mail that fails", "last stage"],
    [{ policy: "reject" as const, testing: true }, "junk folder", "Set testing to false"],
    [{ policy: "quarantine" as const, testing: true }, "deliver mail that fails", "Set testing to false"],
  ])("%j is explained with the next step", (settings, message, next) => {
    const stage = finding(settings, "dmarc.policy");
    expect(stage?.severity).toBe("info");
    expect(stage?.message).toContain(message);
    expect(stage?.next).toContain(next);
  });

  it.each([
    [{ policy: "reject" as const }, "inherit reject"],
    [{ policy: "reject" as const, subdomainPolicy: "none" as const }, "inherit none"],
    [{ nonexistentSubdomainPolicy: "reject" as const }, "inherit none where they exist, reject where"],
  ])("%j says what subdomains inherit", (settings, message) => {
    expect(finding(settings, "dmarc.subdomainPolicy")?.message).toContain(message);
  });

  it("has nothing to say of subdomains while nothing is enforced", () => {
    expect(finding({}, "dmarc.subdomainPolicy")).toBeUndefined();
  });

  it("warns that a subdomain's policy for subdomains may be overruled, unless psd=n settles it", () => {
    const settings = { policy: "reject" as const, subdomainPolicy: "none" as const };
    const warning = finding(settings, "dmarc.subdomainPolicy", "mail.example.com");
    expect([warning?.severity, warning?.message]).toEqual([
      "warning",
      expect.stringContaining("from example.com"),
    ]);
    const settled = finding(
      { ...settings, publicSuffix: false },
      "dmarc.subdomainPolicy",
      "mail.example.com",
    );
    expect(settled?.severity).toBe("info");
  });

  it("warns of psd=y on a domain that is no public suffix", () => {
    expect(finding({ publicSuffix: true }, "dmarc.publicSuffix")?.severity).toBe("warning");
    expect(finding({ publicSuffix: true }, "dmarc.publicSuffix", "co.uk")).toBeUndefined();
  });

  it("warns of testing that does nothing", () => {
    expect(finding({ testing: true }, "dmarc.testing")?.message).toContain("does nothing");
    expect(finding({ testing: true, subdomainPolicy: "reject" }, "dmarc.testing")).toBeUndefined();
  });
});

describe("the reports", () => {
  it("warns where nobody gets them", () => {
    expect(finding({}, "dmarc.reportsTo")?.severity).toBe("warning");
    expect(finding({ reportsTo: [] }, "dmarc.reportsTo")?.severity).toBe("warning");
    expect(finding({ reportsTo: "a@example.com" }, "dmarc.reportsTo")).toBeUndefined();
  });

  it("warns of options for failure reports that nobody gets", () => {
    expect(finding({ failureReporting: "spf" }, "dmarc.failureReporting")?.message).toContain(
      "has no effect",
    );
    const heard = { failureReporting: "spf" as const, failureReportsTo: "a@example.com" };
    expect(finding(heard, "dmarc.failureReporting")).toBeUndefined();
  });

  it("need one authorization record for each other domain", () => {
    const settings = {
      reportsTo: ["a@reports.example.net", "b@reports.example.net", "c@example.com", "d@sub.example.com"],
      failureReportsTo: "e@other.example.org",
    };
    const { externalReports } = plan(settings);
    expect(externalReports).toEqual([
      {
        name: "example.com._report._dmarc.reports.example.net",
        text: "v=DMARC1",
        path: "dmarc.reportsTo[0]",
        destination: "reports.example.net",
        isRelated: false,
      },
      {
        name: "example.com._report._dmarc.other.example.org",
        text: "v=DMARC1",
        path: "dmarc.failureReportsTo",
        destination: "other.example.org",
        isRelated: false,
      },
    ]);
    expect(externalReports.map(externalReportFinding)[0]).toMatchObject({
      severity: "warning",
      path: "dmarc.reportsTo[0]",
      next: 'Have TXT "v=DMARC1" published at example.com._report._dmarc.reports.example.net.',
    });
  });

  it("to the domain above are another organization's only while that has no DMARC record", () => {
    const [report] = plan({ reportsTo: "dmarc@example.com" }, "mail.example.com").externalReports;
    expect(report && externalReportFinding(report)).toMatchObject({
      severity: "info",
      message: expect.stringContaining("while it has no DMARC record"),
    });
  });
});

describe("the date of a review", () => {
  it.each([
    ["2031-05-11", "info"],
    ["2031-05-10", "info"],
    ["2031-05-09", "warning"],
  ])("%s is told as %s on 2031-05-10", (reviewBy, severity) => {
    expect(finding({ reviewBy }, "dmarc.reviewBy")?.severity).toBe(severity);
  });

  it("changes no record", () => {
    expect(plan({ reviewBy: "2031-05-11" }).text).toBe(plan({}).text);
  });

  it.each([["tomorrow"], ["2031-5-1"], ["2031-13-01"], [""]])("%j is refused", (reviewBy) => {
    expect(plan({ reviewBy }).faults.map(({ path }) => path)).toEqual(["dmarc.reviewBy"]);
  });
});
