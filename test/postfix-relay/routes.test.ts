import { afterAll, beforeAll, expect, test } from "vitest";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import type { SmartHostEndpoint } from "../../components/smart-hosts/smart-host";
import { createAuthority } from "../../sandbox/pki";
import { RecordingHost, type Taken } from "./recording-host";
import { settings } from "./relay-settings";
import { RunningPostfix } from "./running-postfix";

let main: RecordingHost;
let news: RecordingHost;
let corp: RecordingHost;
let clear: RecordingHost;
let loop: RecordingHost;
let relay: RunningPostfix;
let count = 0;
let loopRefusal = "";

const login: SmartHostEndpoint = { ...settings.smartHost, host: "localhost" };
/** Not a private address, as the check demands, but loopback: the test has no other. */
const internal = ({ port }: RecordingHost, tls: "may" | "encrypt" = "may"): SmartHostEndpoint => ({
  ...{ name: "internal", host: "127.0.0.1", internal: true },
  port,
  tls,
});

beforeAll(async () => {
  const authority = await createAuthority();
  const verified = await authority.issue(["localhost"]);
  const unverified = await (await createAuthority()).issue(["exchange.internal"]);
  main = await new RecordingHost(verified, {
    passwords: ["main", "boss"],
    refused: "nobody@example.org",
  }).up();
  news = await new RecordingHost(verified, {
    passwords: ["news"],
    options: { secure: true },
    refusesBounces: true,
  }).up();
  corp = await new RecordingHost(unverified, { refused: "gone@corp.example.com" }).up();
  clear = await new RecordingHost(unverified, { options: { hideSTARTTLS: true } }).up();
  const sendBack = ({ from, to, text }: Taken) =>
    relay.send({ from, to: to.join() }, text).catch((error: unknown) => {
      loopRefusal = String(error);
    });
  loop = await new RecordingHost(unverified, { onTaken: sendBack }).up();
  const { credential } = settings;
  const given: RelaySettings = {
    ...settings,
    smartHost: { ...login, port: main.port },
    bounceAddress: "admin@example.com",
    masquerade: {
      "root@app01": "root@news.example.com",
      "clerk@news.example.com": "clerk@example.com",
      "@app02": "app@example.com",
    },
    routes: [
      {
        name: "news",
        senders: ["News.example.com"],
        endpoint: { ...login, port: news.port, tls: "wrapper" },
        credential,
      },
      {
        name: "boss",
        senders: ["boss@example.com", "chief@news.example.com"],
        endpoint: { ...login, port: main.port },
        credential,
      },
      {
        name: "partner",
        recipients: ["partner.example.com"],
        endpoint: { ...login, port: news.port, tls: "wrapper" },
        credential,
      },
      { name: "corp", recipients: ["corp.example.com", "vip@example.org"], endpoint: internal(corp) },
      { name: "clear", recipients: ["clear.example.com"], endpoint: internal(clear) },
      { name: "sealed", recipients: ["sealed.example.com"], endpoint: internal(clear, "encrypt") },
      {
        name: "late",
        senders: ["late.example.com"],
        endpoint: { ...login, port: main.port },
        credential,
      },
      { name: "loop", recipients: ["loop.example.com"], endpoint: internal(loop) },
    ],
  };
  relay = await RunningPostfix.start(given, {
    ca: authority.ca,
    passwords: `[localhost]:${main.port} apikey:main\n`,
    routePasswords: {
      news: `[localhost]:${news.port} apikey:news\n`,
      partner: `[localhost]:${news.port} apikey:news\n`,
      boss: `[localhost]:${main.port} apikey:boss\n`,
    },
  });
}, 120_000);
afterAll(async () => {
  await relay?.stop();
  await Promise.all([main, news, corp, clear, loop].map((host) => host?.down()));
});

/** Sends a message; its subject. */
async function send(from: string, to: string, recipients = to): Promise<string> {
  count += 1;
  const subject = `message ${count}`;
  await relay.send(
    { from, to: recipients },
    `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nbody\r\n`,
  );
  return subject;
}

/** Sends a message, and waits until the host has it, once and nobody else. */
async function arrival(host: RecordingHost, from: string, to: string): Promise<Taken> {
  const subject = await send(from, to);
  await relay.until(`${subject} from ${from} to ${to} arrived`, () => host.having(subject).length > 0);
  expect([main, news, corp, clear, loop].flatMap((each) => each.having(subject))).toHaveLength(1);
  const [message] = host.having(subject);
  if (message === undefined) throw new Error("it was there a moment ago");
  return message;
}

test.each<[from: string, host: () => RecordingHost, password: string]>([
  ["a@example.com", () => main, "main"],
  ["a@other.news.example.com", () => main, "main"],
  ["a@news.example.com", () => news, "news"],
  ["A@NEWS.EXAMPLE.COM", () => news, "news"],
  ["boss@example.com", () => main, "boss"],
  ["chief@news.example.com", () => main, "boss"],
  ["boss+x@example.com", () => main, "main"],
])("mail from %s leaves by its host with its key", async (from, host, password) => {
  const message = await arrival(host(), from, "b@example.org");
  expect(message).toMatchObject({ password, encrypted: true });
});

test("a key is never used for another's mail, although both are at one host and connections are kept", async () => {
  const sent = new Map<string, string>();
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const who = index % 2 === 0 ? "boss" : "a";
      sent.set(await send(`${who}@example.com`, "b@example.org"), who === "boss" ? "boss" : "main");
    }),
  );
  const missing = () => [...sent.keys()].filter((subject) => main.having(subject).length === 0);
  await relay.until("all arrived", () => missing().length === 0);
  for (const [subject, password] of sent) {
    expect(main.having(subject)).toMatchObject([{ password }]);
  }
  expect(await relay.log()).toMatch(/conn_use=/);
});

test.each<[from: string, leavesAs: string, host: () => RecordingHost]>([
  ["root@app01", "root@news.example.com", () => news],
  ["clerk@news.example.com", "clerk@example.com", () => main],
  ["www-data@app02", "app@example.com", () => main],
])("mail from %s, which leaves as %s, takes the way of that address", async (from, leavesAs, host) => {
  expect(await arrival(host(), from, "b@example.org")).toMatchObject({ from: leavesAs });
});

test.each<[to: string, host: () => RecordingHost, encrypted: boolean]>([
  ["b@corp.example.com", () => corp, true],
  ["B@Corp.Example.Com", () => corp, true],
  ["vip@example.org", () => corp, true],
  ["b@clear.example.com", () => clear, false],
])("mail to %s goes to the internal host, without a login", async (to, host, encrypted) => {
  expect(await arrival(host(), "a@example.com", to)).toMatchObject({ password: undefined, encrypted });
});

test("subdomains of a route's domain are not meant", async () => {
  await arrival(main, "a@example.com", "b@sub.corp.example.com");
});

test("recipients win over senders", async () => {
  await arrival(corp, "boss@example.com", "b@corp.example.com");
});

test("a message to both sides is split", async () => {
  const subject = await send("a@example.com", "b@corp.example.com", "b@corp.example.com, c@example.org");
  await relay.until("both arrived", () => main.having(subject).length + corp.having(subject).length === 2);
  expect(main.having(subject)).toMatchObject([{ to: ["c@example.org"] }]);
  expect(corp.having(subject)).toMatchObject([{ to: ["b@corp.example.com"] }]);
});

test("where TLS is demanded of an internal host that offers none, the mail waits", async () => {
  const subject = await send("a@example.com", "b@sealed.example.com");
  await relay.until("it waits", async () =>
    /to=<b@sealed[.]example[.]com>, .*status=deferred .TLS is required/.test(await relay.log()),
  );
  expect(clear.having(subject)).toEqual([]);
});

test("one route that is down stops no other mail, and its own leaves when it is back", async () => {
  await news.down();
  const waiting = await send("a@news.example.com", "b@example.org");
  await relay.until("it waits", async () => /relay=none, .*status=deferred/.test(await relay.log()));
  await arrival(main, "a@example.com", "b@example.org");
  await arrival(main, "boss@example.com", "b@example.org");
  await arrival(corp, "a@news.example.com", "b@corp.example.com");
  expect(main.having(waiting)).toEqual([]);
  await news.up();
  await relay.flush();
  await relay.until("it arrived", () => news.having(waiting).length === 1);
});

test("mail of a route whose password is not there yet waits, and is never sent without a login", async () => {
  const subject = await send("a@late.example.com", "b@example.org");
  await relay.until("it waits", async () =>
    /dsn=4[.]3[.]0, status=deferred [(]local data error/.test(await relay.log()),
  );
  await arrival(main, "a@example.com", "b@example.org");
  expect(main.having(subject)).toEqual([]);
});

test.each(["b@example.org", "b@corp.example.com", "vip@example.org"])(
  "mail without a sender to %s is refused as without routes",
  async (to) => {
    await expect(send("", to)).rejects.toThrow(/5[.]7[.]1 .*mail without a sender is not relayed/);
  },
);

test("what the internal host refuses becomes a notice, which leaves by the smart host", async () => {
  const subject = await send("a@example.com", "gone@corp.example.com");
  const notice = () =>
    main.taken.find(({ to, text }) => to[0] === "admin@example.com" && text.includes(subject));
  await relay.until("the notice arrived", () => notice() !== undefined);
  expect(notice()).toMatchObject({ from: "admin@example.com", password: "main" });
});

test("a bounce to a mailbox of the internal host goes there", async () => {
  const subject = await send("clerk@corp.example.com", "nobody@example.org");
  const bounce = () => corp.taken.find(({ from, text }) => from === "" && text.includes(subject));
  await relay.until("the bounce arrived", () => bounce() !== undefined);
  expect(bounce()).toMatchObject({ to: ["clerk@corp.example.com"], password: undefined });
});

test("a bounce that the host of a route refuses becomes a notice", async () => {
  const subject = await send("clerk@partner.example.com", "nobody@example.org");
  const notice = () =>
    main.taken.find(({ to, text }) => to[0] === "admin@example.com" && text.includes(subject));
  await relay.until("the notice arrived", () => notice() !== undefined);
  expect(notice()).toMatchObject({ from: "admin@example.com", password: "main" });
  expect(news.having(subject)).toEqual([]);
});

test("an internal host that sends mail back is refused in the end", async () => {
  const subject = await send("a@example.com", "b@loop.example.com");
  await relay.until("it is refused", () => loopRefusal !== "");
  expect(loopRefusal).toMatch(/554 5[.]4[.]0 .*too many hops/);
  // hopcount_limit; a real host adds a hop of its own each time.
  expect(loop.having(subject).length).toBeLessThanOrEqual(50);
}, 60_000);

test("an internal host can be the smart host of all mail, without a login", async () => {
  const small = await RunningPostfix.start(
    { ...settings, smartHost: internal(corp), credential: undefined },
    { ca: (await createAuthority()).ca, passwords: "" },
  );
  try {
    await small.send({ from: "a@example.com", to: "b@example.org" }, "Subject: all\r\n\r\nbody\r\n");
    await small.until("it arrived", () => corp.having("all").length === 1);
  } finally {
    await small.stop();
  }
  expect(corp.having("all")).toMatchObject([{ password: undefined, encrypted: true }]);
}, 60_000);
