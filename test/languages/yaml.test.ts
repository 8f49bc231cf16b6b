import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as tar from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DOMAIN, ZONE_ID } from "../../sandbox/world";
import { failure } from "../stack/account";
import { buildComponentFolder } from "./component-folder";
import { openYamlAccount, type YamlAccount } from "./yaml-account";

const PASSWORD = "pass-9f2c4e";
/** Given in clear, without Pulumi's mark of a secret. */
const SOLO = { custom: { host: "smtp.example.net", user: "relay", password: PASSWORD } };

let folder: string;
let account: YamlAccount;

beforeAll(async () => {
  folder = await buildComponentFolder();
  account = await openYamlAccount(DOMAIN, folder);
}, 600_000);
afterAll(async () => {
  await account?.close();
  if (folder) await rm(dirname(folder), { recursive: true, force: true });
});

/** An expression of YAML's, such as of a resource's output. */
const output = (expression: string) => `\${${expression}}`;

/** Previews a program with these resources. */
async function preview(resources: Record<string, unknown>, more: Record<string, unknown> = {}) {
  await account.write({ resources, ...more });
  return await account.run("preview");
}

const mailDns = (domain: string, more: Record<string, unknown> = {}) => ({
  type: "smarthost:MailDns",
  properties: { domain, dns: { cloudflare: { zoneId: ZONE_ID } }, ...more },
});
const mailRelay = (more: Record<string, unknown> = {}) => ({
  type: "smarthost:MailRelay",
  properties: {
    domain: DOMAIN,
    dns: { cloudflare: { zoneId: ZONE_ID } },
    sender: { address: `noreply@${DOMAIN}` },
    dmarc: { policy: "quarantine", reportsTo: [`dmarc@${DOMAIN}`] },
    dnsResolver: account.world.settings.dnsResolver,
    identity: { validationTimeout: 15, keyRotation: { gracePeriodSeconds: 5 } },
    relay: { clients: ["10.20.0.0/16"] },
    ...more,
  },
});

describe("a program in YAML", () => {
  it("gets one text with all faults, which name the properties as the package has them", async () => {
    const wrong = mailRelay({
      domain: "exa mple.com",
      dns: { manual: true, cloudflare: { zoneId: ZONE_ID } },
      smartHost: {
        ses: { region: "eu-central-1", user: "u", port: 25, password: { "fn::secret": PASSWORD } },
      },
      relay: { clients: ["0.0.0.0/0"], fallbacks: [{ custom: { host: "smtp.example.net", user: "u" } }] },
    });

    const message = await failure(preview({ mail: wrong }));

    expect(message).toContain('MailRelay "mail": 5 faults in the settings; nothing was changed');
    for (const path of [
      "dns: has cloudflare and manual, which exclude each other",
      'domain: "exa mple.com" has white space in it',
      'smartHost.ses.port: "25" is blocked',
      'relay.clients[0]: "0.0.0.0/0"',
      "relay.fallbacks[0].custom.password: is missing",
    ]) {
      expect(message).toContain(`  - ${path}`);
    }
    expect(message).not.toContain(PASSWORD);
  });

  it("is told when a plain value is known only after the update, or is a secret", async () => {
    const key = { type: "sendgrid:ApiKey", properties: { name: "reports", scopes: ["stats.read"] } };

    const unknown = await failure(preview({ key, dns: mailDns(`${output("key.id")}.example.com`) }));
    const hidden = await failure(preview({ dns: mailDns(DOMAIN, { domain: { "fn::secret": DOMAIN } }) }));

    expect(unknown).toContain("  - domain: is known only after the update");
    expect(hidden).toContain("  - domain: is secret, and names and records that everybody sees");
  });

  it("may give an output where one is taken", async () => {
    const key = { type: "sendgrid:ApiKey", properties: { name: "reports", scopes: ["stats.read"] } };
    const dns = mailDns(DOMAIN, { dns: { cloudflare: { zoneId: output("key.id") } } });

    const { made } = await preview({ key, dns });

    expect(made.map(({ name }) => name)).toContain("dns-dmarc");
  });

  it("is refused, in the preview, a record that is in the zone already, and takes it over by its id", async () => {
    const { cloudflare } = account.world;
    const there = cloudflare.create(ZONE_ID, {
      name: `_dmarc.${DOMAIN}`,
      type: "TXT",
      content: '"v=DMARC1; p=none"',
      ttl: 1,
      priority: undefined,
      proxied: false,
      comment: undefined,
    });
    const id = `${ZONE_ID}/${there.id}`;

    const message = await failure(preview({ dns: mailDns(DOMAIN) }));
    const { made } = await preview({ dns: mailDns(DOMAIN, { adopt: { dmarc: id } }) });
    cloudflare.delete(ZONE_ID, there.id);

    expect(message).toContain(`"_dmarc.${DOMAIN}" exists already at Cloudflare`);
    expect(message).toContain(`Set adopt.dmarc to "${id}"`);
    expect(made.map(({ op, name }) => `${op} ${name}`)).toContain("import dns-dmarc");
  });

  it("is refused two components that publish one record", async () => {
    const message = await failure(preview({ one: mailDns(DOMAIN), two: mailDns(DOMAIN) }));

    expect(message).toContain(`"_dmarc.${DOMAIN}" is published by MailDns`);
    expect(message).toContain("set dmarc.publish to false in the other");
  });

  it("is told which plugin is missing when it does not say where the SendGrid provider is", async () => {
    const message = await failure(preview({ mail: mailRelay() }, { plugins: {} }));

    expect(message).toContain("no resource plugin 'pulumi-resource-sendgrid' found");
  });

  describe("with the whole mail path and a relay by itself", () => {
    const program = () => ({
      resources: {
        mail: mailRelay(),
        solo: {
          type: "smarthost:PostfixRelay",
          properties: { hostName: `solo.${DOMAIN}`, smartHost: SOLO, upgrades: { reboot: false } },
        },
      },
      outputs: { host: output("mail.host"), port: output("mail.port"), records: output("mail.records") },
    });

    it("previews every resource, with names and texts that the settings decide", async () => {
      await account.write(program());
      const { made } = await account.run("preview");

      expect(made.map(({ type, name, parent }) => `${type} ${name} in ${parent}`)).toEqual(
        expect.arrayContaining([
          "smarthost:index:MailRelay mail in pulumi:pulumi:Stack newsletter-dev",
          "smarthost:index:PostfixRelay mail in smarthost:index:MailRelay mail",
          "aws:ec2/instance:Instance mail-debian13-arm64 in smarthost:index:MailRelay$smarthost:index:PostfixRelay mail",
          "smarthost:index:PostfixRelay solo in pulumi:pulumi:Stack newsletter-dev",
          "aws:ssm/parameter:Parameter solo-password in smarthost:index:PostfixRelay solo",
        ]),
      );
      const dmarc = made.find(({ name }) => name === "mail-dmarc");
      expect(dmarc?.inputs).toMatchObject({
        name: `_dmarc.${DOMAIN}`,
        content: `"v=DMARC1; p=quarantine; rua=mailto:dmarc@${DOMAIN}"`,
      });
      const server = (name: string) =>
        made.find(({ type, name: made }) => type === "aws:ec2/instance:Instance" && made.startsWith(name));
      expect(server("solo")?.inputs.userData).toContain('Automatic-Reboot "false";');
      expect(server("mail")?.inputs.userData).toContain('Automatic-Reboot-Time "03:30";');
      expect(JSON.stringify(made)).not.toContain(PASSWORD);
    });

    it("is previewed and reported by `smarthost report --stack`, which changes nothing", async () => {
      const selected = await account.pulumi("stack", "ls", "--json");
      await account.write(program());
      const { report, exitCode } = await account.report();

      expect(exitCode).toBe(0);
      expect(report).toMatchObject({ stack: "dev", refused: false });
      expect(JSON.stringify(report)).toContain(`_dmarc.${DOMAIN}`);
      expect(JSON.stringify(report)).not.toContain(PASSWORD);
      expect(await account.pulumi("stack", "ls", "--json")).toBe(selected);
    });

    it("makes it, and the next preview changes nothing", async () => {
      await account.write(program());
      await account.run("up");
      const outputs = await account.stack.outputs();
      const { made } = await account.run("preview");

      expect(outputs.port?.value).toBe(587);
      expect(outputs.host?.value).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(outputs.records?.value).toContainEqual(
        expect.objectContaining({ name: `_dmarc.${DOMAIN}`, type: "TXT" }),
      );
      expect(made.filter(({ op }) => op !== "same")).toEqual([]);
      const published = account.world.cloudflare.records(ZONE_ID).map(({ name }) => name);
      expect(published).toContain(`em.${DOMAIN}`);
    });

    it("keeps passwords and keys secret in the state, marked by the program or not", async () => {
      const state = await account.state();

      expect(state).toContain("solo-password");
      expect(state).not.toContain(PASSWORD);
      expect(account.aws.getParameter("/smarthost/newsletter/dev/solo/password")?.value).toBe(PASSWORD);
      const key = account.aws.getParameter("/smarthost/newsletter/dev/mail/password")?.value ?? "";
      expect(key).toMatch(/^SG\./);
      expect(state).not.toContain(key);
    });
  });

  it("is reported as refused, with the faults, and the report fails", async () => {
    await account.write({ resources: { dns: mailDns("exa mple.com") } });
    const { report, exitCode } = await account.report();

    expect(exitCode).toBe(1);
    expect(report).toMatchObject({ refused: true });
    expect(JSON.stringify(report)).toContain("has white space in it");
  });

  it("gets the package by `pulumi package add` with the executable's path", async () => {
    await account.write({ packages: {}, resources: {} });
    await account.pulumi("package", "add", join(folder, "pulumi-resource-smarthost"));

    const { packages } = parse(await readFile(join(account.folder, "Pulumi.yaml"), "utf8"));
    expect(packages).toHaveProperty("smarthost");
  });

  it("finds the package as a plug-in that was installed from an archive of the executable and its bundle", async () => {
    const archive = join(dirname(folder), "smarthost.tar.gz");
    await tar.create({ gzip: true, file: archive, cwd: folder }, [
      "pulumi-resource-smarthost",
      "smarthost.cjs",
    ]);
    await account.pulumi("plugin", "install", "resource", "smarthost", "0.1.0", "--file", archive);

    const { made } = await preview({ dns: mailDns(DOMAIN, { dns: { manual: true } }) }, { packages: {} });

    expect(made.map(({ name }) => name)).toContain("dns-dmarc");
  });
});
