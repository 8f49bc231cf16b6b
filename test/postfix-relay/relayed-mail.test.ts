import { afterAll, beforeAll, expect, test } from "vitest";
import { BOUNCE_REFUSAL } from "../../components/postfix-relay/postfix/routes";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { createAuthority } from "../../sandbox/pki";
import { listenSmtp, readMessage, type SmtpListener } from "../../sandbox/smtp-listener";
import { settings } from "./relay-settings";
import { RunningPostfix } from "./running-postfix";

let smartHost: SmtpListener;
let relay: RunningPostfix;
const received: { from: string; to: string[]; text: string }[] = [];

beforeAll(async () => {
  const authority = await createAuthority();
  smartHost = await listenSmtp(
    {
      ...(await authority.issue(["localhost"])),
      authMethods: ["PLAIN"],
      onAuth: ({ username, password }, _session, callback) =>
        password === "good"
          ? callback(null, { user: username })
          : callback(Object.assign(new Error("Authentication failed"), { responseCode: 535 })),
      onData: async (stream, { envelope: { mailFrom, rcptTo } }, callback) => {
        const text = (await readMessage(stream)).toString("latin1");
        if (/^Subject: refuse/m.test(text.split("\r\n\r\n")[0] ?? "")) {
          return callback(Object.assign(new Error("refused"), { responseCode: 550 }));
        }
        const from = mailFrom === false ? "" : mailFrom.address;
        received.push({ from, to: rcptTo.map(({ address }) => address), text });
        callback();
      },
    },
    { address: "127.0.0.1", port: 0 },
  );
  const given: RelaySettings = {
    ...settings,
    smartHost: { ...settings.smartHost, host: "localhost", port: smartHost.port },
    senders: ["example.com"],
    masquerade: { "Root@app01": "root@example.com", "@app02.internal": "app@example.com" },
    hideClients: true,
    bounceAddress: "admin@example.com",
  };
  relay = await RunningPostfix.start(given, {
    ca: authority.ca,
    passwords: `[localhost]:${smartHost.port} apikey:good\n`,
  });
}, 120_000);
afterAll(async () => {
  await relay?.stop();
  await smartHost?.close();
});

/** Sends a message with a subject of its own and gives it back as the smart host got it. */
async function relayed(from: string, header: string[] = [], subject = `test ${received.length}`) {
  const raw = [...header, `Subject: ${subject}`, "Message-ID: <1@app01>", "", "body", ""].join("\r\n");
  await relay.send({ from, to: "someone@example.org" }, raw);
  const has = ({ text }: { text: string }) => text.includes(`Subject: ${subject}\r\n`);
  await relay.until(`the smart host has "${subject}"`, () => received.some(has));
  return received.find(has);
}

test("a sender of the domain passes, whatever its letters", async () => {
  expect((await relayed("App@Example.COM"))?.from).toMatch(/^App@example\.com$/i);
});

test.each(["app@example.net", "app@sub.example.com", "app@app01"])(
  "the sender %s is refused by name at RCPT",
  async (from) => {
    await expect(relayed(from)).rejects.toThrow(
      /550 5\.7\.1 <.*>: Sender address rejected: sender is not of this relay's domains: example\.com/,
    );
  },
);

test("a sender without a domain gets the domain of the bounce address, and passes", async () => {
  expect((await relayed("app"))?.from).toBe("app@example.com");
});

test("mail without a sender is refused as ever, and not for its domain", async () => {
  await expect(relayed("")).rejects.toThrow(/5\.7\.1 .*mail without a sender is not relayed/);
});

test("a masqueraded sender leaves under the other name, in envelope and header", async () => {
  const message = await relayed("root@APP01", ["From: Cron <root@app01>"]);
  expect(message?.from).toBe("root@example.com");
  expect(message?.text).toContain("From: Cron <root@example.com>\r\n");
});

test("every sender of a masqueraded host leaves under one name", async () => {
  const message = await relayed("www-data@app02.internal", ["From: www-data@app02.internal"]);
  expect(message?.from).toBe("app@example.com");
  expect(message?.text).toContain("From: app@example.com\r\n");
});

test("other addresses stay", async () => {
  const message = await relayed("root@example.com", ["From: x@example.com", "Reply-To: y@app03.internal"]);
  expect(message?.text).toContain("From: x@example.com\r\nReply-To: y@app03.internal\r\n");
});

test("the clients are in no header, and the relay's own hop is", async () => {
  const message = await relayed("app@example.com", [
    "Received: from laptop.internal (unknown [10.9.8.7])",
    "\tby app01.internal (Postfix) with ESMTP id ABC; Tue, 24 Nov 2026 12:00:00 +0000",
    "X-Originating-IP: [10.9.8.7]",
    "x-received: by 10.9.8.7",
    "X-Kept: yes",
  ]);
  const header = message?.text.split("\r\n\r\n")[0] ?? "";
  expect(header).not.toMatch(/internal|10\.9\.8\.7|127\.0\.0\.1|helo|localhost|\bapp01[^>]/i);
  expect(header.match(/^Received:/gim)).toHaveLength(1);
  expect(header).toMatch(/^Received: by relay\.example\.com \(Postfix\) with ESMTP id \w+/m);
  expect(header).toContain("X-Kept: yes");
});

test("a notice comes from the bounce address, beside a masquerade, with the whole message in it", async () => {
  const raw = "Received: from laptop.internal by app01.internal; now\r\nSubject: refuse this\r\n\r\nbody\r\n";
  await relay.send({ from: "app@example.com", to: "someone@example.org" }, raw);
  const isNotice = ({ to }: { to: string[] }) => to.includes("admin@example.com");
  await relay.until("the smart host has the notice", () => received.some(isNotice));
  const notice = received.find(isNotice);
  expect(notice?.from).toBe("admin@example.com");
  expect(notice?.text).toContain("Subject: refuse this");
  // By which the metrics tell this bounce from one of a recipient.
  expect(await relay.log()).toMatch(
    new RegExp(`: to=<app@example\\.com>, relay=none, .*, status=bounced \\(${BOUNCE_REFUSAL}\\)$`, "m"),
  );
});
