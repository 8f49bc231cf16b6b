import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { asSettingFaults, readSettings } from "../../infra/settings";

const minimal = {
  domain: "example.com",
  cloudflareZoneId: "023e105f4ecef8ad9ca31a8372d0c353",
  senderAddress: "noreply@example.com",
};

describe("the stack's settings", () => {
  it("are complete with a domain, a zone and a sender address", () => {
    const { settings, faults } = readSettings(minimal);
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({
      smartHost: "sendgrid",
      smartHostPort: 587,
      dmarcPolicy: "none",
      relayDebian: 13,
    });
  });

  it("have in Pulumi.yaml the defaults and the required keys that the program has", () => {
    const { config } = parse(readFileSync("Pulumi.yaml", "utf8"));
    const { settings } = readSettings(minimal);
    for (const [key, declared] of Object.entries<{ default?: unknown; description: string }>(config)) {
      expect(declared.description.length).toBeGreaterThan(10);
      if (declared.default === undefined) {
        expect(Object.keys(minimal)).toContain(key);
      } else {
        expect(settings?.[key as keyof typeof settings]).toBe(declared.default);
      }
    }
  });

  it("are refused all at once, each with its key, the reason and an example", () => {
    const { faults } = readSettings({
      cloudflareZoneId: "nope",
      senderAddress: "noreply@example.com",
      dmarcPolicy: "block",
      relayClients: "10.0.0.0/16",
      relayImage: "debian",
      smartHostPort: "abc",
    });
    expect(faults.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "domain is missing",
      "cloudflareZoneId is not a zone id, which has 32 hexadecimal digits",
      "dmarcPolicy is none of none, quarantine, reject",
      "smartHostPort is not a whole number",
      "relayClients is not a list",
      "relayImage is not an image id",
    ]);
    expect(faults.every(({ next }) => next.startsWith("For example: pulumi config set "))).toBe(true);
  });

  it("read lists and maps as Pulumi keeps them", () => {
    const { settings, faults } = readSettings({
      ...minimal,
      spf: '{"include":["_spf.example.net"],"existing":"v=spf1 mx ~all","all":"fail"}',
      adopt: '{"spf":"zone/1","dmarc":2}',
      route53OtherTexts: '{"example.com":["a=1",2]}',
    });
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({
      spf: { include: ["_spf.example.net"], existing: "v=spf1 mx ~all", all: "fail" },
      adopt: { spf: "zone/1", dmarc: "2" },
      route53OtherTexts: { "example.com": ["a=1", "2"] },
    });
    const wrong = { spf: '{"includes":[]}', adopt: '{"spf":{}}', route53OtherTexts: '{"a":"b"}' };
    expect(
      readSettings({ ...minimal, ...wrong }).faults.map(({ path, reason }) => `${path} ${reason}`),
    ).toEqual([
      "route53OtherTexts is not a list",
      "adopt is not a map of texts",
      "spf has includes; it takes include, existing and all",
    ]);
  });

  it("ask for the zone of the DNS host that is chosen", () => {
    const { cloudflareZoneId: _, ...noZone } = minimal;
    const missing = (raw: Record<string, string>) =>
      readSettings({ ...noZone, ...raw }).faults.map(({ path }) => path);
    expect(missing({})).toEqual(["cloudflareZoneId"]);
    expect(missing({ dnsHost: "route53" })).toEqual(["route53ZoneId"]);
    expect(missing({ dnsHost: "route53", route53ZoneId: "Z0123456789ABCDEFGHIJ" })).toEqual([]);
    expect(missing({ dnsHost: "manual" })).toEqual([]);
  });

  it("ask for what a setting of the relay needs beside it", () => {
    const missing = (raw: Record<string, string>) =>
      readSettings({ ...minimal, ...raw }).faults.map(({ path }) => path);
    expect(missing({ relayAddressName: "mail.example.com" })).toEqual(["relayAddressZoneId"]);
    expect(missing({ relayAddressZoneId: "Z0123456789ABCDEFGHIJ" })).toEqual(["relayAddressName"]);
    expect(missing({ relayAlarmThresholds: '{"queueLength":5}' })).toEqual(["relayAlarmTopic"]);
    expect(readSettings({ ...minimal, relayAlarmThresholds: '{"queueLength":"5"}' }).faults[0]?.reason).toBe(
      "is not a map of numbers",
    );
    expect(readSettings({ ...minimal, relaySsmAgent: '{"version":"3.3.1957.0"}' }).faults[0]?.reason).toBe(
      "is not a map of version and sha256",
    );
  });

  it.each([
    ["Domain", "Did you mean domain?"],
    ["subdomain", "Did you mean returnPathSubdomain?"],
    ["xyz", "The settings are domain,"],
  ])("do not include %j", (key, next) => {
    const { faults } = readSettings({ ...minimal, [key]: "x" });
    expect(faults).toMatchObject([{ path: key, reason: "is no setting of this project" }]);
    expect(faults[0]?.next).toContain(next);
  });

  it("ask for a user and a password where the smart host is not SendGrid, and never show the password", () => {
    const { faults } = readSettings({ ...minimal, smartHost: "smtp.example.net" });
    expect(faults.map(({ path }) => path)).toEqual(["smartHostUser", "smartHostPassword"]);
    expect(faults[1]?.next).toBe("For example: pulumi config set --secret smartHostPassword");
    const refused = readSettings({ ...minimal, smartHostPassword: "" });
    expect(refused.faults).toMatchObject([{ path: "smartHostPassword", value: undefined }]);
  });

  it("give their own names to a component's faults", () => {
    const fault = { reason: "is bad", next: "Mend it." };
    const raw = { ...minimal, senderAddress: "nobody" };
    expect(
      asSettingFaults(
        [
          { ...fault, path: "sender.address", value: "nobody" },
          { ...fault, path: "relay.clients[1]", value: "x" },
          { ...fault, path: "elsewhere" },
        ],
        raw,
      ).map(({ path }) => path),
    ).toEqual(["senderAddress", "relayClients[1]", "elsewhere"]);
  });
});
