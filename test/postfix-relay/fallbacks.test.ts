import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { type Authority, createAuthority } from "../../sandbox/pki";
import { listenSmtp, readMessage, type SmtpListener } from "../../sandbox/smtp-listener";
import { settings } from "./relay-settings";
import { RunningPostfix } from "./running-postfix";

/** What goes wrong at a smart host; it takes mail while nothing does. */
type Trouble =
  | "none"
  | "down"
  | "another's certificate"
  | "no TLS"
  | "535 at AUTH"
  | "451 at MAIL"
  | "451 at DATA"
  | "550 at DATA"
  | "no answer to DATA";

/** A smart host on a port of its own that can be down, or refuse. */
class FaultySmartHost {
  readonly received: string[] = [];
  trouble: Trouble = "none";
  #listener: SmtpListener | undefined;
  port = 0;

  constructor(
    private readonly authority: Authority,
    private readonly login: string,
    private readonly secure = false,
  ) {}

  async up(): Promise<void> {
    const names = this.trouble === "another's certificate" ? ["elsewhere.example.net"] : ["localhost"];
    this.#listener = await listenSmtp(
      {
        ...(await this.authority.issue(names)),
        secure: this.secure,
        hideSTARTTLS: this.trouble === "no TLS",
        authMethods: ["PLAIN"],
        onAuth: ({ username, password }, _session, callback) => {
          return this.trouble === "535 at AUTH" || `${username}:${password}` !== this.login
            ? callback(refusal(535))
            : callback(null, { user: username });
        },
        onMailFrom: (_address, _session, callback) =>
          callback(this.trouble === "451 at MAIL" ? refusal(451) : null),
        onData: async (stream, _session, callback) => {
          const text = (await readMessage(stream)).toString("latin1");
          const code = { "451 at DATA": 451, "550 at DATA": 550 }[String(this.trouble)];
          if (code !== undefined) {
            return callback(refusal(code));
          }
          this.received.push(/^Subject: (.*)\r$/m.exec(text)?.[1] ?? "");
          if (this.trouble !== "no answer to DATA") {
            callback();
          }
        },
      },
      { address: "127.0.0.1", port: this.port },
    );
    this.port = this.#listener.port;
  }

  async down(): Promise<void> {
    await this.#listener?.close();
    this.#listener = undefined;
  }
}

let first: FaultySmartHost;
let second: FaultySmartHost;
let relay: RunningPostfix;
let count = 0;

beforeAll(async () => {
  const authority = await createAuthority();
  first = new FaultySmartHost(authority, "apikey:one");
  second = new FaultySmartHost(authority, "other:two");
  await first.up();
  await second.up();
  const endpoint = { ...settings.smartHost, host: "localhost" };
  const given: RelaySettings = {
    ...settings,
    smartHost: { ...endpoint, port: first.port },
    fallbacks: [
      { endpoint: { ...endpoint, port: second.port, user: "other" }, credential: settings.credential },
    ],
    bounceAddress: "admin@example.com",
  };
  relay = await RunningPostfix.start(given, {
    ca: authority.ca,
    passwords: `[localhost]:${first.port} apikey:one\n[localhost]:${second.port} other:two\n`,
    overrides: { smtp_data_done_timeout: "2s", smtp_sasl_auth_cache_time: "1s" },
  });
}, 120_000);
afterAll(async () => {
  await relay?.stop();
  await first?.down();
  await second?.down();
});

/** Gives the first smart host a trouble, and sends a message; its subject. */
async function sendWhile(trouble: Trouble): Promise<string> {
  await first.down();
  first.trouble = trouble;
  if (trouble !== "down") {
    await first.up();
  }
  count += 1;
  const subject = `message ${count}`;
  await relay.send({ from: "a@example.com", to: "b@example.org" }, `Subject: ${subject}\r\n\r\nbody\r\n`);
  return subject;
}

test("mail goes to the first while it works", async () => {
  const subject = await sendWhile("none");
  await relay.until("the first has it", () => first.received.includes(subject));
  expect(second.received).toEqual([]);
});

test.each<Trouble>(["down", "another's certificate", "no TLS", "535 at AUTH", "451 at MAIL", "451 at DATA"])(
  "with the first %s, the second takes the mail at once, and the first has it again when it is back",
  async (trouble) => {
    const diverted = await sendWhile(trouble);
    await relay.until("the second has it", () => second.received.includes(diverted));
    expect(first.received).not.toContain(diverted);
    // A refused password rests.
    if (trouble === "535 at AUTH") await sleep(2_000);
    const returned = await sendWhile("none");
    await relay.until("the first has it", () => first.received.includes(returned));
    expect(second.received).not.toContain(returned);
  },
);

test("what the first refuses for good is not offered to the second", async () => {
  const refused = await sendWhile("550 at DATA");
  await relay.until("it is bounced", async () => /status=bounced .*550/.test(await relay.log()));
  expect(second.received).not.toContain(refused);
});

test("where the answer to a whole message is lost, both may have it", async () => {
  const twice = await sendWhile("no answer to DATA");
  await relay.until("the second has it too", () => second.received.includes(twice));
  expect(first.received).toContain(twice);
});

test("with both down the mail waits, and leaves when one is back", async () => {
  await second.down();
  const kept = await sendWhile("down");
  await relay.until("it waits", async () =>
    /status=deferred/.test((await relay.log()).split("\n").slice(-12).join()),
  );
  await second.up();
  await relay.flush();
  await relay.until("the second has it", () => second.received.includes(kept));
});

test("TLS from the first byte has a list too", async () => {
  const authority = await createAuthority();
  const down = new FaultySmartHost(authority, "apikey:one", true);
  const up = new FaultySmartHost(authority, "other:two", true);
  await down.up();
  await up.up();
  await down.down();
  const endpoint = { ...settings.smartHost, host: "localhost", tls: "wrapper" as const };
  const fallback = {
    endpoint: { ...endpoint, port: up.port, user: "other" },
    credential: settings.credential,
  };
  const wrapped = await RunningPostfix.start(
    { ...settings, smartHost: { ...endpoint, port: down.port }, fallbacks: [fallback] },
    {
      ca: authority.ca,
      passwords: `[localhost]:${down.port} apikey:one\n[localhost]:${up.port} other:two\n`,
    },
  );
  try {
    await wrapped.send({ from: "a@example.com", to: "b@example.org" }, "Subject: wrapped\r\n\r\nbody\r\n");
    await wrapped.until("the second has it", () => up.received.includes("wrapped"));
  } finally {
    await wrapped.stop();
    await up.down();
  }
}, 60_000);

function refusal(responseCode: number): Error {
  return Object.assign(new Error("refused by the test"), { responseCode });
}
