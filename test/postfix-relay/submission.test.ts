import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { renderMainCf } from "../../components/postfix-relay/postfix/main-cf";
import { masterServices } from "../../components/postfix-relay/postfix/master-cf";
import type { Submission } from "../../components/postfix-relay/postfix/submission";
import { renderRelay } from "../../components/postfix-relay/render-relay";
import { submissionParameter } from "../../components/postfix-relay/server/submission-data";
import { checkRelaySettings, type RelaySettings } from "../../components/postfix-relay/settings";
import { USER_DATA_LIMIT_BYTES } from "../../components/postfix-relay/user-data";
import { parameters } from "./main-cf-reader";
import { settings } from "./relay-settings";

const source = (parameterName: string) => ({
  source: "ssm" as const,
  parameterName,
  region: "eu-central-1",
});
const submission: Submission = { users: source("/mail/users"), certificate: source("/mail/certificate") };
const withLogins: RelaySettings = { ...settings, submission };
const lineOf = (given: RelaySettings, key: string) =>
  masterServices(given).find((service) => service.key === key)?.line;

test("without the setting nobody logs in, and nothing of Dovecot is there", () => {
  const { userData, mainCf } = renderRelay(settings);
  expect(userData).not.toMatch(/dovecot-core|dovecot\.conf|submissions/);
  expect(mainCf).not.toMatch(/smtpd_sasl|permit_sasl/);
});

test("logins are turned on for 587 and 465 only, which has TLS from the first byte", () => {
  expect(lineOf(withLogins, "submission/inet")).toMatch(/ -o smtpd_sasl_auth_enable=yes$/);
  expect(lineOf(withLogins, "submissions/inet")).toMatch(
    / -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes$/,
  );
  expect(parameters(renderMainCf(withLogins))).not.toHaveProperty("smtpd_sasl_auth_enable");
});

test("who is in the ranges or logged in may send, nobody else, and a login needs TLS", () => {
  expect(parameters(renderMainCf(withLogins))).toMatchObject({
    smtpd_client_restrictions: "permit_mynetworks, permit_sasl_authenticated, reject",
    smtpd_relay_restrictions: "permit_mynetworks, permit_sasl_authenticated, reject",
    smtpd_tls_auth_only: "yes",
    smtpd_sasl_type: "dovecot",
  });
});

test("user data with logins and metrics keeps EC2's limit, and has the checksum of the script in SSM", () => {
  const given: RelaySettings = {
    ...withLogins,
    metrics: true,
    senders: ["example.com"],
    clientLimits: { messagesPerMinute: 100, recipientsPerMinute: 1000, connections: 20 },
    submission: { ...submission, serverName: "mail.example.com", senders: { app: ["example.com"] } },
  };
  const { userData } = renderRelay(given);
  const { name = "", region, value = "", sum = "" } = submissionParameter(given) ?? {};
  expect(sum).toBe(createHash("sha256").update(value).digest("hex"));
  expect({ name, region }).toEqual({
    name: `/smarthost/mail/password.submission-${sum.slice(0, 8)}`,
    region: "eu-central-1",
  });
  expect(value.length).toBeLessThanOrEqual(4096);
  expect(Buffer.byteLength(userData)).toBeLessThanOrEqual(USER_DATA_LIMIT_BYTES);
  expect(userData).toContain(`stored ${name} ${region} https://ssm.eu-central-1.amazonaws.com/ ${sum} `);
  expect(value).toContain(
    "at='parameter /mail/users'\nssm /mail/users eu-central-1 https://ssm.eu-central-1.amazonaws.com/ ",
  );
  expect(value).toContain("at='parameter /mail/certificate'\nssm /mail/certificate eu-central-1 ");
});

test.each([
  [12 as const, /passdb \{\n +driver = passwd-file\n/, /dovecot_config_version/],
  [13 as const, /^dovecot_config_version = 2\.4\.0\n/, /driver = /],
])("Dovecot's configuration is in the language of Debian %i's release", (debian, has, hasNot) => {
  const { files } = renderRelay({ ...withLogins, debian });
  const text = files.find(({ path }) => path === "/etc/dovecot/dovecot.conf")?.content ?? "";
  expect(text).toMatch(has);
  expect(text).not.toMatch(hasNot);
  expect(text).toMatch(/^protocols =$/m);
});

test("an address belongs to its login and to those of its domain; letters' case does not matter", () => {
  const senders = { app: ["Example.com"], robot: ["Robot@example.com", "example.org"] };
  const given = { ...withLogins, submission: { ...submission, senders } };
  expect(parameters(renderMainCf(given))).toMatchObject({
    smtpd_sender_login_maps:
      "inline:{ { @example.com = app } { robot@example.com = robot app } { @example.org = robot } }",
  });
  expect(lineOf(given, "submissions/inet")).toContain(
    "smtpd_helo_restrictions=reject_authenticated_sender_login_mismatch",
  );
});

test("all faults are told at once, by their paths", () => {
  const broken = {
    users: source("aws/users"),
    certificate: { ...source("/mail/certificate"), region: "here" },
    serverName: "mail",
    senders: { App: ["example.com"], app: [], robot: ["exa mple", "a b@example.com", "robot@example.net"] },
  };
  expect(
    checkRelaySettings({ ...settings, senders: ["example.com"], submission: broken }).map(({ path }) => path),
  ).toEqual([
    "submission.users.parameterName",
    "submission.certificate.region",
    "submission.serverName",
    "submission.senders",
    "submission.senders.app",
    "submission.senders.robot[0]",
    "submission.senders.robot[1]",
    "submission.senders.robot[2]",
  ]);
});

test("one parameter for both users and certificate is refused", () => {
  const both = { users: source("/mail/both"), certificate: source("/mail/both") };
  expect(checkRelaySettings({ ...settings, submission: both })).toMatchObject([
    { path: "submission.certificate", reason: "is where the users are, and one place cannot hold both" },
  ]);
});
