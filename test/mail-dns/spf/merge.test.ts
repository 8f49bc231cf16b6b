import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalTest } from "../../../components/mail-dns/spf/canonical";
import { checkHost } from "../../../components/mail-dns/spf/evaluate";
import { mergeSpf } from "../../../components/mail-dns/spf/merge";
import { buildSpf, buildTerm, lookupTerms, parseSpf } from "../../../components/mail-dns/spf/record";
import type { SpfDirective } from "../../../components/mail-dns/spf/terms";
import { memoryResolver } from "./memory-zone";
import { directive, record } from "./terms";

const texts = ({ added }: ReturnType<typeof mergeSpf>) => added.map(buildTerm);

describe("a record that is merged into a published one", () => {
  it.each([
    ["v=spf1 mx -all", "v=spf1 include:a.example.com ~all", "v=spf1 mx include:a.example.com -all"],
    [
      "v=spf1 redirect=b.example.com",
      "v=spf1 include:a.example.com",
      "v=spf1 include:a.example.com redirect=b.example.com",
    ],
    [
      "v=spf1 mx exp=e.example.com redirect=b.example.com",
      "v=spf1 a",
      "v=spf1 mx a exp=e.example.com redirect=b.example.com",
    ],
    ["v=spf1 mx", "v=spf1 a ~all", "v=spf1 mx a"],
    ["v=spf1 -all mx", "v=spf1 a", "v=spf1 a -all mx"],
    ["v=spf1", "v=spf1 a", "v=spf1 a"],
  ])("%s and %s are %s", (existing, ours, merged) => {
    expect(mergeSpf(existing, ours).text).toBe(merged);
  });

  it.each([
    ["v=spf1 INCLUDE:A.Example.com. ~all", "v=spf1 +include:a.example.com"],
    ["v=spf1 ip4:192.0.2.1 ~all", "v=spf1 ip4:192.0.2.1/32"],
    ["v=spf1 ip4:192.0.2.77/24 ~all", "v=spf1 ip4:192.0.2.0/24"],
    ["v=spf1 ip6:2001:DB8:0::1/128 ~all", "v=spf1 ip6:2001:db8::1"],
    ["v=spf1 a/32//128 ~all", "v=spf1 a"],
    ["v=spf1  mx   ~all ", "v=spf1 mx"],
  ])("changes nothing where %s says the same as %s", (existing, ours) => {
    const merged = mergeSpf(existing, ours);
    expect(merged).toMatchObject({ text: existing, added: [], findings: [] });
    expect(merged.dropped).toHaveLength(1);
  });

  it("drops what the published record says twice", () => {
    const merged = mergeSpf("v=spf1 mx a ~MX -all", "v=spf1 a");
    expect(merged.text).toBe("v=spf1 mx a -all");
    expect(merged.dropped.map(buildTerm)).toEqual(["~mx", "a"]);
  });

  it("leaves the published default, and explains it where another one is asked for", () => {
    expect(mergeSpf("v=spf1 mx -all", "v=spf1 a ~all").findings).toContainEqual(
      expect.objectContaining({
        path: "spf.existing",
        severity: "info",
        message:
          '"-all" of the existing record lets receivers refuse everybody else and stays as it is; the settings ask for "~all"',
      }),
    );
    expect(mergeSpf("v=spf1 mx", "v=spf1 a ~all").findings).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        message: expect.stringContaining('neither "all" nor "redirect"'),
      }),
    );
  });

  it("does not add a term that the published record decides otherwise, and says so", () => {
    const merged = mergeSpf("v=spf1 ?include:a.example.com -all", "v=spf1 include:a.example.com");
    expect(texts(merged)).toEqual([]);
    expect(merged.findings).toMatchObject([
      {
        severity: "warning",
        message: expect.stringContaining('"?include:a.example.com" of the existing record decides'),
      },
    ]);
  });

  it("says how many lookups are spent before and after", () => {
    const merged = mergeSpf("v=spf1 mx a include:a.example.com -all", "v=spf1 include:b.example.com");
    expect(merged.findings).toMatchObject([{ message: expect.stringContaining("lookups 3 → 4 of 10") }]);
    expect(merged.faults).toEqual([]);
  });

  it("is a fault with more than ten lookups of its own", () => {
    const existing = `v=spf1 ${Array.from({ length: 10 }, (_, index) => `include:s${index}.example.com`).join(" ")} -all`;
    expect(mergeSpf(existing, "v=spf1 mx").faults).toMatchObject([
      {
        path: "spf.existing",
        reason: expect.stringContaining("10 terms that need DNS lookups, with the settings 11"),
      },
    ]);
  });

  it("that is no SPF is refused by its term", () => {
    expect(() => mergeSpf("v=spf1 bogus", "v=spf1 a")).toThrow('"bogus" is neither');
  });

  it("merged again changes nothing", () => {
    fc.assert(
      fc.property(record, record, (existing, ours) => {
        const once = mergeSpf(buildSpf(existing), ours);
        const twice = mergeSpf(once.text, ours);
        expect(twice.text).toBe(once.text);
        expect(twice.added).toEqual([]);
      }),
    );
  });

  it("keeps the order of the published terms and their default, and has all of ours", () => {
    fc.assert(
      fc.property(record, record, (existing, ours) => {
        const merged = parseSpf(mergeSpf(buildSpf(existing), ours).text);
        const tests = merged.filter(isDirective).map(canonicalTest);
        const before = [...new Set(existing.filter(isDirective).map(canonicalTest))];
        expect(tests.filter((test) => before.includes(test))).toEqual(before);
        expect(tests).toEqual(
          expect.arrayContaining(
            ours
              .filter(isDirective)
              .map(canonicalTest)
              .filter((test) => test !== "all"),
          ),
        );
        expect(merged.filter((term) => "modifier" in term)).toEqual(
          existing.filter((term) => "modifier" in term),
        );
      }),
    );
  });

  it("raises the number of lookups only with a finding that says so", () => {
    fc.assert(
      fc.property(record, record, (existing, ours) => {
        const { text, findings } = mergeSpf(buildSpf(existing), ours);
        const before = lookupTerms(existing).length;
        const after = lookupTerms(parseSpf(text)).length;
        const said = findings.some(({ message }) => message.includes(`lookups ${before} → ${after} of 10`));
        expect(said).toBe(before !== after);
      }),
    );
  });

  it("gives no sender of the published record another result", async () => {
    const ranges = fc.array(
      directive.filter(({ mechanism }) => mechanism === "ip4" || mechanism === "ip6"),
      { maxLength: 6 },
    );
    const ends = fc.constantFrom(" -all", " ~all", " ?all", "", " redirect=b.example.com");
    await fc.assert(
      fc.asyncProperty(ranges, ends, ranges, async (existing, end, ours) => {
        const passing = ours.map((term): SpfDirective => ({ ...term, qualifier: "+" }));
        const published = `${buildSpf(existing)}${end}`;
        const merged = mergeSpf(published, passing).text;
        for (const term of [...existing, ...passing]) {
          const ip = "network" in term ? term.network : "192.0.2.1";
          const before = await check(published, ip);
          const after = await check(merged, ip);
          const isOurs = after.matched !== before.matched;
          // Only who fell through to the default can be passed by one of ours.
          expect(after.result).toBe(isOurs && after.matched !== undefined ? "pass" : before.result);
          if (isOurs && before.matched !== undefined) {
            expect(before.matched).toMatch(/all$/);
          }
        }
      }),
    );
  });
});

const isDirective = (term: object): term is SpfDirective => "mechanism" in term;

function check(text: string, ip: string) {
  const resolver = memoryResolver({ "b.example.com": [["TXT", "v=spf1 ?all"]] });
  return checkHost({ ip, sender: "joe@example.com", helo: "mail.example.com", record: text }, resolver);
}
