import { parse } from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { expandDomain, expandMacros, type MacroContext } from "../../../components/mail-dns/spf/macro";

/** The examples of RFC 7208 section 7.4. */
const FOUR: MacroContext = {
  ip: parse("192.0.2.3"),
  sender: "strong-bad@email.example.com",
  domain: "email.example.com",
  helo: "mail.example.org",
  validatedName: "mx.example.org",
  receiver: "mx.example.net",
  timestamp: 1_800_000_000,
};
const SIX: MacroContext = { ...FOUR, ip: parse("2001:db8::cb01") };

describe("a macro", () => {
  it.each([
    ["%{s}", "strong-bad@email.example.com"],
    ["%{o}", "email.example.com"],
    ["%{d}", "email.example.com"],
    ["%{d4}", "email.example.com"],
    ["%{d3}", "email.example.com"],
    ["%{d2}", "example.com"],
    ["%{d1}", "com"],
    ["%{dr}", "com.example.email"],
    ["%{d2r}", "example.email"],
    ["%{l}", "strong-bad"],
    ["%{l-}", "strong.bad"],
    ["%{lr}", "strong-bad"],
    ["%{lr-}", "bad.strong"],
    ["%{l1r-}", "strong"],
    ["%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"],
    ["%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"],
    ["%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"],
    ["%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"],
    ["%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"],
    ["%{h} %{p} %{c} %{r} %{t}", "mail.example.org mx.example.org 192.0.2.3 mx.example.net 1800000000"],
    ["%{S}", "strong-bad%40email.example.com"],
    ["%%%_%-", "% %20"],
  ])("%s is %s", (text, expanded) => {
    expect(expandMacros(text, FOUR)).toBe(expanded);
  });

  it("of an IPv6 address has 32 hexadecimal digits", () => {
    const digits = "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2";
    expect(expandMacros("%{ir}.%{v}._spf.%{d2}", SIX).toLowerCase()).toBe(`${digits}.ip6._spf.example.com`);
    expect(expandMacros("%{c}", SIX)).toBe("2001:db8::cb01");
  });

  it("in a capital is escaped for addresses of the web, but for unreserved characters", () => {
    expect(expandMacros("%{L}", { ...FOUR, sender: "~a&b=c-d_e.f!'()*@example.com" })).toBe(
      "~a%26b%3Dc-d_e.f%21%27%28%29%2A",
    );
  });

  it("in a domain loses labels on the left beyond 253 characters, and the dot at the end", () => {
    const long = Array.from({ length: 60 }, (_, index) => `label${index}`).join(".");
    const name = expandDomain(`${long}.%{d}.`, FOUR);
    expect(name.length).toBeLessThanOrEqual(253);
    expect(`${long}.email.example.com`.endsWith(`.${name}`)).toBe(true);
  });
});
