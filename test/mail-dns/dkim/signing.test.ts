import { dkimSign } from "mailauth/lib/dkim/sign.js";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { describe, expect, it } from "vitest";
import { inspectDkim } from "../../../components/mail-dns/dkim/inspect";
import { generateDkimKeys } from "../../../components/mail-dns/dkim/keys";
import type { DkimKeyType } from "../../../components/mail-dns/dkim/public-key";
import { dkimName, dkimText } from "../../../components/mail-dns/dkim/record";
import { planDkimRotation } from "../../../components/mail-dns/dkim/rotation";
import { txtStrings } from "../../../components/mail-dns/txt";

const message = [
  "From: someone@example.com",
  "To: other@example.org",
  "Subject: hello",
  "Date: Mon, 05 May 2031 10:00:00 +0000",
  "Message-ID: <1@example.com>",
  "",
  "text",
  "",
].join("\r\n");

async function sign(privateKey: string, selector: string, keyType: DkimKeyType): Promise<string> {
  const signer = { signingDomain: "example.com", selector, privateKey };
  const { signatures, errors } = await dkimSign(message, {
    ...signer,
    algorithm: `${keyType}-sha256`,
    strict: true,
    signatureData: [signer],
  });
  expect(errors).toEqual([]);
  return signatures + message;
}

/** mailauth's verdict with exactly these TXT records in the DNS. */
async function verdict(signed: string, txt: Record<string, string>): Promise<string[]> {
  const { results } = await dkimVerify(signed, {
    resolver: async (name) => {
      const text = txt[name];
      if (text === undefined) {
        throw Object.assign(new Error(name), { code: "ENOTFOUND" });
      }
      return [txtStrings(text)];
    },
  });
  return results.map(({ status }) => status.result);
}

describe("a message signed with a generated key", () => {
  it.each<[DkimKeyType, number | undefined]>([
    ["rsa", undefined],
    ["rsa", 1024],
    ["rsa", 4096],
    ["ed25519", undefined],
  ])(
    "(%s, %s bits) is verified by mailauth against the record's text, and by no other",
    async (keyType, bits) => {
      const { privateKeyPem, publicKey } = await generateDkimKeys({ keyType, bits });
      const signed = await sign(privateKeyPem, "s1", keyType);
      const name = dkimName("s1", "example.com");
      const text = dkimText(publicKey, keyType);
      expect(inspectDkim(text, name).filter(({ severity }) => severity === "error")).toEqual([]);
      expect(await verdict(signed, { [name]: text })).toEqual(["pass"]);
      const other = await generateDkimKeys({ keyType, bits });
      expect(other.publicKey).not.toBe(publicKey);
      expect(await verdict(signed, { [name]: dkimText(other.publicKey, keyType) })).not.toEqual(["pass"]);
      expect(await verdict(signed.replace("hello", "hullo"), { [name]: text })).not.toEqual(["pass"]);
    },
  );

  it("has 2048 bits by default", async () => {
    const { publicKey } = await generateDkimKeys({ keyType: "rsa" });
    expect(inspectDkim(dkimText(publicKey), "s1")).toEqual([]);
    expect(Buffer.from(publicKey, "base64")).toHaveLength(294);
  });

  it.each([[512], [8192], [2048.5], [0]])("is not made with %s bits", async (bits) => {
    await expect(generateDkimKeys({ keyType: "rsa", bits })).rejects.toThrow(RangeError);
  });
});

describe("a rotation by two selectors", () => {
  const domain = "example.com";

  it("verifies both keys' mail while the old one retires, and not after it is revoked or removed", async () => {
    const [first, second] = await Promise.all([
      generateDkimKeys({ keyType: "rsa" }),
      generateDkimKeys({ keyType: "rsa" }),
    ]);
    const oldKey = { selector: "s1", publicKey: first.publicKey };
    const newKey = { selector: "s2", publicKey: second.publicKey };
    const oldMail = await sign(first.privateKeyPem, "s1", "rsa");
    const newMail = await sign(second.privateKeyPem, "s2", "rsa");
    const steps = [
      { rotation: { domain, active: oldKey }, verdicts: ["pass", "neutral"] },
      {
        rotation: { domain, active: oldKey, other: { ...newKey, stage: "next" as const } },
        verdicts: ["pass", "pass"],
      },
      {
        rotation: { domain, active: newKey, other: { ...oldKey, stage: "retiring" as const } },
        verdicts: ["pass", "pass"],
      },
      {
        rotation: { domain, active: newKey, other: { ...oldKey, stage: "revoked" as const } },
        verdicts: ["neutral", "pass"],
      },
      { rotation: { domain, active: newKey }, verdicts: ["neutral", "pass"] },
    ];
    for (const { rotation, verdicts } of steps) {
      const { records, faults } = planDkimRotation(rotation, "dkim");
      expect(faults).toEqual([]);
      const txt = Object.fromEntries(records.map((record) => [record.name, record.value]));
      expect([...(await verdict(oldMail, txt)), ...(await verdict(newMail, txt))]).toEqual(verdicts);
    }
  });

  const publicKey = Buffer.alloc(32, 1).toString("base64");
  const active = { selector: "s1", publicKey, keyType: "ed25519" as const };

  it.each([
    ["next" as const, "sign with it"],
    ["retiring" as const, "set its stage to revoked"],
    ["revoked" as const, "Remove it"],
  ])("names the step after %s", (stage, next) => {
    const other = { ...active, selector: "s2", stage };
    const { findings } = planDkimRotation({ domain, active, other }, "dkim");
    expect(findings).toMatchObject([
      { severity: "info", path: "dkim.other", next: expect.stringContaining(next) },
    ]);
  });

  it("refuses one selector for both keys, and keys that are none, at once", () => {
    const other = { selector: "S1", publicKey: "%%%", stage: "next" as const };
    const { faults } = planDkimRotation({ domain, active, other }, "dkim");
    expect(faults.map(({ path }) => path)).toEqual(["dkim.other.publicKey", "dkim.other.selector"]);
  });
});
