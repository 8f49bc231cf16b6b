import { createPublicKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectDkim } from "../../../components/mail-dns/dkim/inspect";
import { buildDkim, type DkimKeyRecord, parseDkim } from "../../../components/mail-dns/dkim/key-record";
import { txtStrings } from "../../../components/mail-dns/txt";

const name = "s1._domainkey.example.com";
/** A public key with a modulus of that length; nobody has the private one, and making it takes no time. */
function rsa(bits: number): string {
  const modulus = randomBytes(bits / 8);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  const jwk = { kty: "RSA", n: modulus.toString("base64url"), e: "AQAB" };
  return createPublicKey({ key: jwk, format: "jwk" })
    .export({ type: "spki", format: "der" })
    .toString("base64");
}
const key = rsa(2048);
const ed25519 = Buffer.alloc(32, 1).toString("base64");
const told = (text: string | string[]) =>
  inspectDkim(text, name).map(({ severity, message }) => `${severity}: ${message}`);

const word = fc.string({ unit: fc.constantFrom(..."abcz019-"), minLength: 1, maxLength: 8 });
const list = fc.array(word, { minLength: 1, maxLength: 3 });
const record: fc.Arbitrary<DkimKeyRecord> = fc.record(
  {
    v: fc.constant("DKIM1" as const),
    h: list,
    k: word,
    n: fc.string({ unit: fc.constantFrom(..."abc=20!~:"), maxLength: 12 }),
    s: list,
    t: list,
    p: fc.base64String({ maxLength: 900 }),
  },
  { requiredKeys: ["p"] },
);

describe("a DKIM key record that was built", () => {
  it("is read back as it was", () => {
    fc.assert(
      fc.property(record, (given) => {
        expect(parseDkim(buildDkim(given), name)).toEqual({ record: given, unknown: [], findings: [] });
      }),
      { numRuns: 2000 },
    );
  });

  it("is read back from the strings of its TXT record", () => {
    fc.assert(
      fc.property(record, (given) => {
        expect(parseDkim(txtStrings(buildDkim(given)), name).record).toEqual(given);
      }),
    );
  });
});

describe("a DKIM key record", () => {
  it.each([
    [`v=DKIM1; k=rsa; p=${key}`],
    [`p=${key}`],
    [`k=rsa;p=${key};`],
    [`v=DKIM1; h=sha1:sha256; s=email; n=hello; p=${key}`],
    [`v = DKIM1 ;\tp = ${key.slice(0, 100)} ${key.slice(100)} ;`],
  ])("%s has nothing to be told of", (text) => {
    expect(told(text)).toEqual([]);
  });

  it.each([
    ["v=DKIM1; k=rsa", "there is no tag p"],
    ["", "there is no tag p"],
    [`p=${key}; v=DKIM1`, "the tag v is not v=DKIM1 in front"],
    [`v=DKIM2; p=${key}`, "the tag v is not v=DKIM1 in front"],
    [`v=DKIM1; p=${key}; p=`, "more than one tag p"],
    [`v=DKIM1; nonsense; p=${key}`, '"nonsense" is not of the form'],
    [`v=DKIM1; P=${key}`, "there is no tag p"],
  ])("%s is void", (text, message) => {
    expect(parseDkim(text, name).record).toBeUndefined();
    expect(told(text).join()).toMatch(new RegExp(`error: .*${message}.*verifiers ignore the record`));
  });

  it.each<[string, string]>([
    ["v=DKIM1; p=", "warning: the key is revoked"],
    [`v=DKIM1; k=dsa; p=${key}`, "error: the key type dsa"],
    ["v=DKIM1; p=%%%", "error: the key is not base64"],
    ["v=DKIM1; p=AAAA", "error: the key is not an RSA public key"],
    [`v=DKIM1; k=ed25519; p=${ed25519}`, "info: some receivers cannot verify Ed25519"],
    [`v=DKIM1; k=ed25519; p=${key}`, "error: the key is 294 octets long"],
    [`v=DKIM1; p=${ed25519}`, "error: the key is not an RSA public key"],
    [`v=DKIM1; h=sha1; p=${key}`, "error: the key is for SHA-1 alone"],
    [`v=DKIM1; h=sha512; p=${key}`, "error: the key is not for SHA-256"],
    [`v=DKIM1; s=tlsrpt; p=${key}`, "error: the key is for the service tlsrpt"],
    [`v=DKIM1; t=y; p=${key}`, "warning: the key is in testing"],
    [`v=DKIM1; t=s; p=${key}`, "info: the key signs for the domain itself only"],
    [`v=DKIM1; g=*; p=${key}`, "info: the tag g is not known"],
  ])("%s is told of", (text, expected) => {
    const remarks = told(text);
    expect(remarks).toHaveLength(1);
    expect(remarks[0]?.startsWith(expected), remarks[0]).toBe(true);
  });

  it.each<[number, string[]]>([
    [512, ["error: the RSA key has 512 bits, and receivers refuse keys under 1024 (RFC 8301)"]],
    [1024, ["warning: the RSA key has 1024 bits, which is accepted but weak (RFC 8301)"]],
    [2048, []],
    [3072, []],
    [
      4096,
      ["info: the RSA key has 4096 bits: its TXT record needs several strings, and answers may need TCP"],
    ],
    [4608, ["warning: the RSA key has 4608 bits, and receivers need not accept more than 4096 (RFC 8301)"]],
  ])("with %i bits is judged by its size", (bits, expected) => {
    expect(told(`v=DKIM1; p=${rsa(bits)}`)).toEqual(expected);
  });

  it("tells everything at once, with the record's name", () => {
    const findings = inspectDkim("v=DKIM1; h=sha1; s=other; t=y:s; p=AAAA", name);
    expect(findings.map(({ severity }) => severity)).toEqual(["error", "error", "error", "warning", "info"]);
    expect(new Set(findings.map(({ path }) => path))).toEqual(new Set([name]));
  });
});
