import { describe, expect, it } from "vitest";
import { smartHostsOf } from "../../cli/doctor/subject/relays";
import { subjectOfPreview, subjectOfState } from "../../cli/doctor/subject/subject-of";
import { renderUserData } from "../../components/postfix-relay/user-data";
import type { Resource } from "../../mail-resources/resource";
import { SECRET, UNKNOWN, type Value } from "../../mail-resources/value";
import { settings } from "../postfix-relay/relay-settings";

type Properties = Record<string, Value>;

function resource(
  type: string,
  name: string,
  inputs: Properties,
  outputs: Properties = {},
  parents = "",
): Resource {
  const urn = `urn:pulumi:dev::mail::${parents}${type}::${name}`;
  return { urn, type, name, id: `id-of-${name}`, inputs, outputs };
}

const dns = (name: string, type: string, content: Value, parents = "") =>
  resource("cloudflare:index/dnsRecord:DnsRecord", name, { zoneId: "z", name, type, content }, {}, parents);
const identity = resource(
  "sendgrid:index:DomainAuthentication",
  "mail-domain",
  { domain: "Example.com", subdomain: "em", region: "eu", username: "sub", isDefault: true },
  { domainId: "7" },
);

describe("a state", () => {
  it("says the domains with their mail records, and leaves others out", () => {
    const { stack, source, domains } = subjectOfState([
      identity,
      dns("em.example.com", "CNAME", "t.example."),
      dns("s1._domainkey.example.com", "CNAME", "k.example"),
      dns("example.com", "TXT", '"v=spf1 -all"'),
      dns("_dmarc.example.com", "TXT", '"v=DMARC1; p=none"'),
      dns("www.example.com", "CNAME", "web.example"),
      dns("example.com", "TXT", '"site-verification=1"'),
      dns("example.com._report._dmarc.reports.example", "TXT", '"v=DMARC1"'),
      dns("links.example.com", "CNAME", "l.example", "smarthost:index:MailDns$"),
      dns("_dmarc.other.example", "TXT", '"v=DMARC1; p=reject"'),
    ]);
    expect({ stack, source }).toEqual({ stack: "dev", source: "deployed" });
    expect(domains.map(({ domain, returnPath, hasDkim }) => ({ domain, returnPath, hasDkim }))).toEqual([
      { domain: "example.com", returnPath: "em.example.com", hasDkim: true },
      { domain: "other.example", returnPath: undefined, hasDkim: false },
    ]);
    expect(domains[0]?.records.map(({ purpose, name, values }) => [purpose, name, values])).toEqual([
      ["return-path", "em.example.com", ["t.example"]],
      ["dkim", "s1._domainkey.example.com", ["k.example"]],
      ["spf", "example.com", ["v=spf1 -all"]],
      ["dmarc", "_dmarc.example.com", ["v=DMARC1; p=none"]],
      ["other", "links.example.com", ["l.example"]],
      ["report-consent", "example.com._report._dmarc.reports.example", ["v=DMARC1"]],
    ]);
  });

  it("says what is at SendGrid, and for whom it is asked", () => {
    const { identities, keys, sendGridAccess } = subjectOfState([
      resource("pulumi:providers:sendgrid", "sendgrid", { region: "eu", onBehalfOf: "sub", apiKey: SECRET }),
      identity,
      resource(
        "sendgrid:index:ApiKey",
        "mail-key",
        { name: "relay", scopes: ["mail.send"] },
        { apiKeyId: "abc", apiKey: SECRET },
      ),
    ]);
    expect(identities).toEqual([
      {
        ...{ id: "7", domain: "example.com", subdomain: "em", region: "eu", subuser: "sub" },
        ...{ automaticSecurity: true, isDefault: true, adopts: false },
      },
    ]);
    expect(keys).toEqual([{ id: "abc", name: "relay", scopes: ["mail.send"] }]);
    expect(sendGridAccess).toEqual({ region: "eu", onBehalfOf: "sub" });
  });

  it("says the relays, with the smart hosts that their user data names", () => {
    const { relays, smartHosts } = subjectOfState([
      resource(
        "aws:ec2/instance:Instance",
        "mail-debian13-arm64",
        { userData: renderUserData(settings) },
        { privateIp: "10.0.0.7", availabilityZone: "eu-central-1a" },
      ),
      resource("aws:ec2/instance:Instance", "web", { userData: "#!/bin/sh\n" }),
    ]);
    const { host, port } = settings.smartHost;
    expect(relays).toEqual([
      {
        name: "mail-debian13-arm64",
        hostName: settings.hostName,
        host: "10.0.0.7",
        ports: [587, 25],
        instanceId: "id-of-mail-debian13-arm64",
        region: "eu-central-1",
        smartHosts: [{ host, port, tls: "starttls" }],
      },
    ]);
    expect(smartHosts).toEqual([{ host, port, tls: "starttls" }]);
  });

  it("of a fleet says its balancer and its smart host", () => {
    const parent = "urn:pulumi:dev::mail::smarthost:index:PostfixRelayFleet::fleet";
    const userData = Buffer.from(renderUserData(settings)).toString("base64");
    const { relays } = subjectOfState([
      { ...resource("aws:ec2/launchTemplate:LaunchTemplate", "fleet", { userData }), parent },
      {
        ...resource("aws:lb/loadBalancer:LoadBalancer", "fleet", {}, { dnsName: "fleet.elb.example" }),
        parent,
      },
    ]);
    expect(relays).toMatchObject([
      { host: "fleet.elb.example", smartHosts: [{ host: settings.smartHost.host }] },
    ]);
    expect(relays[0]).not.toHaveProperty("instanceId");
  });
});

describe("a preview", () => {
  const change = (operation: string, before?: Resource, after?: Resource) => {
    const { urn, type, name } = before ?? after ?? identity;
    return { operation, urn, type, name, before, after, replaceReasons: [], changed: [] };
  };

  it("says what is planned, what stays as it is, and nothing of what goes", () => {
    const { source, domains, identities } = subjectOfPreview({
      changes: [
        change("create", undefined, { ...identity, id: undefined, outputs: {} }),
        change("create", undefined, dns("s1._domainkey.example.com", "CNAME", UNKNOWN)),
        change(
          "update",
          dns("_dmarc.example.com", "TXT", '"v=DMARC1; p=none"'),
          dns("_dmarc.example.com", "TXT", '"v=DMARC1; p=reject"'),
        ),
        change("delete", dns("example.com", "TXT", '"v=spf1 -all"')),
      ],
      diagnostics: [],
      unseen: 0,
    });
    expect(source).toBe("planned");
    expect(identities[0]).not.toHaveProperty("id");
    expect(domains[0]?.records.map(({ name, values, planned }) => ({ name, values, planned }))).toEqual([
      { name: "s1._domainkey.example.com", values: undefined, planned: true },
      { name: "_dmarc.example.com", values: ["v=DMARC1; p=none"], planned: false },
    ]);
  });
});

describe("the smart hosts of user data", () => {
  it.each<["starttls" | "wrapper", number]>([
    ["starttls", 2525],
    ["wrapper", 465],
  ])("with TLS by %s", (tls, port) => {
    const smartHost = { ...settings.smartHost, port, tls };
    expect(smartHostsOf(renderUserData({ ...settings, smartHost }))).toEqual([
      { host: smartHost.host, port, tls },
    ]);
  });

  it("are none where it is something else", () => {
    expect(smartHostsOf("#cloud-config\nruncmd: []\n")).toEqual([]);
  });
});
