import { describe, expect, it } from "vitest";
import { certificateFaults, usersFaults } from "../../components/postfix-relay/aws/submission-values";
import { createAuthority } from "../../sandbox/pki";

const HASH = "{SHA512-CRYPT}$6$rounds=5000$saltsalt$0123456789abcdef";

describe("a list of users", () => {
  it("is taken with empty lines and line ends of either kind", () => {
    expect(usersFaults(`app:${HASH}\r\n\nrobot@example.com:${HASH}\n`, "users")).toEqual([]);
  });

  it.each([
    ["without a user", "\n\n", "is empty"],
    ["with a password in clear", `app:${HASH}\nrobot:{PLAIN}hunter2-hunter2`, "has a line 2 that is not"],
    ["with a name twice", `app:${HASH}\nrobot:${HASH}\napp:${HASH}`, "has in line 3 a name"],
    ["with a name in capitals", `App:${HASH}`, "has a line 1 that is not"],
    ["with fields behind the hash", `app:${HASH}:0:0`, "has a line 1 that is not"],
  ])("%s is refused, without a word of it", (_what, text, reason) => {
    const faults = usersFaults(text, "users");
    expect(faults).toHaveLength(1);
    expect(faults[0]?.reason).toContain(reason);
    expect(JSON.stringify(faults)).not.toMatch(/hunter2|saltsalt|robot/);
  });
});

describe("a certificate with its key", async () => {
  const authority = await createAuthority();
  const one = await authority.issue(["mail.example.com"]);
  const other = await authority.issue(["other.example.com"]);
  const now = Date.now();
  const reasons = (pem: string, at = now) =>
    certificateFaults(pem, "mail.example.com", "certificate", at).map(({ reason }) => reason);

  it("is taken with its chain", () => {
    expect(reasons(`${one.key}\n${one.cert}\n${authority.ca}`)).toEqual([]);
  });

  it("is refused for another name, of another key and when it is expired, all at once", () => {
    const inTenYears = now + 10 * 365 * 86_400_000;
    expect(reasons(`${one.key}\n${other.cert}`, inTenYears)).toEqual([
      "has a certificate that is of another key",
      expect.stringContaining("other.example.com, not for mail.example.com"),
      expect.stringContaining("expired since"),
    ]);
  });

  it("is refused without the key, or without the certificate", () => {
    expect(reasons(one.cert)).toEqual(["has no private key that can be read without a passphrase"]);
    expect(reasons(one.key)).toEqual(["has no certificate"]);
    expect(reasons("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")).toHaveLength(2);
  });
});
