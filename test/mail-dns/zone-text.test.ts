import { expect, it } from "vitest";
import { recordTable, zoneText } from "../../components/mail-dns/zone-text";

const records = [
  { name: "em.example.com", type: "MX", value: "mx.sendgrid.net", priority: 10, purpose: "Bounces" },
  { name: "example.com", type: "TXT", value: "v=spf1 -all", purpose: "SPF" },
  { name: "parked.example.com", type: "MX", value: ".", priority: 0, purpose: "No mail" },
];

it("records are lines of a zone file", () => {
  expect(zoneText(records)).toBe(
    [
      "; Bounces",
      "em.example.com. 300 IN MX 10 mx.sendgrid.net.",
      "; SPF",
      'example.com. 300 IN TXT "v=spf1 -all"',
      "; No mail",
      "parked.example.com. 300 IN MX 0 .",
      "",
    ].join("\n"),
  );
});

it("records are a table", () => {
  expect(recordTable(records)).toBe(
    [
      "TYPE  NAME                VALUE",
      "MX    em.example.com      10 mx.sendgrid.net",
      "TXT   example.com         v=spf1 -all",
      "MX    parked.example.com  0 .",
    ].join("\n"),
  );
});
