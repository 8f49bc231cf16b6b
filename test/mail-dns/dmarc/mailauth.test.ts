import fc from "fast-check";
import { dmarc } from "mailauth/lib/dmarc/index.js";
import { describe, expect, it } from "vitest";
import { alignment } from "../../../components/mail-dns/alignment";
import { discoverPolicy } from "../../../components/mail-dns/dmarc/policy-discovery";
import { walkOrganizationalDomain } from "../../../components/mail-dns/organizational-domain";
import { zone } from "./zone";

// Few labels and few tags, so that trees often meet and records often apply.
const label = fc.constantFrom("a", "b");
const labels = fc.oneof(
  { weight: 9, arbitrary: fc.array(label, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.array(label, { minLength: 3, maxLength: 9 }) },
);
const domain = labels.map((below) => [...below, "example", "com"].join("."));
const holder = fc.oneof({ weight: 9, arbitrary: domain }, { weight: 1, arbitrary: fc.constant("com") });
const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("none", "quarantine", "reject") },
  { weight: 1, arbitrary: fc.constant("block") },
);
const tags = fc.record(
  {
    p: value,
    sp: value,
    np: value,
    psd: fc.constantFrom("y", "n", "u", "x"),
    adkim: fc.constantFrom("r", "s"),
    aspf: fc.constantFrom("r", "s"),
    t: fc.constantFrom("y", "n"),
    rua: fc.constantFrom("mailto:r@example.com", "nothing"),
  },
  { requiredKeys: [] },
);
const text = fc.oneof(
  {
    weight: 18,
    arbitrary: tags.map((given) =>
      ["v=DMARC1", ...Object.entries(given).map(([tag, word]) => `${tag}=${word}`)].join("; "),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("v=spf1 -all", "v=DMARC10; p=none", "v=DMARC1; p=none; p=none") },
);
const records = fc.dictionary(
  fc.oneof(
    { weight: 4, arbitrary: holder.map((name) => `_dmarc.${name}`) },
    // A name that exists without a record of DMARC.
    { weight: 1, arbitrary: domain },
  ),
  fc.oneof(
    { weight: 9, arbitrary: text.map((single) => [single]) },
    { weight: 1, arbitrary: fc.array(text, { maxLength: 2 }) },
  ),
  { minKeys: 1, maxKeys: 6 },
);

describe("discovery and alignment", () => {
  it("come to what mailauth comes to, in 3,000 random trees", async () => {
    let applied = 0;
    await fc.assert(
      fc.asyncProperty(records, domain, domain, domain, async (txt, from, returnPath, dkimDomain) => {
        const resolver = zone(txt);
        const theirs = await dmarc({
          headerFrom: `someone@${from}`,
          spfDomains: [returnPath],
          dkimDomains: [{ domain: dkimDomain }],
          strict: true,
          resolver: async (name, type) => {
            const answer = await resolver.lookUp(name, type === "A" || type === "CNAME" ? type : "TXT");
            if (answer.records.length === 0) {
              throw Object.assign(new Error(name), { code: answer.exists ? "ENODATA" : "ENOTFOUND" });
            }
            return answer.records.map((single) => [String(single)]);
          },
        });
        if (!theirs) {
          throw new Error("mailauth takes the From domain for none");
        }
        const ours = await discoverPolicy(from, resolver);
        const walks = await Promise.all(
          [from, returnPath, dkimDomain].map((name) => walkOrganizationalDomain(name, resolver)),
        );
        const organizations = new Map(walks.map((walk) => [walk.domain, walk.organizationalDomain]));
        expect(theirs.domain).toBe(organizations.get(from));
        expect(theirs.status.result === "none").toBe(!ours.applies);
        if (ours.applies) {
          applied++;
          const { adkim, aspf } = ours.record.parsed.record ?? {};
          const aligned = alignment({
            from,
            returnPath,
            dkimDomain,
            spfMode: aspf === "s" ? "strict" : "relaxed",
            dkimMode: adkim === "s" ? "strict" : "relaxed",
            organizationalDomain: (name) => organizations.get(name) ?? "",
          });
          expect([theirs.policyDomain, theirs.policy]).toEqual([ours.policyDomain, ours.applied]);
          expect(theirs.alignment?.spf?.result).toBe(aligned.spf.isAligned ? returnPath : undefined);
          expect(theirs.alignment?.dkim?.result).toBe(aligned.dkim.isAligned ? dkimDomain : undefined);
          expect(theirs.status.result).toBe(aligned.canPass ? "pass" : "fail");
        }
      }),
      { numRuns: 3000, seed: 9989 },
    );
    // The property would hold without meaning if records seldom applied.
    expect(applied).toBeGreaterThan(800);
  });
});
