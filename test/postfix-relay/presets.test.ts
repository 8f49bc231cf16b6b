import { expect, test } from "vitest";
import { checkRelaySettings } from "../../components/postfix-relay/settings";
import { mailgun, mailjet, postmark, ses } from "../../components/smart-hosts/presets";
import { sendgrid } from "../../components/smart-hosts/sendgrid";
import { settings } from "./relay-settings";

const dkim: [{ selector: string; cname: string }] = [{ selector: "s1", cname: "s1.example.net" }];
const presets = {
  ses: (port?: number) => ses({ region: "eu-central-1", user: "AKIAEXAMPLE", password: "a", port }),
  mailgun: (port?: number) => mailgun({ user: "postmaster@mg.example.com", password: "a", port }),
  postmark: (port?: number) => postmark({ accessKey: "PM-T-outbound-example", secretKey: "a", port }),
  mailjet: (port?: number) => mailjet({ apiKey: "0123456789abcdef", secretKey: "a", dkim, port }),
  sendgrid: (port?: number) => sendgrid({ port }),
};
type Preset = keyof typeof presets;
const faultsOf = (preset: Preset, port?: number) =>
  checkRelaySettings({ ...settings, smartHost: presets[preset](port).endpoint });

test.each<[preset: Preset, host: string]>([
  ["ses", "email-smtp.eu-central-1.amazonaws.com"],
  ["mailgun", "smtp.mailgun.org"],
  ["postmark", "smtp.postmarkapp.com"],
  ["mailjet", "in-v3.mailjet.com"],
  ["sendgrid", "smtp.sendgrid.net"],
])("%s is %s on 587 with STARTTLS, and has no fault", (preset, host) => {
  expect(presets[preset]().endpoint).toMatchObject({ host, port: 587, tls: "starttls" });
  expect(faultsOf(preset)).toEqual([]);
});

test.each<[preset: Preset, port: number, tls: "starttls" | "wrapper"]>([
  ["ses", 2587, "starttls"],
  ["ses", 465, "wrapper"],
  ["ses", 2465, "wrapper"],
  ["mailgun", 2525, "starttls"],
  ["mailgun", 465, "wrapper"],
  ["postmark", 2525, "starttls"],
  ["mailjet", 588, "starttls"],
  ["mailjet", 2525, "starttls"],
  ["mailjet", 465, "wrapper"],
  ["sendgrid", 465, "wrapper"],
])("%s takes port %d with TLS by %s", (preset, port, tls) => {
  expect(presets[preset](port).endpoint).toMatchObject({ port, tls });
  expect(faultsOf(preset, port)).toEqual([]);
});

test.each<[preset: Preset, port: number, next: string]>([
  ["ses", 2525, "Use one of 587, 2587, 465, 2465."],
  ["mailgun", 588, "Use one of 587, 2525, 465."],
  ["postmark", 465, "Use one of 587, 2525."],
  ["mailjet", 80, "Use one of 587, 588, 2525, 465."],
])("%s does not listen on %d, and the fault has the list", (preset, port, next) => {
  const { name } = presets[preset]().endpoint;
  expect(faultsOf(preset, port)).toEqual([
    { path: "smartHost.port", value: String(port), reason: `is no port on which ${name} listens`, next },
  ]);
});

test.each(Object.keys(presets) as Preset[])("%s is refused on port 25 with the better reason", (preset) => {
  const [fault, ...more] = faultsOf(preset, 25);
  expect(more).toEqual([]);
  expect(fault?.reason).toMatch(/cloud providers close it/);
});

test("the domain's SPF record includes a service only where the service asks for it", () => {
  expect(presets.ses().spfInclude).toBeUndefined();
  expect(presets.postmark().spfInclude).toBeUndefined();
  expect(presets.mailgun().spfInclude).toBe("mailgun.org");
  expect(presets.mailjet().spfInclude).toBe("spf.mailjet.com");
});

test("a size that no page gives is left out", () => {
  expect(presets.mailjet().endpoint.maxMessageBytes).toBeUndefined();
  expect(presets.ses().endpoint.maxMessageBytes).toBe(40_000_000);
  expect(presets.mailgun().endpoint.maxMessageBytes).toBe(25_000_000);
  expect(presets.postmark().endpoint.maxMessageBytes).toBe(10_000_000);
});

test("Mailgun's EU region has host and SPF record of its own", () => {
  const european = mailgun({ region: "eu", user: "a@mg.example.com", password: "a" });
  expect(european.endpoint.host).toBe("smtp.eu.mailgun.org");
  expect(european.spfInclude).toBe("eu.mailgun.org");
});

test("Postmark's token is user and password, and broadcasts have a host of their own", () => {
  const broadcast = postmark({ accessKey: "PM-B-1", secretKey: "hidden", stream: "broadcast" });
  expect(broadcast.endpoint).toMatchObject({ user: "PM-B-1", host: "smtp-broadcasts.postmarkapp.com" });
  expect(broadcast.password).toBe("hidden");
  expect(JSON.stringify(broadcast.endpoint)).not.toContain("hidden");
});

test.each(["Frankfurt", "eu-central-1.example.com", "", "cn-north-1"])("ses has no region %j", (region) => {
  expect(() => ses({ region, user: "a", password: "b" })).toThrow(/region: ".*" is not a region/);
});

test("dkim goes through as it was given", () => {
  expect(presets.mailjet().dkim).toEqual(dkim);
  expect(presets.ses().dkim).toEqual([]);
});
