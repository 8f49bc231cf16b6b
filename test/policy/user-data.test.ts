import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkRelaySettings, type RelaySettings, renderUserData, sendgrid } from "../../components";
import { UNKNOWN } from "../../mail-resources/value";
import { openRelay } from "../../policy/rules/open-relay";
import { userDataRandom, userDataSecrets } from "../../policy/rules/user-data";
import { anyRelaySettings } from "../postfix-relay/any-relay-settings";
import { judge, messages, resource } from "./resources";

const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const random = (bytes: number) => randomBytes(bytes).toString("base64url");
const sendgridKey = () => `SG.${random(16).slice(0, 22)}.${random(32).slice(0, 43)}`;
/** Taken apart, so that no scanner takes this file for a leak. */
const PRIVATE_KEY = ["-----BEGIN RSA ", "PRIVATE KEY-----\n", random(60)].join("");
const AWS_KEY = ["AK", "IA", "IOSFODNN7EXAMPLE"].join("");

const secrets: [kind: string, text: string, secret: string][] = [
  ...[sendgridKey()].map((key): [string, string, string] => ["a SendGrid API key", `KEY='${key}'`, key]),
  ["an AWS access key", `export AWS_ACCESS_KEY_ID=${AWS_KEY}`, AWS_KEY],
  ["an AWS secret access key", `aws_secret_access_key = ${"aB3/".repeat(10)}`, "aB3/aB3/"],
  ["a private key", PRIVATE_KEY, PRIVATE_KEY],
  [
    "a password for smtp_sasl_password_maps",
    "echo ok\n[smtp.example.net]:587 apikey:correct-horse\n",
    "correct-horse",
  ],
  [
    "a password in smtp_sasl_password_maps",
    "postconf -e 'smtp_sasl_password_maps = static:apikey:correct-horse'",
    "correct-horse",
  ],
  ["a password in a URL", "curl https://deploy:correct-horse@example.com/x", "correct-horse"],
  ["a GitHub token", `TOKEN=ghp_${"a1".repeat(18)}`, "a1a1"],
];

describe("user-data-secrets", () => {
  it.each(secrets)("finds %s, and does not repeat it", async (kind, text, secret) => {
    const wrappings: [string, string, string][] = [
      [INSTANCE, "userData", text],
      [INSTANCE, "userDataBase64", base64(text)],
      [TEMPLATE, "userData", base64(text)],
      [TEMPLATE, "userData", base64(gzipSync(text))],
      [
        INSTANCE,
        "userData",
        `#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: ${base64(gzipSync(text))}\n`,
      ],
      ["azure-native:compute:VirtualMachine", "customData", base64(text)],
    ];
    for (const [type, property, given] of wrappings) {
      const found = await judge(userDataSecrets, type)({ [property]: given });
      expect(found, `${type} ${property}`).toEqual([`${property}: has ${kind}`]);
      expect(found.join()).not.toContain(secret);
    }
  });

  it.each([
    "#!/bin/sh\napt-get install -y postfix\n",
    "[smtp.example.net]:587 apikey:$PASSWORD",
    'echo "[smtp.example.net]:587 apikey:$(cat /run/password)" > /etc/postfix/sasl',
    "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd",
    "smtp_sasl_password_maps = inline:{ [smtp.example.net]:587=apikey:$PASSWORD }",
    "aws_secret_access_key = $SECRET",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "postgres://user:$PASSWORD@db.example.com/x",
    "https://example.com/a:b@c",
    "SG.short.one",
    `sha256=${randomBytes(32).toString("hex")}`,
  ])("says nothing about %j", async (text) => {
    expect(await judge(userDataSecrets, INSTANCE)({ userData: text })).toEqual([]);
  });

  it("says nothing about what is not known, or no user data", async () => {
    expect(await judge(userDataSecrets, INSTANCE)({ userData: UNKNOWN })).toEqual([]);
    expect(await judge(userDataSecrets, INSTANCE)({ userData: "" })).toEqual([]);
    expect(await judge(userDataSecrets, INSTANCE)({ tags: { note: sendgridKey() } })).toEqual([]);
  });

  it("reads anything without failing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String({ minLength: 40 })), async (userData) => {
        await judge(userDataSecrets, INSTANCE)({ userData });
        await judge(userDataRandom, INSTANCE)({ userData });
        await judge(openRelay, INSTANCE)({ userData });
      }),
    );
  });
});

describe("user-data-random-text", () => {
  it("finds random text behind a name of secrets, and does not repeat it", async () => {
    const judged = judge(userDataRandom, INSTANCE);
    for (const value of ["q8Zk2Vw7LxT4mB9c", "hunter2-Xk93lq!zPw0", "d41d8cd98f00b204e9800998ecf8427e"]) {
      const found = await judged({ userData: `export DB_PASSWORD="${value}"\napi_key: ${value}\n` });
      expect(found).toEqual(["userData: 2 of its values look random and are named like secrets"]);
    }
  });

  it.each([
    'PASSWORD="$(aws ssm get-parameter --name /mail/password)"',
    "password_parameter=/smarthost/prod/mail/password",
    "secret_arn: arn:aws:secretsmanager:eu-central-1:123456789012:secret:mail-a1b2c3",
    "smtp_sasl_password_maps=texthash:/etc/postfix/sasl_passwd",
    "token=$TOKEN_OF_THE_DEPLOYMENT1",
    "api_key_file=/etc/secret/key1",
    "credential: correct-horse-battery-staple",
    "checksum=q8Zk2Vw7LxT4mB9c",
    "PASSWORD=changeme",
  ])("says nothing about %j", async (text) => {
    expect(await judge(userDataRandom, INSTANCE)({ userData: text })).toEqual([]);
  });

  it("leaves to the other rule what has a pattern, and takes another bound", async () => {
    expect(await judge(userDataRandom, INSTANCE)({ userData: `api_key=${sendgridKey()}` })).toEqual([]);
    expect(
      await judge(userDataRandom, INSTANCE)({ userData: "TOKEN=q8Zk2Vw7LxT4mB9c" }, { entropy: 6 }),
    ).toEqual([]);
  });
});

describe("open-relay", () => {
  it.each([
    ["mynetworks = 0.0.0.0/0\n", "mynetworks has 0.0.0.0/0"],
    ["mynetworks = 127.0.0.0/8,\n  10.0.0.0/8,\n  0.0.0.0/0\n", "mynetworks has 0.0.0.0/0"],
    ["postconf -e 'mynetworks=[::]/0 10.0.0.0/8'\n", "mynetworks has [::]/0"],
    ['postconf -e "mynetworks = static:all"\n', "mynetworks has static:all"],
    [
      "smtpd_relay_restrictions = permit\n",
      "smtpd_relay_restrictions permits everybody before anything is refused",
    ],
    [
      "smtpd_relay_restrictions = permit_mynetworks, permit,\n reject_unauth_destination\n",
      "smtpd_relay_restrictions permits everybody before anything is refused",
    ],
  ])("refuses %j", async (text, message) => {
    expect(await judge(openRelay, INSTANCE)({ userData: `#!/bin/sh\n${text}` })).toEqual([
      `userData: ${message}`,
    ]);
    const file = `#cloud-config\nwrite_files:\n- encoding: b64\n  content: ${base64(`# main.cf of the relay\n${text}`)}\n`;
    expect(await judge(openRelay, TEMPLATE)({ userData: base64(file) })).toEqual([`userData: ${message}`]);
  });

  it.each([
    "mynetworks = 127.0.0.0/8 10.0.0.0/8",
    "mynetworks_style = host\nother = 0.0.0.0/0",
    "mynetworks = 10.0.0.0/8\nsmtp_bind_address = 0.0.0.0/0",
    "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination",
    "smtpd_relay_restrictions = permit_mynetworks, reject, permit",
    "smtpd_client_restrictions = permit",
    "inet_interfaces = all",
  ])("allows %j", async (text) => {
    expect(await judge(openRelay, INSTANCE)({ userData: `#!/bin/sh\n${text}\n` })).toEqual([]);
  });
});

describe("the user data of this project's relay", () => {
  const minimal: RelaySettings = {
    hostName: "relay.example.com",
    clients: ["10.0.0.0/16", "192.168.0.0/24"],
    smartHost: sendgrid().endpoint,
    credential: { source: "ssm", parameterName: "/mail/password", region: "eu-central-1" },
    debian: 13,
  };

  it.each<[string, RelaySettings]>([
    ["with few settings", minimal],
    ["on Debian 12 with metrics", { ...minimal, debian: 12, metrics: true }],
  ])("has no violation: %s", async (_, settings) => {
    expect(checkRelaySettings(settings)).toEqual([]);
    const userData = renderUserData(settings);
    const relay = resource(INSTANCE, { userData });
    for (const rule of [userDataSecrets, userDataRandom, openRelay]) {
      expect(await messages(rule, [relay])).toEqual([]);
    }
    // The same rules do find something in it.
    expect(
      await messages(userDataSecrets, [resource(INSTANCE, { userData: `${userData}\n${sendgridKey()}` })]),
    ).toHaveLength(1);
  });

  it("has none with any settings that are accepted", async () => {
    await fc.assert(
      fc.asyncProperty(anyRelaySettings, async (settings) => {
        fc.pre(checkRelaySettings(settings).length === 0);
        const relay = resource(INSTANCE, { userData: renderUserData(settings) });
        for (const rule of [userDataSecrets, userDataRandom, openRelay]) {
          expect(await messages(rule, [relay])).toEqual([]);
        }
      }),
      { numRuns: 50 },
    );
  });
});
