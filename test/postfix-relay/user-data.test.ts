import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { renderMainCf } from "../../components/postfix-relay/postfix/main-cf";
import { AWS_SESSION_FILE } from "../../components/postfix-relay/server/aws-session";
import type { CredentialSource } from "../../components/postfix-relay/server/credential-source";
import { checkRelaySettings, type RelaySettings } from "../../components/postfix-relay/settings";
import {
  relayFiles,
  renderUserData,
  shortened,
  USER_DATA_LIMIT_BYTES,
} from "../../components/postfix-relay/user-data";
import { anyRelaySettings, plainRoute } from "./any-relay-settings";
import { parameters } from "./main-cf-reader";
import { settings } from "./relay-settings";

const cloudConfig = z.strictObject({
  write_files: z.array(
    z.strictObject({ path: z.string(), permissions: z.string().default("0644"), content: z.string() }),
  ),
  runcmd: z.array(z.array(z.string())),
});
const read = (text: string) => cloudConfig.parse(parse(text));
const contents = (files: readonly { content: string }[]) => files.map(({ content }) => content);
const agent = { version: "3.3.1957.0", sha256: "0123456789abcdef".repeat(4) };

test("it is a cloud-config that says so in its first line", () => {
  expect(renderUserData(settings)).toMatch(/^#cloud-config\n/);
});

test("it carries the files unchanged", () => {
  const { write_files } = read(renderUserData(settings));
  expect(write_files).toEqual(
    relayFiles(settings).map(({ path, mode, content }) => ({ path, permissions: mode, content })),
  );
});

test("it is readable: every file is a block of plain lines", () => {
  expect(renderUserData({ ...settings, ssmAgent: agent })).not.toMatch(/content: ["'>]/);
});

test("it enables one unit, which does everything else", () => {
  expect(read(renderUserData(settings)).runcmd).toEqual([
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "--now", "smarthost-setup.service"],
  ]);
});

test("it stays below EC2's limit with every option and 30 ranges of clients", () => {
  const clients = Array.from({ length: 30 }, (_, index) => `192.168.${index}.0/24`);
  const smartHost = { ...settings.smartHost, port: 465, tls: "wrapper" as const };
  const text = renderUserData({
    ...settings,
    clients,
    smartHost,
    ssmAgent: agent,
    bounceAddress: "mail-admin@example.com",
    senders: Array.from({ length: 10 }, (_, index) => `domain-${index}.example.com`),
    masquerade: { "root@app01.internal": "root@example.com", "@app02.internal": "app@example.com" },
    hideClients: true,
    metrics: true,
    fallbacks: [
      { endpoint: { ...smartHost, host: "in-v3.mailjet.com" }, credential: settings.credential },
      { endpoint: { ...smartHost, host: "smtp.mailgun.org" }, credential: settings.credential },
    ],
  });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(USER_DATA_LIMIT_BYTES);
});

test("where comments do not fit they are left out, and nothing else is", () => {
  const clients = Array.from({ length: 120 }, (_, index) => `192.168.${index}.0/24`);
  const { write_files } = read(renderUserData({ ...settings, clients }));
  const content = (path: string) => write_files.find((file) => file.path.endsWith(path))?.content ?? "";
  expect(content("main.cf")).not.toContain("#");
  expect(contents(write_files)).toEqual(contents(relayFiles({ ...settings, clients }).map(shortened)));
  expect(parameters(content("main.cf"))).toEqual(parameters(renderMainCf({ ...settings, clients })));
  expect(content("smarthost-setup")).toMatch(/^#!\/bin\/sh\nset -eu\n/);
  for (const { permissions, content: script } of write_files) {
    if (permissions === "0755") {
      expect(() => execFileSync("sh", ["-n"], { input: script })).not.toThrow();
    }
  }
});

test("what does not fit is refused with its size", () => {
  const clients = Array.from({ length: 250 }, (_, index) => `192.168.${index}.0/24`);
  expect(() => renderUserData({ ...settings, clients })).toThrow(
    /clients: "250 ranges" make \d{5} bytes of user data, and EC2 takes at most 16384\. Join neighbouring/,
  );
});

test.each<[path: string, changed: Partial<RelaySettings>]>([
  ["senders", { senders: Array.from({ length: 400 }, (_, index) => `domain-${index}.example.com`) }],
  [
    "masquerade",
    {
      masquerade: Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`@host-${index}.internal`, "all@example.com"]),
      ),
    },
  ],
])("when %s make it too long, the fault says so", (path, changed) => {
  expect(() => renderUserData({ ...settings, ...changed })).toThrow(
    new RegExp(`${path}: "\\d+ (domains|addresses)" make \\d+ bytes of user data.* Shorten the list`),
  );
});

test("the same settings give the same text, so that a preview shows no change", () => {
  expect(renderUserData(structuredClone(settings))).toBe(renderUserData(settings));
});

test("settings that are accepted render within the limit or are refused for their size, and nothing escapes", () => {
  fc.assert(
    fc.property(anyRelaySettings, (given) => {
      if (checkRelaySettings(given).length > 0) {
        return;
      }
      let text: string;
      try {
        text = renderUserData(given);
      } catch (error) {
        expect(String(error)).toContain("bytes, and EC2 takes at most");
        return;
      }
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(USER_DATA_LIMIT_BYTES);
      expect(text).toMatch(/^[\n -~]*$/);
      const whole = relayFiles(given);
      expect([contents(whole), contents(whole.map(shortened))]).toContainEqual(
        contents(read(text).write_files),
      );
    }),
    { numRuns: 300 },
  );
});

/** A source of the same kind without names of its own. */
function withUsualNames(source: CredentialSource): CredentialSource {
  return source.source === "secretsmanager"
    ? { ...source, secretId: "usual", region: "eu-central-1" }
    : source;
}

describe("the scripts", () => {
  const scripts = relayFiles({ ...settings, ssmAgent: agent }).filter(({ mode }) => mode === "0755");

  test.each(scripts.map(({ path, content }) => [path, content] as const))(
    "%s is valid shell",
    (_path, content) => {
      expect(() => execFileSync("sh", ["-n"], { input: content })).not.toThrow();
    },
  );

  test("hold every setting in a word of its own: what the shell would expand is the same for all settings", () => {
    const expansions = (text: string) => text.match(/\$[\w({?#!@*]|`/g) ?? [];
    fc.assert(
      fc.property(anyRelaySettings, ({ ssmAgent: _agent, ...given }) => {
        if (checkRelaySettings(given).length === 0 && given.bounceAddress === undefined) {
          const { queue, hideClients, fallbacks, upgrades } = given;
          const credential =
            given.credential.source === "ssm" ? settings.credential : withUsualNames(given.credential);
          const routes = given.routes && [plainRoute];
          const usual = { ...settings, credential, queue, hideClients, fallbacks, routes, upgrades };
          const expanded = (one: RelaySettings) => relayFiles(one).map(({ content }) => expansions(content));
          expect(expanded(given)).toEqual(expanded(usual));
        }
      }),
    );
  });

  test("give curl its secrets in files, never as arguments", () => {
    const session = relayFiles(settings).find(({ path }) => path === AWS_SESSION_FILE)?.content ?? "";
    const arguments_ = session.split("\n").filter((line) => /curl -/.test(line));
    expect(arguments_.length).toBeGreaterThan(0);
    for (const line of arguments_) {
      expect(line).not.toMatch(/-u |--user|Token: \$|Secret/);
    }
  });

  test("ask China's regions at China's domain", () => {
    const credential = { ...settings.credential, region: "cn-north-1" };
    expect(renderUserData({ ...settings, credential })).toContain("https://ssm.cn-north-1.amazonaws.com.cn/");
  });
});

describe("the SSM agent", () => {
  test("is left out by default", () => {
    expect(renderUserData(settings)).not.toContain("amazon-ssm-agent");
  });

  test("comes from the region's bucket in the version given, and only with the checksum given", () => {
    const text = renderUserData({ ...settings, ssmAgent: agent });
    expect(text).toContain(
      "https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/3.3.1957.0/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb",
    );
    expect(text).toContain(`echo '${agent.sha256}  /var/cache/amazon-ssm-agent.deb' | sha256sum -c`);
  });
});
