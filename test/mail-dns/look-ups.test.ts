import { afterEach, describe, expect, it } from "vitest";
import { cloudflare, MailDns, type MailDnsSettings, planMailDns } from "../../components";
import { lookedUpFindings } from "../../components/mail-dns/look-ups";
import { recordsOf } from "../../components/mail-dns/plan";
import { type Cloud, startCloud, zone } from "../substitutes/cloud";
import { type MemoryZone, memoryResolver } from "./spf/memory-zone";

const includes = (count: number): MemoryZone =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `s${index}.example.net`,
      [
        [
          "TXT",
          `v=spf1 ${index + 1 < count ? `include:s${index + 1}.example.net ` : ""}ip4:192.0.2.${index} ~all`,
        ],
      ],
    ]),
  );

async function findings(
  key: "spf" | "dmarc",
  settings: Omit<MailDnsSettings<string>, "domain">,
  dns: MemoryZone,
) {
  const plan = planMailDns({ domain: "example.com", ...settings });
  expect(plan.faults).toEqual([]);
  const record = recordsOf(plan).find((each) => each.key === key) ?? expect.fail(`no record ${key}`);
  const found = await lookedUpFindings(record, plan, memoryResolver(dns));
  return found.map(({ severity, message }) => `${severity}: ${message}`);
}

describe("what DNS says about a record before it is published", () => {
  it("is the lookups that SPF spends, by their paths", async () => {
    const found = await findings("spf", { spf: { include: ["s0.example.net"] } }, includes(3));
    expect(found).toEqual([
      "info: SPF lookups 3 of 10: example.com include:s0.example.net, " +
        "example.com include:s0.example.net > include:s1.example.net, " +
        "example.com include:s0.example.net > include:s1.example.net > include:s2.example.net",
    ]);
  });

  it("is an error where receivers would give up, and where nothing is included", async () => {
    const over = await findings("spf", { spf: { include: ["s0.example.net"] } }, includes(11));
    expect(over.join("\n")).toMatch(/error: .*11 lookups of 10/);
    const missing = await findings("spf", { spf: { include: ["gone.example.net"] } }, {});
    expect(missing.join("\n")).toMatch(/error: .*gone\.example\.net.*no SPF record/);
  });

  it("counts what the sending service will publish as if it were there", async () => {
    const settings = {
      spf: { include: ["em.example.com"] },
      foreseen: { "em.example.com": "v=spf1 include:s0.example.net ~all" },
    };
    expect((await findings("spf", settings, includes(1))).join("\n")).toContain("SPF lookups 2 of 10");
  });

  it("is whether the domain of the reports takes them, which else is a warning of the plan", async () => {
    const settings = { dmarc: { reportsTo: "a@reports.example.net" } };
    const name = "example.com._report._dmarc.reports.example.net";
    expect(await findings("dmarc", settings, { [name]: [["TXT", "v=DMARC1"]] })).toEqual([
      "info: reports.example.net agrees to take the reports",
    ]);
    expect(await findings("dmarc", settings, {})).toEqual([]);
    const { findings: planned } = planMailDns({ domain: "example.com", ...settings });
    expect(planned.map(({ message }) => message).join()).toContain("only if that domain agrees");
  });

  it("is where receivers differ in the organizational domain", async () => {
    const settings = { sender: { returnPath: "em.example.com", dkimDomain: "example.com" } };
    // What the public suffix list predicted holds, and is not said again.
    expect(await findings("dmarc", settings, {})).toEqual([]);
    const split: MemoryZone = { "_dmarc.em.example.com": [["TXT", "v=DMARC1; p=none; psd=n"]] };
    const found = (await findings("dmarc", settings, split)).join("\n");
    expect(found).toMatch(
      /warning: .*organizational domain of em\.example\.com is em\.example\.com by the tree walk/,
    );
    expect(found).toContain("DMARC passes by DKIM alone");
  });

  it("is a warning where DNS does not answer", async () => {
    const found = await findings(
      "dmarc",
      { sender: { dkimDomain: "example.com" } },
      { "_dmarc.com": "TIMEOUT" },
    );
    expect(found).toEqual([
      expect.stringMatching(/^warning: what the record leads to was not checked.*DNS timeout/),
    ]);
  });
});

describe("a record that receivers could not evaluate", () => {
  let cloud: Cloud;
  afterEach(() => cloud?.close());

  it("is refused in the preview, and left alone once it is published", async () => {
    let dns = includes(11);
    cloud = await startCloud(async () => {
      const resolver = memoryResolver(dns);
      const spf = { include: ["s0.example.net"] };
      new MailDns("mail", { domain: zone.name, dns: cloudflare({ zoneId: zone.id }), spf, resolver });
    });
    await expect(cloud.stack.preview()).rejects.toThrow("11 lookups of 10");
    dns = includes(3);
    await cloud.stack.up();
    // What others publish later is no reason to stop a run that changes nothing here.
    dns = includes(11);
    const { changeSummary } = await cloud.stack.preview();
    expect(Object.keys(changeSummary)).toEqual(["same"]);
  });
});
