import { expect, it } from "vitest";
import { refusalFindings } from "../../cli/doctor/subject/refusals";
import { describeFaults } from "../../components/faults";

const URN = "urn:pulumi:dev::mail::smarthost:index:MailDns::mail";

it("each fault of a refusal becomes a finding with its own next action, once", () => {
  const message = describeFaults('MailDns "mail"', [
    {
      path: "adopt.spf",
      value: "example.com",
      reason: 'exists already at Cloudflare: TXT "v=spf1 -all"',
      next: 'Set adopt.spf to "z/1". Or delete it.',
    },
    { path: "clients[0]", reason: "is open. To everybody", next: "Name your ranges." },
  ]);
  const findings = refusalFindings([
    { urn: URN, severity: "error", message },
    { severity: "error", message: `Running program 'x' failed with an unhandled exception:\n${message}` },
    {
      urn: URN,
      severity: "error",
      message: "not published, because other records of the component are refused",
    },
    { severity: "error", message: "preview failed" },
    { severity: "warning", message: "something else" },
  ]);
  expect(findings).toEqual([
    {
      severity: "error",
      path: "adopt.spf",
      message: '"example.com" exists already at Cloudflare: TXT "v=spf1 -all"',
      next: 'Set adopt.spf to "z/1". Or delete it.',
    },
    {
      severity: "error",
      path: "clients[0]",
      message: "is open. To everybody. Name your ranges",
      next: "Correct it and preview again.",
    },
  ]);
});

it("another error stays in its own words", () => {
  expect(refusalFindings([{ urn: URN, severity: "error", message: "no credentials.\nmore" }])).toEqual([
    { severity: "error", path: "mail", message: "no credentials", next: "Mend it and preview again." },
  ]);
});
