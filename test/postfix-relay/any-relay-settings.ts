import fc from "fast-check";
import type { Route } from "../../components/postfix-relay/postfix/routes";
import { internalHost } from "../../components/smart-hosts/internal";
import { type SettingsWithLogin, settings } from "./relay-settings";

/** What would break out of a file, a command or a comment, if it were let through. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("a\nb", "$(reboot)", "`x`", "'; reboot #", '"', "\u0000", "$" + "{x}", "a\r\nb", "\u2028"),
);

const domain = fc.domain().filter((name) => name.length < 200);

/** A range of 10.0.0.0/8 that begins at its first address. */
const cidr = fc
  .tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 8, max: 32 }))
  .map(([second, third, bits]) => {
    const network = ((10 << 24) | (second << 16) | (third << 8)) & (0xffffffff << (32 - bits));
    return `${[24, 16, 8, 0].map((shift) => (network >>> shift) & 255).join(".")}/${bits}`;
  });

const acceptable: fc.Arbitrary<SettingsWithLogin> = fc.record(
  {
    hostName: domain,
    clients: fc.array(cidr, { minLength: 1, maxLength: 250 }),
    smartHost: fc.record(
      {
        name: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 64 }),
        host: domain,
        port: fc.integer({ min: 2526, max: 65_535 }),
        tls: fc.constantFrom("starttls" as const, "wrapper" as const),
        user: fc.constantFrom("apikey", "user@example.com", "a%b+c=d/e~f"),
        maxMessageBytes: fc.integer({ min: 1_000_000, max: 1_000_000_000 }),
        maxMessagesPerConnection: fc.integer({ min: 1, max: 1_000_000 }),
        maxConnections: fc.integer({ min: 1, max: 1_000_000 }),
      },
      { requiredKeys: ["name", "host", "port", "tls", "user"] },
    ),
    credential: fc.oneof(
      fc.record({
        source: fc.constant("ssm" as const),
        parameterName: fc.stringMatching(/^(\/[b-r][\w.-]{0,20}){1,5}$/),
        region: fc.constantFrom("eu-central-1", "cn-north-1", "us-gov-west-1"),
      }),
      fc.record(
        {
          source: fc.constant("secretsmanager" as const),
          secretId: fc.stringMatching(/^[\w/+=.@-]{1,40}$/),
          region: fc.constantFrom("eu-central-1", "cn-north-1"),
          field: fc.stringMatching(/^[\w.-]{1,20}$/),
        },
        { requiredKeys: ["source", "secretId", "region"] },
      ),
      fc.constant({ source: "file" as const }),
    ),
    queue: fc.constantFrom("ebs volume" as const, "root disk" as const),
    debian: fc.constantFrom(12 as const, 13 as const),
    bounceAddress: domain.map((name) => `postmaster@${name}`),
    hideClients: fc.boolean(),
    upgrades: fc.constantFrom(false as const, { rebootAt: false as const }, { rebootAt: "22:05" }),
    ssmAgent: fc.record({ version: fc.constant("3.3.1957.0"), sha256: fc.stringMatching(/^[0-9a-f]{64}$/) }),
  },
  { requiredKeys: ["hostName", "clients", "smartHost", "credential", "debian"] },
);

/** A route without a fault beside any of the settings. */
export const plainRoute: Route = {
  name: "news",
  senders: ["news.example.com"],
  recipients: ["corp.example.com"],
  endpoint: settings.smartHost,
  credential: { source: "ssm", parameterName: "/smarthost/mail/news", region: "eu-central-1" },
};

/** What a route may be other than {@link plainRoute}. */
const routes: ((text: string) => Partial<Route>)[] = [
  () => ({}),
  (name) => ({ name }),
  (sender) => ({ senders: ["boss@example.com", sender] }),
  (recipient) => ({ recipients: [recipient] }),
  (local) => ({ recipients: [`${local}@corp.example.com`] }),
  (host) => ({ endpoint: { ...settings.smartHost, host } }),
  (user) => ({ endpoint: { ...settings.smartHost, user } }),
  (host) => ({ endpoint: internalHost({ host }), credential: undefined }),
  (parameterName) => ({ credential: { source: "ssm", parameterName, region: "eu-central-1" } }),
];

const ways: ((settings: SettingsWithLogin, text: string) => SettingsWithLogin)[] = [
  (settings) => settings,
  (settings, hostName) => ({ ...settings, hostName }),
  (settings, range) => ({ ...settings, clients: [...settings.clients, range] }),
  (settings, name) => ({ ...settings, smartHost: { ...settings.smartHost, name } }),
  (settings, host) => ({ ...settings, smartHost: { ...settings.smartHost, host } }),
  (settings, user) => ({ ...settings, smartHost: { ...settings.smartHost, user } }),
  (settings, parameterName) => ({ ...settings, credential: { ...settings.credential, parameterName } }),
  (settings, region) => ({ ...settings, credential: { ...settings.credential, region } }),
  (settings, secretId) => ({
    ...settings,
    credential: { source: "secretsmanager", secretId, region: "eu-central-1" },
  }),
  (settings, field) => ({
    ...settings,
    credential: { source: "secretsmanager", secretId: "smtp", region: "eu-central-1", field },
  }),
  (settings, bounceAddress) => ({ ...settings, bounceAddress }),
  (settings, host) => ({
    ...settings,
    fallbacks: [{ endpoint: { ...settings.smartHost, host }, credential: settings.credential }],
  }),
  (settings, parameterName) => ({
    ...settings,
    fallbacks: [
      {
        endpoint: { ...settings.smartHost, host: "second.example.net" },
        credential: { source: "ssm", parameterName, region: "eu-central-1" },
      },
    ],
  }),
  ...routes.map((way) => (settings: SettingsWithLogin, text: string) => ({
    ...settings,
    routes: [{ ...plainRoute, ...way(text) }],
  })),
  (settings, sender) => ({ ...settings, senders: ["example.com", sender] }),
  (settings, key) => ({ ...settings, masquerade: { "@app01": "a@example.com", [key]: "b@example.com" } }),
  (settings, address) => ({ ...settings, masquerade: { "root@app01": address } }),
  (settings, rebootAt) => ({ ...settings, upgrades: { rebootAt } }),
  (settings, login) => ({
    ...settings,
    submission: {
      users: { source: "file" },
      certificate: { source: "file" },
      serverName: login,
      senders: { [login]: [login] },
    },
  }),
  (settings, version) => ({ ...settings, ssmAgent: { sha256: "0".repeat(64), version } }),
  (settings, sha256) => ({ ...settings, ssmAgent: { version: "3.3.1957.0", sha256 } }),
];

/** Settings of which most are right in all but one place, which may hold anything. */
export const anyRelaySettings: fc.Arbitrary<SettingsWithLogin> = fc
  .tuple(acceptable, fc.constantFrom(...ways), hostile)
  .map(([settings, way, text]) => way(settings, text));
