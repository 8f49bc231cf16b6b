import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthority } from "../../sandbox/pki";
import { RecordingHost, type Taken } from "./recording-host";
import { settings } from "./relay-settings";
import { RunningPostfix } from "./running-postfix";

let modern: RecordingHost;
let plain: RecordingHost;
let relay: RunningPostfix;

beforeAll(async () => {
  const authority = await createAuthority();
  const certificate = await authority.issue(["localhost"]);
  modern = await new RecordingHost(certificate, { passwords: ["one"] }).up();
  plain = await new RecordingHost(certificate, {
    passwords: ["two"],
    options: { hideSMTPUTF8: true, hide8BITMIME: true },
  }).up();
  const endpoint = { ...settings.smartHost, host: "localhost" };
  relay = await RunningPostfix.start(
    {
      ...settings,
      smartHost: { ...endpoint, port: modern.port },
      bounceAddress: "admin@example.com",
      routes: [
        {
          ...{ name: "plain", senders: ["plain.example.com"], credential: settings.credential },
          endpoint: { ...endpoint, port: plain.port },
        },
      ],
    },
    {
      ca: authority.ca,
      passwords: `[localhost]:${modern.port} apikey:one\n`,
      routePasswords: { plain: `[localhost]:${plain.port} apikey:two\n` },
    },
  );
}, 120_000);
afterAll(async () => {
  await relay?.stop();
  await Promise.all([modern, plain].map((host) => host?.down()));
});

/** One character a byte, as {@link Taken.text} has it. */
const bytes = (text: string) => Buffer.from(text).toString("latin1");
const mime =
  "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
const german = (subject: string) => `Subject: ${subject}\r\n${mime}\r\nSchöne Grüße\r\n`;

async function taken(host: RecordingHost, subject: string): Promise<Taken | undefined> {
  await relay.until(`${subject} arrived`, () => host.having(subject).length > 0);
  return host.having(subject)[0];
}

test("an address in UTF-8 goes through where the smart host offers SMTPUTF8", async () => {
  await relay.send({ from: "a@example.com", to: "grüße@example.org" }, german("utf-8"));
  expect(await taken(modern, "utf-8")).toMatchObject({ to: ["grüße@example.org"] });
});

test("where it does not, the message is given up with a notice", async () => {
  await relay.send({ from: "a@plain.example.com", to: "grüße@example.org" }, german("given up"));
  const notice = () =>
    modern.taken.find(({ to, text }) => to[0] === "admin@example.com" && text.includes("given up"));
  await relay.until("the notice arrived", () => notice() !== undefined);
  expect(await relay.log()).toMatch(
    /dsn=5[.]6[.]7, status=bounced .SMTPUTF8 is required, but was not offered by host/,
  );
  expect(plain.having("given up")).toEqual([]);
});

test("text of 8 bits is passed on as it is where the smart host offers 8BITMIME", async () => {
  await relay.send({ from: "a@example.com", to: "b@example.org" }, german("eight"));
  expect((await taken(modern, "eight"))?.text).toContain(bytes("Schöne Grüße"));
});

test("where it does not, the text is converted to quoted-printable", async () => {
  await relay.send({ from: "a@plain.example.com", to: "b@example.org" }, german("seven"));
  const text = (await taken(plain, "seven"))?.text ?? "";
  expect(text).toMatch(/^Content-Transfer-Encoding: quoted-printable\r$/m);
  expect(text).toContain("Sch=C3=B6ne Gr=C3=BC=C3=9Fe");
});
