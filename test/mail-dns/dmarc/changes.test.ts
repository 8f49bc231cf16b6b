import { describe, expect, it } from "vitest";
import { describeDmarcChange } from "../../../components/mail-dns/dmarc/changes";

const messages = (before: string | undefined, after: string) =>
  describeDmarcChange(before && `v=DMARC1; ${before}`, `v=DMARC1; ${after}`).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

describe("a change of the DMARC record", () => {
  it.each<[string | undefined, string, string[]]>([
    [undefined, "p=none", ["info: there was no DMARC record: from now on receivers deliver mail that fails"]],
    [
      undefined,
      "p=reject; t=y",
      ["info: there was no DMARC record: from now on receivers treat mail that fails as suspicious"],
    ],
    [
      undefined,
      "p=none; np=reject",
      ["info: there was no", "warning: subdomains that do not exist: none → reject"],
    ],
    ["p=block", "p=quarantine", ["info: receivers ignored the DMARC record: from now on receivers treat"]],
    [
      "p=none",
      "p=quarantine",
      ["info: the domain: none → quarantine; receivers treat mail that fails as suspicious"],
    ],
    ["p=quarantine", "p=reject", ["warning: the domain: quarantine → reject; receivers refuse"]],
    ["p=reject", "p=none", ["info: the domain: reject → none; receivers deliver mail that fails"]],
    ["p=reject; t=y", "p=reject", ["warning: the domain: quarantine → reject"]],
    [
      "p=reject",
      "p=reject; sp=none",
      ["info: existing subdomains: reject → none", "info: subdomains that do not exist: reject → none"],
    ],
    ["p=none; np=none", "p=none; np=reject", ["warning: subdomains that do not exist: none → reject"]],
    ["p=none; sp=none", "p=quarantine; sp=none", ["info: the domain: none → quarantine"]],
    ["p=none", "p=none; adkim=s", ["warning: the DKIM domain has to be the From domain"]],
    ["p=none; aspf=s", "p=none", ["info: the return path's domain aligns from now on"]],
    ["p=none", "p=none; psd=y", ["warning: psd: u → y"]],
    [
      "p=none; rua=mailto:a@x.example",
      "p=none; rua=mailto:b@x.example",
      ["info: aggregate reports go to mailto:b@x.example too and no longer go to mailto:a@x.example"],
    ],
    ["p=none; rua=mailto:a@x.example", "p=none", ["warning: no aggregate reports any more"]],
    ["p=none", "p=none; ruf=mailto:a@x.example", ["info: failure reports go to mailto:a@x.example too"]],
    ["p=none", "p=none; ruf=mailto:a@x.example; p=none", ["error: has more than one tag p"]],
  ])("from %j to %j is told", (before, after, expected) => {
    const told = messages(before, after);
    expect(told).toHaveLength(expected.length);
    expected.forEach((start, index) => {
      expect(told[index]?.startsWith(start), told[index]).toBe(true);
    });
  });

  it.each([
    ["p=none", "p=none"],
    ["p=none", "p=none; sp=none; np=none; adkim=r; aspf=r; t=n; psd=u; fo=0"],
    ["p=reject; pct=100; rf=afrf; ri=86400", "p=reject"],
    ["p=none; t=y", "p=none"],
    [
      "p=none; rua=mailto:a@x.example,mailto:b@x.example",
      "p=none; rua=mailto:b@x.example,mailto:a@x.example",
    ],
  ])("from %j to %j has no effect", (before, after) => {
    expect(messages(before, after)).toEqual([]);
  });
});
