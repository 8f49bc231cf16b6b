import { dkimSign } from "mailauth/lib/dkim/sign.js";
import { beforeAll, describe, expect, it } from "vitest";
import { receivedMessage } from "../../cli/doctor/message";
import { createDkimKey, type DkimKey } from "../../sandbox/sendgrid/domains";
import { DOMAIN, fakeWorld, record, subject } from "./fake-world";

const SELECTOR = "s1";
const KEY_NAME = `${SELECTOR}._domainkey.${DOMAIN}`;
const BODY = [
  `From: App <noreply@${DOMAIN}>`,
  "To: someone@recipient.example",
  "Subject: hello",
  "Message-ID: <1@example.com>",
  "Date: Thu, 01 May 2031 11:59:00 +0000",
  "",
  "Hello.",
  "",
].join("\r\n");

const GOOD = `mx.recipient.example; spf=pass smtp.mailfrom=bounces@em.${DOMAIN}; dkim=pass header.d=${DOMAIN} header.s=s1; dmarc=pass (p=none) header.from=${DOMAIN}`;

let key: DkimKey;
let signed: string;
beforeAll(async () => {
  key = await createDkimKey();
  const signer = { signingDomain: DOMAIN, selector: SELECTOR, privateKey: key.privateKey };
  const signTime = new Date("2031-05-01T11:59:00Z");
  const { signatures } = await dkimSign(BODY, { ...signer, signTime, signatureData: [signer] });
  signed = `${signatures}${BODY}`;
});

interface Options {
  authservId?: string;
  /** The key's TXT record in DNS. Default: the right one. */
  published?: string;
  policy?: string;
}

/** Looks at a message with these fields in front. */
async function look(
  results: string[],
  { authservId, published, policy = "v=DMARC1; p=none" }: Options = {},
  text = signed,
) {
  const fields = results.map((value) => `Authentication-Results: ${value}\r\n`).join("");
  const world = fakeWorld({
    zone: {
      [KEY_NAME]: [["TXT", published ?? `v=DKIM1; k=rsa; p=${key.publicKey}`]],
      [`_dmarc.${DOMAIN}`]: [["TXT", policy]],
    },
  });
  const message = { received: Buffer.from(fields + text), ...(authservId && { authservId }) };
  return receivedMessage.run(subject([], {}), { ...world, message });
}
const complaints = async (...given: Parameters<typeof look>) =>
  (await look(...given)).findings
    .filter(({ severity }) => severity !== "info")
    .map(({ path, message }) => `${path}: ${message}`);

describe("a message that its receiver took for authentic", () => {
  it("is green, and its signature verifies again", async () => {
    expect(await look([GOOD])).toEqual({
      status: "ok",
      findings: [],
      summary:
        "from example.com, by mx.recipient.example: SPF pass, DKIM pass, DMARC pass; 1 of 1 signatures verify again",
    });
  });

  it("is green in the words of large receivers", async () => {
    const others = [
      `mx.google.example;\r\n       dkim=pass header.i=@${DOMAIN} header.s=s1 header.b=AbC;\r\n       spf=pass (google.example: domain of bounces+1-a=b@em.${DOMAIN} designates 192.0.2.1 as permitted sender) smtp.mailfrom="bounces+1-a=b@em.${DOMAIN}";\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=${DOMAIN}`,
      // Without a name of the host in front.
      `spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=em.${DOMAIN}; dkim=pass (signature was verified)\r\n header.d=${DOMAIN};dmarc=pass action=none\r\n header.from=${DOMAIN};compauth=pass reason=100`,
    ];
    for (const value of others) {
      expect(await look([value])).toMatchObject({ status: "ok", findings: [] });
    }
  });

  it("is not green for what a stranger wrote into it", async () => {
    const bad = `mx.recipient.example; spf=fail smtp.mailfrom=x@other.example; dkim=none; dmarc=fail header.from=${DOMAIN}`;
    const found = await complaints([bad, GOOD.replace("mx.recipient", "mx.sender")], {}, BODY);
    expect(found).toEqual([
      "Authentication-Results: spf: SPF is fail for other.example",
      "Authentication-Results: dkim: the message is not signed",
      expect.stringMatching(/^Authentication-Results: dmarc: DMARC is fail for example\.com/),
    ]);
  });

  it("is looked at by the host that is named", async () => {
    const outer = "list.example; spf=fail smtp.mailfrom=list.example";
    expect(await look([outer, GOOD], { authservId: "MX.recipient.example" })).toMatchObject({ status: "ok" });
    expect(await complaints([outer], { authservId: "mx.recipient.example" })).toEqual([
      "--authserv-id: the message has no Authentication-Results of mx.recipient.example; there are those of list.example",
    ]);
  });
});

describe("what is wrong with a message is named", () => {
  it("no results of a receiver: it is no received message", async () => {
    expect(await complaints([])).toEqual([
      expect.stringMatching(/^Authentication-Results: the message has no such field/),
    ]);
  });

  it("SPF fails, and DKIM lets DMARC pass: a warning", async () => {
    const value = GOOD.replace("spf=pass", "spf=softfail");
    expect(await look([value])).toMatchObject({
      status: "warning",
      findings: [{ message: `SPF is softfail for em.${DOMAIN}`, next: expect.stringContaining("check spf") }],
    });
  });

  it("SPF passes for a domain that does not count, which is told and no fault", async () => {
    const value = GOOD.replace(`bounces@em.${DOMAIN}`, "bounces@sendgrid.example");
    const { status, findings } = await look([value]);
    expect(status).toBe("ok");
    expect(findings).toMatchObject([
      { severity: "info", message: expect.stringContaining("does not count for DMARC") },
    ]);
  });

  it("alignment is strict where the DMARC record asks for it", async () => {
    const { findings } = await look([GOOD], { policy: "v=DMARC1; p=none; aspf=s" });
    expect(findings).toMatchObject([{ severity: "info", path: "Authentication-Results: spf" }]);
  });

  it("the signature failed at the receiver", async () => {
    const value = GOOD.replace("dkim=pass", 'dkim=fail reason="signature; did not verify"').replace(
      "dmarc=pass",
      "dmarc=pass",
    );
    expect(await complaints([value])).toContain(
      "Authentication-Results: dkim: the signature of example.com is fail (signature; did not verify)",
    );
  });

  it("only another domain signed", async () => {
    const value = GOOD.replace(`header.d=${DOMAIN}`, "header.d=smarthost.example");
    expect(await complaints([value])).toEqual([
      expect.stringMatching(
        /^Authentication-Results: dkim: signatures pass, and none of them counts for example\.com/,
      ),
    ]);
  });

  it("the receiver found no DMARC record", async () => {
    expect(await complaints([GOOD.replace("dmarc=pass (p=none)", "dmarc=none")])).toEqual([
      "Authentication-Results: dmarc: the receiver found no DMARC record for example.com",
    ]);
  });

  it("the receiver says nothing of DMARC, and nothing passes for the From domain", async () => {
    const value = "mx.recipient.example; spf=none smtp.mailfrom=x@other.example";
    expect(await complaints([value], {}, BODY)).toContain(
      "Authentication-Results: dmarc: neither SPF nor DKIM passes for example.com, so DMARC fails",
    );
  });

  it("the key was replaced since", async () => {
    const { publicKey } = await createDkimKey();
    expect(await complaints([GOOD], { published: `v=DKIM1; p=${publicKey}` })).toEqual([
      expect.stringMatching(
        /^s1\._domainkey\.example\.com: the receiver says pass, and verified here .* is fail/,
      ),
    ]);
  });

  it("the key was replaced since, and the stack declares another: left to the look at the records", async () => {
    const { publicKey } = await createDkimKey();
    const declared = record("TXT", KEY_NAME, `v=DKIM1; p=${key.publicKey}`, { purpose: "dkim" });
    const world = fakeWorld({ zone: { [KEY_NAME]: [["TXT", `v=DKIM1; p=${publicKey}`]] } });
    const message = { received: Buffer.from(`Authentication-Results: ${GOOD}\r\n${signed}`) };
    expect(await receivedMessage.run(subject([declared]), { ...world, message })).toMatchObject({
      findings: [],
    });
  });

  it("the file is not what was received: a warning", async () => {
    const { status, findings } = await look([GOOD], {}, signed.replace("Hello.", "Hallo."));
    expect([status, findings[0]?.next]).toEqual(["warning", expect.stringContaining("save the original")]);
  });

  it("it is from another domain than the stack's", async () => {
    const text = BODY.replace(DOMAIN, "other.example");
    const value =
      "mx.recipient.example; dmarc=pass header.from=other.example; dkim=pass header.d=other.example";
    expect(await complaints([value], {}, text)).toContain(
      "From: the message is from other.example, which is no domain of the stack",
    );
  });

  it("it has two authors, or none", async () => {
    for (const text of [`From: a@other.example\r\n${BODY}`, "Subject: x\r\n\r\n"]) {
      expect(await complaints([GOOD], {}, text)).toEqual([expect.stringMatching(/^--message: /)]);
    }
  });

  it("nothing of it can move a terminal's cursor", async () => {
    const value = GOOD.replace("spf=pass", "spf=fail (\u001b[2J)");
    expect(JSON.stringify(await look([value]))).not.toContain("\\u001b");
  });
});

it("without a message there is nothing to look at", async () => {
  expect(await receivedMessage.run(subject([]), fakeWorld())).toMatchObject({ status: "skipped" });
});
