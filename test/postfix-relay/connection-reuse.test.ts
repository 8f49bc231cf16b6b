import { afterEach, expect, test } from "vitest";
import { createAuthority } from "../../sandbox/pki";
import { RecordingHost } from "./recording-host";
import { settings } from "./relay-settings";
import { RunningPostfix } from "./running-postfix";

const MESSAGES = 8;

let relay: RunningPostfix | undefined;
let host: RecordingHost | undefined;

afterEach(async () => {
  await relay?.stop();
  await host?.down();
});

/** Messages over each connection, when there is always another one to send. */
async function messagesOverConnections(limit: number | undefined, place: "smart host" | "route") {
  const authority = await createAuthority();
  const certificate = await authority.issue(["localhost"]);
  host = await new RecordingHost(certificate, { passwords: ["good"] }).up();
  const endpoint = {
    ...settings.smartHost,
    ...{ host: "localhost", port: host.port, maxConnections: 1, maxMessagesPerConnection: limit },
  };
  const other = { ...settings.smartHost, maxMessagesPerConnection: 2 };
  const login = `[localhost]:${host.port} apikey:good\n`;
  relay = await RunningPostfix.start(
    place === "smart host"
      ? { ...settings, smartHost: endpoint }
      : {
          ...settings,
          smartHost: other,
          routes: [{ name: "own", recipients: ["example.org"], endpoint, credential: settings.credential }],
        },
    { ca: authority.ca, passwords: login, routePasswords: { own: login } },
  );
  await host.down();
  const raw = "Subject: one of many\r\n\r\nbody\r\n";
  for (let sent = 0; sent < MESSAGES; sent += 1) {
    await relay.send({ from: "app@example.com", to: "someone@example.org" }, raw);
  }
  await relay.until("all are deferred", async () => count(await relay?.log(), "status=deferred") >= MESSAGES);
  await host.up();
  await relay.flush();
  await relay.until("all are delivered", () => host?.taken.length === MESSAGES);
  const counts = new Map<string, number>();
  for (const { connection } of host.taken) counts.set(connection, (counts.get(connection) ?? 0) + 1);
  return [...counts.values()];
}

const count = (text = "", part: string) => text.split(part).length - 1;

test.each(["smart host", "route"] as const)(
  "as many messages go over one connection as the %s takes, and not one more",
  async (place) => {
    expect(Math.max(...(await messagesOverConnections(3, place)))).toBe(3);
  },
  60_000,
);

test.each(["smart host", "route"] as const)(
  "each message has a connection of its own where the %s takes one only",
  async (place) => {
    expect(await messagesOverConnections(1, place)).toEqual(Array.from({ length: MESSAGES }, () => 1));
  },
  60_000,
);

test("a connection is used on and on where nothing is known of the smart host", async () => {
  expect(Math.max(...(await messagesOverConnections(undefined, "smart host")))).toBeGreaterThan(3);
}, 60_000);
