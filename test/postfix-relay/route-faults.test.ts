import { describe, expect, it, test } from "vitest";
import { renderMainCf } from "../../components/postfix-relay/postfix/main-cf";
import { masterServices } from "../../components/postfix-relay/postfix/master-cf";
import type { Route } from "../../components/postfix-relay/postfix/routes";
import { checkRelaySettings, type RelaySettings } from "../../components/postfix-relay/settings";
import { internalHost } from "../../components/smart-hosts/internal";
import { plainRoute } from "./any-relay-settings";
import { parameters } from "./main-cf-reader";
import { settings } from "./relay-settings";

const faultsOf = (routes: Partial<Route>[], changed: Partial<RelaySettings> = {}) =>
  checkRelaySettings({
    ...settings,
    ...changed,
    routes: routes.map((route) => ({ name: "news", endpoint: plainRoute.endpoint, ...route })),
  }).map(({ path, reason }) => `${path} ${reason}`);
const { credential } = plainRoute;
const corp: Partial<Route> = { name: "corp", endpoint: internalHost({ host: "10.0.0.5" }) };
const internal = internalHost({ host: "10.0.0.5" });

test("routes without a fault have none, and neither has an internal host that takes all mail", () => {
  expect(faultsOf([plainRoute, { ...corp, senders: ["corp.example.com"] }])).toEqual([]);
  expect(faultsOf([], { smartHost: internal, credential: undefined })).toEqual([]);
  expect(faultsOf([plainRoute], { senders: ["news.example.com"] })).toEqual([]);
  const masquerade = { "@app01.internal": "a@example.com" };
  expect(
    faultsOf([{ senders: ["root@app01.internal"], credential }], { senders: ["example.com"], masquerade }),
  ).toEqual([]);
});

describe("the faults of routes", () => {
  it("are all there at once", () => {
    const faults = faultsOf([
      { name: "News!", senders: [], credential },
      { ...corp, recipients: ["corp", "a@corp.example.com", "A@Corp.example.com"] },
      { ...corp, senders: ["news.example.com", "news.example.com"] },
    ]);
    expect(faults).toEqual([
      expect.stringMatching(/^routes\[0\]\.name is not 1 to 20/),
      expect.stringMatching(/^routes\[0\]\.senders is empty/),
      expect.stringMatching(/^routes\[1\]\.recipients\[0\] /),
      "routes[1].recipients[2] is routes[1].recipients[1] already",
      "routes[2].name is routes[1].name already",
      "routes[2].senders[1] is routes[2].senders[0] already",
    ]);
  });

  it.each<[what: string, route: Partial<Route>, changed: Partial<RelaySettings>, fault: RegExp]>([
    ["no mail", { credential }, {}, /^routes\[0\] has neither senders nor recipients/],
    [
      "a login without a password",
      { senders: ["a.example"] },
      {},
      /^routes\[0\]\.credential is missing, and the host takes a login/,
    ],
    [
      "the smart host itself",
      { senders: ["a.example"], endpoint: settings.smartHost, credential: settings.credential },
      {},
      /^routes\[0\]\.endpoint is the smart host itself, with its login/,
    ],
    [
      "the internal smart host itself",
      { ...corp, senders: ["a.example"] },
      { smartHost: internal, credential: undefined },
      /^routes\[0\]\.endpoint is the smart host itself/,
    ],
    [
      "where notices are kept",
      { ...corp, recipients: ["relay.example.com"] },
      {},
      /^routes\[0\]\.recipients\[0\] is where the relay keeps the notices/,
    ],
    [
      "a recipient that a masquerade replaces",
      { ...corp, recipients: ["app01.internal"] },
      { masquerade: { "root@app01.internal": "root@example.com" } },
      /^routes\[0\]\.recipients\[0\] would be replaced: masquerade\["root@app01\.internal"\]/,
    ],
    [
      "a sender that may not send",
      { credential, senders: ["boss@example.net"] },
      { senders: ["example.com"] },
      /^routes\[0\]\.senders\[0\] is not of a domain that may send/,
    ],
    [
      "a public host without a login",
      { senders: ["a.example"], endpoint: { ...settings.smartHost, user: undefined } },
      {},
      /^routes\[0\]\.endpoint\.user is missing, and only an internal host/,
    ],
    [
      "a public host without verified TLS",
      { senders: ["a.example"], credential, endpoint: { ...settings.smartHost, tls: "encrypt" } },
      {},
      /^routes\[0\]\.endpoint\.tls does not verify the certificate, which mail over the internet needs/,
    ],
    [
      "a certificate for an address",
      { ...corp, senders: ["a.example"], endpoint: { ...internal, tls: "starttls" } },
      {},
      /^routes\[0\]\.endpoint\.tls verifies the certificate, and there is none for a private address/,
    ],
    [
      "a login without verified TLS",
      { senders: ["a.example"], credential, endpoint: { ...internal, user: "relay" } },
      {},
      /^routes\[0\]\.endpoint\.tls does not verify the certificate, so anybody could have the password/,
    ],
  ])("are one for %s", (_what, route, changed, fault) => {
    expect(faultsOf([route], changed)).toEqual([expect.stringMatching(fault)]);
  });

  it("are one for more than eight", () => {
    const routes = Array.from({ length: 9 }, (_, index) => ({
      ...plainRoute,
      ...{ name: `r${index}`, senders: [`d${index}.example`], recipients: undefined },
    }));
    expect(faultsOf(routes)).toEqual([expect.stringMatching(/^routes are 9, /)]);
    expect(faultsOf(routes.slice(1))).toEqual([]);
  });
});

const lines = (changed: Partial<RelaySettings>) =>
  masterServices({ ...settings, ...changed }).map(({ line }) => line);

test("a message fits the smallest of all hosts, and a connection has the limit of its own host", () => {
  const endpoint = { ...internal, maxMessageBytes: 10_000_000, maxMessagesPerConnection: 100 };
  const routes = [{ name: "corp", recipients: ["corp.example.com"], endpoint }];
  expect(parameters(renderMainCf({ ...settings, routes }))).toMatchObject({
    message_size_limit: String(10_000_000 - 16_384),
    smtp_connection_reuse_count_limit: "4999",
  });
  expect(lines({ routes }).at(-1)).toContain(" -o smtp_connection_reuse_count_limit=99");
});

test("a route's host gets as many messages at once as it takes", () => {
  const of = (maxConnections?: number) =>
    parameters(
      renderMainCf({
        ...settings,
        routes: [{ ...plainRoute, endpoint: { ...plainRoute.endpoint, maxConnections } }],
      }),
    );
  expect(of(5)).toMatchObject({ "route-news_destination_concurrency_limit": "5" });
  expect(of()).not.toHaveProperty("route-news_destination_concurrency_limit");
});

test("an internal host that takes all mail has a transport without a login and with its own TLS", () => {
  expect(lines({ smartHost: internal, credential: undefined })).toContain(
    "smarthost unix - - y - - smtp -o smtp_tls_security_level=may -o smtp_sasl_auth_enable=no",
  );
});
