import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cloudflare, MailDns } from "../../components";
import { describeFaults } from "../../components/faults";
import { collisions, type HostTraits } from "../../components/mail-dns/collisions";
import { describeDmarcChange } from "../../components/mail-dns/dmarc/changes";
import type { ExistingRecord } from "../../components/mail-dns/dns-host";
import type { Finding } from "../../components/mail-dns/finding";
import { lookedUpFindings } from "../../components/mail-dns/look-ups";
import { planMailDns, recordsOf } from "../../components/mail-dns/plan";
import type { MailRecord } from "../../components/mail-dns/record";
import { recordTable, zoneText } from "../../components/mail-dns/zone-text";
import { parkedDns } from "../../components/parked-domain/records";
import { identityDns, identityRecords, UNKNOWN_VALUES } from "../../components/sender-identity/records";
import { projectRoot } from "../../engine/project-root";
import { memoryResolver } from "../mail-dns/spf/memory-zone";
import { startCloud, zone } from "../substitutes/cloud";
import { codeBlocks } from "./code-blocks";

const FILES = ["docs/mail-dns.md", "docs/existing-domain.md"];
const text = FILES.map((file) => readFileSync(join(projectRoot(), file), "utf8")).join("\n");
const blocks = codeBlocks(projectRoot()).filter(({ file }) => FILES.includes(file));

/** Lines are broken to fit the page. */
const joined = (part: string) => part.replace(/\s+/g, " ").trim();
const quoted = blocks.filter(({ language }) => language === "text").map(({ code }) => joined(code));
const spoken = ({ severity, path, message, next }: Finding) =>
  joined(`${severity === "info" ? "" : `${severity}: `}${path}: ${message}. ${next}`);
/** The faults of a refusal without its first line. */
const listed = (faults: Parameters<typeof describeFaults>[1]) =>
  joined(describeFaults("", faults).split("\n").slice(1).join("\n"));

const domain = "example.com";
const SPF = "v=spf1 include:_spf.google.com ~all";
const DMARC = `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`;
const identity = { domain, sender: { address: `noreply@${domain}` } };

describe("what the pages about DNS quote is what the code says", () => {
  const refusal = (records: ExistingRecord[], host: HostTraits) =>
    collisions(
      recordsOf(planMailDns({ domain, spf: { include: ["_spf.example.net"] } })),
      { zone: domain, records },
      host,
    );

  it("of records that exist at Cloudflare", () => {
    const [spf = "", dmarc = ""] = [...text.matchAll(/pulumi config set --path adopt\.\w+ (\S+)/g)].map(
      ([, id]) => id,
    );
    const faults = refusal(
      [
        { importId: spf, name: domain, type: "TXT", value: SPF },
        { importId: dmarc, name: `_dmarc.${domain}`, type: "TXT", value: DMARC },
      ],
      { name: "Cloudflare" },
    );
    expect(quoted).toContain(joined(describeFaults('MailDns "mail"', faults)));
  });

  it("of a record set at Route 53", () => {
    const importId = `Z0123456789ABCDEFGHIJ_${domain}_TXT`;
    const faults = refusal(
      ["google-site-verification=abc", SPF].map((value) => ({ importId, name: domain, type: "TXT", value })),
      { name: "Route 53", recordSets: true },
    );
    expect(quoted).toContain(listed(faults));
  });

  it("of the merge", () => {
    const { authentication } = planMailDns({
      domain,
      spf: { include: ["_spf.example.net"], existing: SPF },
    });
    expect(text).toContain(`"\\"${SPF}\\"" => "\\"${authentication[0]?.value}\\""`);
  });

  it("of the table and the zone file", () => {
    const record: MailRecord = {
      key: "return-path",
      purpose: "Return path for bounces",
      name: `em.${domain}`,
      type: "CNAME",
      value: "u1.wl.sendgrid.net",
    };
    const plan = planMailDns<string>({
      domain,
      records: [record],
      spf: { include: ["_spf.google.com"] },
      dmarc: { policy: "none", reportsTo: `dmarc@${domain}` },
    });
    const shown = recordsOf(plan).map((each) => ({ ...each, name: String(each.name) }));
    const codes = blocks.map(({ code }) => code);
    expect(codes).toContain(`${recordTable(shown)}\n`);
    expect(codes).toContain(zoneText(shown));
  });

  it("of what SPF costs", async () => {
    const resolver = memoryResolver({
      "_spf.google.com": [
        ["TXT", "v=spf1 include:_netblocks.google.com include:_netblocks2.google.com ~all"],
      ],
      "_netblocks.google.com": [["TXT", "v=spf1 ip4:192.0.2.0/24 ~all"]],
      "_netblocks2.google.com": [["TXT", "v=spf1 ip4:198.51.100.0/24 ~all"]],
    });
    const lookUp = async (...include: string[]) => {
      const plan = planMailDns<string>({ domain, spf: { include }, dmarc: false });
      return (
        await Promise.all(recordsOf(plan).map((record) => lookedUpFindings(record, plan, resolver)))
      ).flat();
    };
    expect((await lookUp("_spf.google.com")).map(spoken)).toEqual([
      quoted.find((block) => block.startsWith("spf: SPF lookups")),
    ]);
    const faults = (await lookUp("_spf.google.com", "spf.gone.example.net"))
      .filter(({ severity }) => severity === "error")
      .map(({ path, message, next }) => ({ path, reason: message, next }));
    expect(quoted).toContain(listed(faults));
  });

  it("of alignment, of a step of the policy and of reports to another domain", () => {
    const { findings } = planMailDns(
      identityDns({ ...identity, dmarc: { reportsTo: "a@reports.example.net" } }, UNKNOWN_VALUES),
    );
    const said = [...findings, ...describeDmarcChange(DMARC, DMARC.replace("p=none", "p=quarantine"))].map(
      spoken,
    );
    expect(said.filter((each) => quoted.includes(each))).toHaveLength(3);
  });

  it("of two identities of one domain", async () => {
    const cloud = await startCloud(async () => {
      const dns = cloudflare({ zoneId: zone.id });
      const records = identityRecords<string>(identity, {
        valueOf: () => "u1.wl.sendgrid.net",
        ownerName: () => `1.${domain}`,
      });
      const same = { domain, dns, records };
      for (const name of ["shop", "news"]) {
        new MailDns(name, same);
      }
    });
    try {
      const message = await cloud.stack.preview().then(
        () => expect.fail("it succeeded, and should have failed"),
        (error: Error) => joined(error.message),
      );
      expect(
        quoted.filter((block) => block.startsWith('MailDns "news"') && message.includes(block)),
      ).toHaveLength(1);
    } finally {
      await cloud.close();
    }
  });
});

describe("docs/mail-dns.md", () => {
  it("names the key of every record", () => {
    const keys = [
      ...identityRecords(identity, UNKNOWN_VALUES),
      ...identityRecords({ ...identity, security: "manual", links: {} }, UNKNOWN_VALUES),
      ...recordsOf(planMailDns(parkedDns({ domain }))),
    ].map(({ key }) => key);
    for (const key of new Set(keys)) {
      expect(text).toContain(`\`${key}\``);
    }
  });

  it("has a host of your own in less than 80 lines", () => {
    const example = blocks.find(({ code }) => code.includes(": DnsHost {"));
    expect(example?.code.split("\n").length).toBeLessThan(80);
  });

  it("names the numbers from which settings of SPF are warned of and refused", () => {
    const spf = (count: number) => {
      const include = Array.from({ length: count }, (_, index) => `s${index}.example.net`);
      return planMailDns({ domain, spf: { include }, dmarc: false });
    };
    expect(joined(text)).toContain("more than ten are refused; from nine on there is a warning");
    expect(spf(8).findings).toEqual([]);
    expect(spf(9).findings).toMatchObject([{ severity: "warning" }]);
    expect(spf(10).faults).toEqual([]);
    expect(spf(11).faults).toHaveLength(1);
  });
});
