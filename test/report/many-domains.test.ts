import { expect, it } from "vitest";
import { buildReport } from "../../cli/report/build";
import { jsonReport } from "../../cli/report/json";
import { COMMENT_LIMIT, renderMarkdown } from "../../cli/report/markdown";
import { dnsOf } from "./dns-of";
import { cloudflareRecord, create, previewOf, update } from "./previews";

const NAMES = Array.from({ length: 200 }, (_, index) => `domain-${String(index).padStart(3, "0")}.example`);

it("a preview of 200 domains is reported whole, each domain once, in order, and fits into a comment", async () => {
  const resolver = dnsOf({
    "sendgrid.net": "v=spf1 ip4:192.0.2.0/24 ~all",
    "_spf.crm.example": "v=spf1 include:_a.crm.example ~all",
    "_a.crm.example": "v=spf1 ip4:198.51.100.0/24 ~all",
  });
  const steps = NAMES.toReversed().flatMap((domain) => [
    create(cloudflareRecord(`${domain}-dmarc`, `_dmarc.${domain}`, "TXT", "v=DMARC1; p=none")),
    update(cloudflareRecord(`${domain}-spf`, domain, "TXT", "v=spf1 include:sendgrid.net ~all"), {
      content: '"v=spf1 include:_spf.crm.example ~all"',
    }),
    create(cloudflareRecord(`${domain}-return-path`, `em.${domain}`, "CNAME", "u1.wl1.sendgrid.net")),
  ]);

  const report = await buildReport(previewOf(steps), { resolver });

  expect(report.domains.map(({ domain }) => domain)).toEqual(NAMES);
  expect(report.domains.map(({ records }) => records.length)).toEqual(NAMES.map(() => 3));
  expect(new Set(report.domains.flatMap(({ spf }) => spf.map(({ summary }) => summary)))).toEqual(
    new Set(["SPF lookups 1 → 2 of 10"]),
  );
  expect(JSON.parse(jsonReport(report)).domains).toHaveLength(200);
  const comment = renderMarkdown(report);
  expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(COMMENT_LIMIT);
  expect(comment).toContain(NAMES[0]);
});
