import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { domainNameFault, toAscii } from "../../providers/sendgrid/authentication/domain-name";
import { UNKNOWN } from "../kit/client";
import { API_KEY, DOMAIN, serveProvider, VALIDATION } from "./sendgrid";

let provider: Awaited<ReturnType<typeof serveProvider>>;
beforeAll(async () => {
  provider = await serveProvider();
});
afterAll(() => provider.close());

const faults = async (type: string, inputs: Record<string, unknown>) =>
  (await provider.client.check(type, inputs)).failures.map(({ property, reason }) => `${property} ${reason}`);

describe("a domain authentication", () => {
  const good = { domain: "example.com", subdomain: "em" };

  it("has automatic security and the global region by default", async () => {
    expect(await provider.client.check(DOMAIN, good)).toEqual({
      inputs: { ...good, automaticSecurity: true, region: "global" },
      failures: [],
    });
  });

  it.each([
    ["a capital letter", "Example.COM", "example.com"],
    ["an international name", "bücher.example", "xn--bcher-kva.example"],
    ["an international name with capitals", "BÜCHER.example", "xn--bcher-kva.example"],
    ["an ideographic full stop", "例え。テスト", "xn--r8jz45g.xn--zckzah"],
  ])("has its domain in the form of DNS: %s", async (_, domain, expected) => {
    expect((await provider.client.check(DOMAIN, { ...good, domain })).inputs.domain).toBe(expected);
  });

  const long = "a".repeat(64);
  const host = "host names have letters, digits and hyphens only (RFC 1123)";
  const label = "a label has letters, digits and hyphens, with no hyphen at its ends (RFC 1123)";
  it.each([
    ["no domain", { domain: undefined }, "domain is missing"],
    ["an empty domain", { domain: "" }, "domain is empty: give a domain, such as example.com"],
    [
      "an empty label",
      { domain: "example..com" },
      'domain "example..com" has an empty label: two dots in a row, or one at the start',
    ],
    [
      "a leading dot",
      { domain: ".example.com" },
      'domain ".example.com" has an empty label: two dots in a row, or one at the start',
    ],
    ["a trailing dot", { domain: "example.com." }, 'domain "example.com." ends in a dot: leave it out'],
    [
      "a long label",
      { domain: `${long}.com` },
      `domain has a label of 64 characters, "${"a".repeat(20)}…": 63 is the most (RFC 1035)`,
    ],
    [
      "a long name",
      { domain: `${"a.".repeat(126)}com` },
      "domain has 255 characters: 253 is the most (RFC 1035)",
    ],
    ["an underscore", { domain: "my_shop.com" }, `domain "my_shop.com" has an underscore: ${host}`],
    ["a hyphen at the end", { domain: "shop-.com" }, `domain "shop-.com" has the label "shop-": ${label}`],
    ["a space", { domain: "my shop.com" }, `domain "my shop.com" has the label "my shop": ${label}`],
    [
      "an address",
      { domain: "me@example.com" },
      `domain "me@example.com" has the label "me@example": ${label}`,
    ],
    [
      "a single label",
      { domain: "localhost" },
      'domain "localhost" is a single label: give the whole domain, such as example.com',
    ],
    ["no subdomain", { subdomain: undefined }, "subdomain is missing"],
    [
      "a subdomain with the domain",
      { subdomain: "em.example.com" },
      'subdomain "em.example.com" repeats the domain: give the labels below it only, such as em',
    ],
    [
      "a long return path",
      { domain: `${"a.".repeat(124)}com`, subdomain: "em" },
      "subdomain and domain have 254 characters together: 253 is the most (RFC 1035)",
    ],
    [
      "a selector of four characters",
      { customDkimSelector: "four" },
      "customDkimSelector must be exactly three characters, each a-z or 0-9",
    ],
    [
      "a selector in capitals",
      { customDkimSelector: "ABC" },
      "customDkimSelector must be exactly three characters, each a-z or 0-9",
    ],
    ["an unknown region", { region: "us" }, 'region must be one of "global", "eu", not the string "us"'],
    [
      "a custom SPF with automatic security",
      { customSpf: true },
      "customSpf is for manual security: set automaticSecurity to false, or leave customSpf out",
    ],
    [
      "addresses without a custom SPF",
      { ips: ["192.0.2.1"] },
      "ips are for a custom SPF record: set customSpf to true (and automaticSecurity to false), or leave ips out",
    ],
    [
      "a wrong address",
      { automaticSecurity: false, customSpf: true, ips: ["192.0.2.256"] },
      "ips[0] must be an IPv4 address, e.g. 192.0.2.1",
    ],
    [
      "an unknown property",
      { subDomain: "x" },
      "subDomain is no property of this resource; did you mean subdomain?",
    ],
  ])("is refused with %s", async (_, change, reason) => {
    expect(await faults(DOMAIN, { ...good, ...change })).toEqual([reason]);
  });

  it("reports all faults at once", async () => {
    const inputs = { domain: "a..b", subdomain: "x_y", customDkimSelector: "", region: "mars" };
    expect(await faults(DOMAIN, inputs)).toHaveLength(4);
  });

  it("is not refused for what is not known yet", async () => {
    expect(
      await faults(DOMAIN, { domain: UNKNOWN, subdomain: "em", customSpf: true, automaticSecurity: UNKNOWN }),
    ).toEqual([]);
  });

  it("may have several labels below the domain", async () => {
    expect(await faults(DOMAIN, { ...good, subdomain: "bounce.mail" })).toEqual([]);
  });
});

describe("a domain validation", () => {
  it.each([
    [
      "an id that is no number",
      { domainId: "example.com" },
      "domainId must be the number that SendGrid gave it: the output domainId of a DomainAuthentication",
    ],
    ["a negative time", { domainId: "1", timeoutSeconds: -1 }, "timeoutSeconds must be at least 0, not -1"],
    [
      "more than a day",
      { domainId: "1", timeoutSeconds: 90000 },
      "timeoutSeconds must be at most 86400, not 90000",
    ],
    [
      "a trigger that is no text",
      { domainId: "1", triggers: { a: 1 } },
      "triggers.a must be a string, not 1",
    ],
  ])("is refused with %s", async (_, inputs, reason) => {
    expect(await faults(VALIDATION, inputs)).toEqual([reason]);
  });
});

describe("an API key", () => {
  it.each([
    ["no name", { name: "" }, "name must have at least 1 character, not 0"],
    ["a long name", { name: "x".repeat(101) }, "name must have at most 100 characters, not 101"],
    ["no scopes", { scopes: undefined }, "scopes is missing"],
    [
      "an empty list of scopes",
      { scopes: [] },
      "scopes must name at least one scope, e.g. mail.send: without any, SendGrid would give the key full access",
    ],
    [
      "what is no scope",
      { scopes: ["mail.send", "Mail Send"] },
      "scopes[1] must be the name of a scope, e.g. mail.send",
    ],
  ])("is refused with %s", async (_, change, reason) => {
    expect(await faults(API_KEY, { name: "relay", scopes: ["mail.send"], ...change })).toEqual([reason]);
  });
});

describe("any domain name", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);

  it("of letters, digits and hyphens in two labels or more is right", () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 2, maxLength: 8 }), (labels) => {
        expect(domainNameFault(labels.join("."))).toBeUndefined();
      }),
    );
  });

  it("that is right has labels of 1 to 63 characters and 253 in all", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "-", ".", "_", "1"), maxLength: 300 }), (name) => {
        if (domainNameFault(name) !== undefined) return;
        expect(name.length).toBeLessThanOrEqual(253);
        expect(name.split(".").every((part) => part.length >= 1 && part.length <= 63)).toBe(true);
      }),
    );
  });

  it("is converted once and for all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        expect(toAscii(toAscii(name))).toBe(toAscii(name));
      }),
    );
  });
});
