import { expect, test } from "vitest";
import { checkRelaySettings, type RelaySettings } from "../../components/postfix-relay/settings";
import type { SmartHostEndpoint } from "../../components/smart-hosts/smart-host";
import { settings } from "./relay-settings";

const ssm = { source: "ssm" as const, parameterName: "/smarthost/mail/password", region: "eu-central-1" };

test("settings for SendGrid have no fault", () => {
  expect(checkRelaySettings(settings)).toEqual([]);
});

test("all faults are reported at once, by property", () => {
  const faults = checkRelaySettings({
    hostName: "relay",
    clients: ["0.0.0.0/0", "10.0.0.0/16", "10.0.0.1"],
    smartHost: { ...settings.smartHost, port: 25, user: "a:b" },
    credential: { source: "ssm", parameterName: "/aws/password", region: "Frankfurt" },
    debian: 13,
    bounceAddress: "nobody",
    ssmAgent: { version: "latest", sha256: "unknown" },
  });
  expect(faults.map(({ path }) => path)).toEqual([
    "hostName",
    "clients[0]",
    "clients[2]",
    "smartHost.port",
    "smartHost.user",
    "credential.parameterName",
    "credential.region",
    "bounceAddress",
    "ssmAgent.version",
    "ssmAgent.sha256",
  ]);
});

test.each<[range: string, reason: RegExp, next: RegExp]>([
  ["0.0.0.0/0", /let everyone relay/, /10\.0\.0\.0\/16/],
  ["::/0", /let everyone relay/, /10\.0\.0\.0\/16/],
  ["2001:db8::/48", /IPv6/, /IPv4/],
  ["10.0.0.5", /without a prefix length/, /"10\.0\.0\.5\/32"/],
  ["10.0.0.5/16", /first address/, /"10\.0\.0\.0\/16"/],
  ["10.0.0.0/33", /not a CIDR range/, /10\.0\.0\.0\/16/],
  ["10.0.0/16", /not a CIDR range/, /10\.0\.0\.0\/16/],
  ["010.0.0.0/16", /not a CIDR range/, /10\.0\.0\.0\/16/],
  ["10.0.0.0/7", /wide range with public addresses/, /\/24/],
  ["8.0.0.0/8", /wide range with public addresses/, /\/24/],
  ["172.0.0.0/8", /wide range with public addresses/, /\/24/],
  ["224.0.0.0/8", /no client connects/, /./],
  ["169.254.0.0/16", /no client connects/, /./],
  ["10.0.0.0/16\n0.0.0.0/0", /not a CIDR range/, /./],
  ["", /not a CIDR range/, /./],
])("clients %j are refused", (range, reason, next) => {
  const [fault, ...more] = checkRelaySettings({ ...settings, clients: [range] });
  expect(more).toEqual([]);
  expect(fault?.path).toBe("clients[0]");
  expect(fault?.value).toBe(range);
  expect(fault?.reason).toMatch(reason);
  expect(fault?.next).toMatch(next);
});

test.each([
  "10.0.0.0/8",
  "10.1.2.3/32",
  "172.16.0.0/12",
  "172.31.0.0/16",
  "192.168.1.0/24",
  "100.64.0.0/10",
  "8.8.8.0/24",
])("clients %j are accepted", (range) => {
  expect(checkRelaySettings({ ...settings, clients: [range] })).toEqual([]);
});

test("a relay without clients is refused", () => {
  expect(checkRelaySettings({ ...settings, clients: [] })).toMatchObject([{ path: "clients" }]);
});

test.each<[what: string, change: Partial<SmartHostEndpoint>, path: string, reason: RegExp]>([
  ["port 25", { port: 25 }, "smartHost.port", /cloud providers close it for new accounts/],
  ["port 25 of an internal host by name", { port: 25, internal: true }, "smartHost.port", /close it/],
  ["port 0", { port: 0 }, "smartHost.port", /1 to 65535/],
  ["port 65536", { port: 65_536 }, "smartHost.port", /1 to 65535/],
  ["half a port", { port: 587.5 }, "smartHost.port", /1 to 65535/],
  ["STARTTLS on 465", { port: 465 }, "smartHost.tls", /does not go with port 465/],
  ["TLS from the first byte on 587", { tls: "wrapper" }, "smartHost.tls", /does not go with port 587/],
  ["a name of one label", { host: "mail" }, "smartHost.host", /single label/],
  ["a public address", { host: "8.8.8.8" }, "smartHost.host", /neither a host name nor a private/],
  ["half an address", { host: "10.0.0" }, "smartHost.host", /neither a host name nor a private/],
  ["a private address of no internal host", { host: "10.0.0.9" }, "smartHost.host", /not marked internal/],
  ["a name with a line break", { host: "a.example\nx = y" }, "smartHost.host", /white space/],
  ["a user with a colon", { user: "api:key" }, "smartHost.user", /other than letters/],
  ["a user with a quote", { user: "a'b" }, "smartHost.user", /other than letters/],
  ["a user with a line break", { user: "apikey\n" }, "smartHost.user", /other than letters/],
  ["no user", { user: "" }, "smartHost.user", /empty/],
  ["a label with a line break", { name: "a\nb" }, "smartHost.name", /printable/],
  ["a limit in megabytes", { maxMessageBytes: 30 }, "smartHost.maxMessageBytes", /whole number of bytes/],
  [
    "no message a connection",
    { maxMessagesPerConnection: 0 },
    "smartHost.maxMessagesPerConnection",
    /from 1/,
  ],
  ["half a connection", { maxConnections: 0.5 }, "smartHost.maxConnections", /from 1/],
])("%s is refused", (_what, change, path, reason) => {
  const faults = checkRelaySettings({ ...settings, smartHost: { ...settings.smartHost, ...change } });
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]?.reason).toMatch(reason);
});

test.each<[what: string, change: Partial<SmartHostEndpoint>]>([
  ["port 2525", { port: 2525 }],
  ["port 465 with TLS from the first byte", { port: 465, tls: "wrapper" }],
  ["a port of one's own", { port: 10_587 }],
  [
    "port 25 of an internal host by its private address",
    { port: 25, internal: true, host: "10.0.0.9", tls: "may", user: undefined },
  ],
])("%s is accepted", (_what, change) => {
  expect(checkRelaySettings({ ...settings, smartHost: { ...settings.smartHost, ...change } })).toEqual([]);
});

test.each<[what: string, change: Partial<RelaySettings>, path: string, next: RegExp]>([
  ["a name outside ASCII", { hostName: "rélay.example.com" }, "hostName", /xn--rlay-bpa\.example\.com/],
  ["an underscore", { hostName: "mail_relay.example.com" }, "hostName", /hyphen/],
  [
    "a bounce address with a dollar sign",
    { bounceAddress: "a$b@example.com" },
    "bounceAddress",
    /ab@example\.com/,
  ],
  ["an old Debian", { debian: 11 as 12 }, "debian", /13 or 12/],
  ["an unknown place for the queue", { queue: "tmpfs" as "root disk" }, "queue", /"root disk" elsewhere/],
  [
    "an unknown source of the password",
    { credential: { source: "vault" as "file" } },
    "credential.source",
    /"file" elsewhere/,
  ],
  [
    "Amazon's agent without a region",
    { credential: { source: "file" }, ssmAgent: { version: "3.3.1957.0", sha256: "0".repeat(64) } },
    "ssmAgent",
    /Leave it out/,
  ],
])("%s is refused", (_what, change, path, next) => {
  const faults = checkRelaySettings({ ...settings, ...change });
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]?.next).toMatch(next);
});

test.each(["key", "/key", "/smarthost/mail/password", "/a.b-c_d/e"])(
  "parameter %j is accepted",
  (parameterName) => {
    const credential = { ...settings.credential, parameterName };
    expect(checkRelaySettings({ ...settings, credential })).toEqual([]);
  },
);

test.each([
  "",
  "/",
  "a b",
  "a/b",
  "/a//b",
  "/aws/x",
  "ssm-key",
  "a'b",
  'a"b',
  "a$(b)",
  `/${"a/".repeat(15)}a`,
])("parameter %j is refused", (parameterName) => {
  const credential = { ...settings.credential, parameterName };
  expect(checkRelaySettings({ ...settings, credential })).toMatchObject([
    { path: "credential.parameterName" },
  ]);
});

test.each<[what: string, change: Partial<RelaySettings>, path: string, next: RegExp]>([
  ["no sender", { senders: [] }, "senders", /leave senders out/],
  ["an address as sender", { senders: ["example.com", "a@example.com"] }, "senders[1]", /example\.com/],
  ["a sender outside ASCII", { senders: ["bücher.example"] }, "senders[0]", /xn--bcher-kva\.example/],
  ["a sender twice", { senders: ["example.com", "Example.com"] }, "senders[1]", /Remove one/],
  ["a wildcard", { senders: ["*.example.com"] }, "senders[0]", /label/],
  ["a user without a host", { masquerade: { root: "a@example.com" } }, 'masquerade["root"]', /root@app01/],
  ["a key with braces", { masquerade: { "a@b}": "a@example.com" } }, 'masquerade["a@b}"]', /root@app01/],
  [
    "a host twice",
    { masquerade: { "@app01": "a@example.com", "@APP01": "b@example.com" } },
    'masquerade["@APP01"]',
    /Remove one/,
  ],
  ["a host as the other name", { masquerade: { "@app01": "example.com" } }, 'masquerade["@app01"]', /./],
  [
    "a dollar sign in the other name",
    { masquerade: { "@app01": "a$b@example.com" } },
    'masquerade["@app01"]',
    /ab@example\.com/,
  ],
  [
    "the domain itself as a host",
    { masquerade: { "@Example.com": "a@example.com" } },
    'masquerade["@Example.com"]',
    /root@Example\.com/,
  ],
  [
    "a domain that may send as a host",
    { senders: ["example.com", "example.net"], masquerade: { "@example.net": "a@example.com" } },
    'masquerade["@example.net"]',
    /root@example\.net/,
  ],
  [
    "another name that may not send",
    { senders: ["example.com"], masquerade: { "@app01": "a@example.net" } },
    'masquerade["@app01"]',
    /example\.com, or add example\.net/,
  ],
  [
    "the notices' sender beside a bounce address",
    {
      bounceAddress: "a@example.com",
      masquerade: { "double-bounce@relay.example.com": "b@example.com" },
    },
    'masquerade["double-bounce@relay.example.com"]',
    /leave out bounceAddress/,
  ],
])("%s is refused in what leaves", (_what, change, path, next) => {
  const faults = checkRelaySettings({ ...settings, ...change });
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]?.next).toMatch(next);
});

test("senders and masquerade of every usual form are accepted", () => {
  const masquerade = { "root@app01": "root@example.com", "@app02.internal": "app+cron@example.net" };
  const changed = { senders: ["example.com", "example.net"], masquerade, hideClients: true };
  expect(checkRelaySettings({ ...settings, ...changed })).toEqual([]);
});

const mailjet: SmartHostEndpoint = { ...settings.smartHost, name: "Mailjet", host: "in-v3.mailjet.com" };
const behind = (...endpoints: SmartHostEndpoint[]): Partial<RelaySettings> => ({
  fallbacks: endpoints.map((endpoint) => ({ endpoint, credential: { source: "file" } })),
});

test.each<[what: string, change: Partial<RelaySettings>, path: string, next: RegExp]>([
  ["port 25", behind({ ...mailjet, port: 25 }), "fallbacks[0].endpoint.port", /587/],
  [
    "another way of TLS",
    behind({ ...mailjet, port: 465, tls: "wrapper" }),
    "fallbacks[0].endpoint.tls",
    /STARTTLS, such as 587/,
  ],
  ["the first one again", behind(settings.smartHost), "fallbacks[0].endpoint", /another port/],
  [
    "the same one twice",
    behind(mailjet, { ...mailjet, user: "other" }),
    "fallbacks[1].endpoint",
    /another port/,
  ],
  [
    "more than three",
    behind(...[2525, 2526, 2527, 2528].map((port) => ({ ...mailjet, port }))),
    "fallbacks",
    /at most 3/,
  ],
  [
    "no region",
    { fallbacks: [{ endpoint: mailjet, credential: { ...ssm, region: "Paris" } }] },
    "fallbacks[0].credential.region",
    /eu-central-1/,
  ],
])("%s is refused behind the first smart host", (_what, change, path, next) => {
  const faults = checkRelaySettings({ ...settings, ...change });
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]?.next).toMatch(next);
});

test("another port of the same service, and another service, are accepted behind the first", () => {
  const change = behind({ ...settings.smartHost, port: 2525 }, mailjet);
  expect(checkRelaySettings({ ...settings, ...change })).toEqual([]);
});
