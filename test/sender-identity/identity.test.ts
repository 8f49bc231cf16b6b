import { setTimeout as sleep } from "node:timers/promises";
import { Provider as SendGrid } from "@pulumi/sendgrid";
import { createTransport } from "nodemailer";
import { afterEach, describe, expect, it } from "vitest";
import {
  cloudflare,
  dnsResolver,
  manual,
  SenderIdentity,
  type SenderIdentityArgs,
  SingleSender,
} from "../../components";
import { changes } from "../../sandbox/stack-run";
import { DOMAIN, RECIPIENT_DOMAIN, ZONE_ID } from "../../sandbox/world";
import { failure, openAccount, type TestAccount } from "../stack/account";

// Identities through the real engine and provider, until a message of each arrives at the inbox, which verifies it.

const RECIPIENT = `reader@${RECIPIENT_DOMAIN}`;

let account: TestAccount;
afterEach(() => account?.close());

type Settings = Omit<SenderIdentityArgs, "dns" | "domain" | "sender"> & Partial<SenderIdentityArgs>;

/** Opens an account whose stack is one identity. */
async function open(settings: () => Settings, region?: "eu"): Promise<void> {
  account = await openAccount({
    program: async () => {
      const provider =
        region &&
        new SendGrid("eu", { region, onBehalfOf: "europe", baseUrl: account.world.sendgrid.api.url });
      const identity = new SenderIdentity(
        "mail",
        {
          domain: DOMAIN,
          sender: { address: `noreply@${DOMAIN}` },
          dns: cloudflare({ zoneId: ZONE_ID }),
          dmarc: { policy: "reject", reportsTo: `dmarc@${DOMAIN}` },
          validationTimeout: 15,
          region,
          ...settings(),
        },
        provider && { providers: [provider] },
      );
      return { apiKey: identity.apiKey, domain: identity.domain };
    },
  });
}

/** Sends by SendGrid with the stack's key, and waits for the message. */
async function throughSendGrid(from: string, servername = "smtp.sendgrid.net", output = "apiKey") {
  const { smtp } = account.world.sendgrid;
  const { [output]: key } = await account.run.outputs();
  const transport = createTransport({
    host: "127.0.0.1",
    port: smtp.addresses[0]?.port,
    requireTLS: true,
    auth: { user: "apikey", pass: String(key?.value) },
    tls: { ca: account.world.authority.ca, servername },
  });
  await transport.sendMail({ from, to: RECIPIENT, subject: from, text: "Hello.\n" });
  return account.world.inbox.waitFor(({ subject }) => subject === from, 10_000);
}

/** Sends from an address of the sender's other mail service, with the domain as return path and no signature. */
async function throughOthers(from: string, localAddress: string) {
  const { address, port } = account.world.inbox;
  const tls = { rejectUnauthorized: false };
  const transport = createTransport({ host: address, port, localAddress, name: "mail.google.test", tls });
  await transport.sendMail({ from, to: RECIPIENT, subject: `${from} elsewhere`, text: "Hello.\n" });
  return account.world.inbox.waitFor(({ subject }) => subject === `${from} elsewhere`, 10_000);
}

/** A first preview that is complete, an up, and nothing to do after it, before and after a refresh. */
async function upInOrder(): Promise<void> {
  const preview = await account.run.preview();
  const up = await account.run.up();
  const list = ({ steps }: typeof up) => steps.map(({ op, urn }) => `${op} ${urn}`).toSorted();
  expect(list(up)).toEqual(list(preview));
  expect(changes(await account.run.preview())).toEqual([]);
  expect(changes(await account.run.refresh())).toEqual([]);
  expect(changes(await account.run.preview())).toEqual([]);
}

const zone = () => account.world.zones.zone(DOMAIN);
const texts = (name: string) =>
  zone()
    .records()
    .filter((record) => record.name === name && record.type === "TXT")
    .map(({ value }) => value);

describe("an identity ends in a message that passes DMARC", () => {
  it("with automatic security", async () => {
    await open(() => ({}));
    await upInOrder();
    const { spf, dkim, dmarc } = await throughSendGrid(`noreply@${DOMAIN}`);
    expect({ spf, dkim: dkim.map(({ result, domain }) => ({ result, domain })), dmarc }).toMatchObject({
      spf: { result: "pass", domain: `em.${DOMAIN}` },
      dkim: [{ result: "pass", domain: DOMAIN }],
      dmarc: { result: "pass", domain: DOMAIN, policy: "reject" },
    });
  });

  it("with manual security, whose SPF for the domain includes the return path's", async () => {
    await open(() => ({ security: "manual" }));
    await upInOrder();
    expect(texts(DOMAIN)).toEqual([`v=spf1 include:em.${DOMAIN} ~all`]);
    const { spf, dkim, dmarc } = await throughSendGrid(`noreply@${DOMAIN}`);
    expect(spf).toMatchObject({ result: "pass", domain: `em.${DOMAIN}` });
    expect(dkim).toMatchObject([{ result: "pass", selector: "m1" }]);
    expect(dmarc).toMatchObject({ result: "pass", policy: "reject" });
  });

  it("in the EU region, of a regional subuser", async () => {
    await open(() => ({}), "eu");
    account.world.sendgrid.account.subusers.add({
      username: "europe",
      email: "europe@example.com",
      password: "",
      ips: [],
      region: "eu",
    });
    await upInOrder();
    const [domain] = account.world.sendgrid.account.domains.list();
    expect(domain?.owner).toBe("europe");
    const { dmarc } = await throughSendGrid(`noreply@${DOMAIN}`, "smtp.eu.sendgrid.net");
    expect(dmarc).toMatchObject({ result: "pass", policy: "reject" });
  });

  it("of a subdomain, in the zone of the domain above", async () => {
    const domain = `news.${DOMAIN}`;
    await open(() => ({ domain, sender: { address: `noreply@${domain}` }, subdomain: "bounce" }));
    await upInOrder();
    const { spf, dmarc } = await throughSendGrid(`noreply@${domain}`);
    expect(spf).toMatchObject({ result: "pass", domain: `bounce.${domain}` });
    expect(dmarc).toMatchObject({ result: "pass", domain });
  });

  it("beside branded links, whose owner's record is named in the first preview", async () => {
    await open(() => ({ links: { subdomain: "click" } }));
    const preview = await account.run.preview();
    const names = preview.steps.flatMap(({ inputs }) =>
      typeof inputs.name === "string" ? [inputs.name] : [],
    );
    expect(names).toContain(`click.${DOMAIN}`);
    expect(names).toContain(`${account.world.sendgrid.account.userId}.${DOMAIN}`);
    await upInOrder();
    expect(await account.world.resolve(`click.${DOMAIN}`, "CNAME")).toEqual(["sendgrid.net"]);
    expect((await throughSendGrid(`noreply@${DOMAIN}`)).dmarc.result).toBe("pass");
  });

  it("by records that a person publishes while the validation waits", async () => {
    await open(() => ({ dns: manual(), validationTimeout: 30, dmarc: false }));
    const up = account.run.up();
    const { domains } = account.world.sendgrid.account;
    const created = await waitFor(() => domains.list()[0]);
    for (const { host, data } of Object.values(created.dns)) {
      zone().add({ name: host, type: "CNAME", value: data });
    }
    await up;
    expect(created.valid).toBe(true);
    expect((await throughSendGrid(`noreply@${DOMAIN}`)).spf.result).toBe("pass");
  });
});

describe("a domain that has Google Workspace already", () => {
  const GOOGLE = "127.0.0.77";
  const EXISTING = "v=spf1 include:_spf.google.com ~all";

  it("has its SPF merged, and mail of both passes", async () => {
    let settings: Settings = { security: "manual" };
    await open(() => ({ ...settings, resolver: resolverOf(account) }));
    account.world.zones.create("google.com", [
      { name: "_spf.google.com", type: "TXT", value: `v=spf1 ip4:${GOOGLE} ~all` },
    ]);
    const { id } = account.world.cloudflare.create(ZONE_ID, {
      name: DOMAIN,
      type: "TXT",
      content: `"${EXISTING}"`,
      ttl: 3600,
      priority: undefined,
      proxied: false,
      comment: undefined,
    });

    const refusal = await failure(account.run.preview());
    expect(refusal).toContain(`Set spf.existing to "${EXISTING}"`);
    expect(refusal).toContain(`Set adopt.spf to "${ZONE_ID}/${id}"`);
    expect(texts(DOMAIN)).toEqual([EXISTING]);

    // Adopted, the record lacks SendGrid's include: the domain cannot be valid yet, and the policy has to wait.
    const adopting: Settings = {
      security: "manual",
      spf: { existing: EXISTING },
      adopt: { spf: `${ZONE_ID}/${id}` },
    };
    settings = adopting;
    expect(await failure(account.run.preview())).toContain("Adopt them with policy none first");
    settings = { ...adopting, dmarc: { policy: "none", reportsTo: `dmarc@${DOMAIN}` } };
    await account.run.up();
    expect(texts(DOMAIN)).toEqual([EXISTING]);

    settings = { security: "manual", spf: { existing: EXISTING } };
    const preview = await account.run.preview();
    expect(preview.output).toContain("SPF lookups 3 of 10");
    expect(preview.output).toContain("none → reject");
    await account.run.up();
    expect(texts(DOMAIN)).toEqual([`v=spf1 include:_spf.google.com include:em.${DOMAIN} ~all`]);

    const ours = await throughSendGrid(`noreply@${DOMAIN}`);
    expect(ours.dmarc).toMatchObject({ result: "pass", policy: "reject" });
    const theirs = await throughOthers(`boss@${DOMAIN}`, GOOGLE);
    expect(theirs.spf).toMatchObject({ result: "pass", domain: DOMAIN });
    expect(theirs.dmarc).toMatchObject({ result: "pass" });
    const forged = await throughOthers(`boss2@${DOMAIN}`, "127.0.0.78");
    expect(forged.dmarc).toMatchObject({ result: "fail" });
  });
});

describe("several identities", () => {
  const identity = (name: string, settings: Partial<SenderIdentityArgs>) =>
    new SenderIdentity(name, {
      domain: DOMAIN,
      sender: { address: `noreply@${DOMAIN}` },
      dns: cloudflare({ zoneId: ZONE_ID }),
      validationTimeout: 15,
      ...settings,
    });

  it("of one domain are refused where they share a DKIM selector", async () => {
    account = await openAccount({
      program: async () => {
        identity("one", {});
        identity("two", { subdomain: "bounce", dmarc: false });
      },
    });
    const message = await failure(account.run.preview());
    expect(message).toContain(`"s1._domainkey.${DOMAIN}" is published by MailDns "one" of this program too`);
    expect(message).toContain("dkimSelector");
  });

  it("stand side by side with subdomains and selectors of their own", async () => {
    account = await openAccount({
      program: async () => {
        const one = identity("one", {});
        identity("two", { subdomain: "bounce", dkimSelector: "two", dmarc: false });
        const domain = `shop.${DOMAIN}`;
        const { apiKey } = one;
        const three = identity("three", { domain, sender: { address: `noreply@${domain}` }, apiKey });
        return { one: apiKey, three: three.apiKey };
      },
    });
    await upInOrder();
    const { keys, username } = account.world.sendgrid.account;
    expect(
      keys
        .list(username)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(["admin", `${DOMAIN} relay (one)`, `${DOMAIN} relay (two)`]);
    expect((await throughSendGrid(`noreply@${DOMAIN}`, undefined, "one")).dmarc.result).toBe("pass");
    expect((await throughSendGrid(`noreply@shop.${DOMAIN}`, undefined, "three")).dmarc.result).toBe("pass");
  });
});

describe("a single sender", () => {
  it("has a key of its own, and the preview says that DMARC never passes", async () => {
    account = await openAccount({
      program: async () => {
        const details = { nickname: "Trial", replyTo: "prompt@gmail.example", waitSeconds: 10 };
        const sender = new SingleSender("trial", { address: "prompt@gmail.example", ...details });
        return { verified: sender.verified };
      },
    });
    expect((await account.run.preview()).output).toContain("can never pass DMARC");
    await upInOrder();
    expect((await account.run.outputs()).verified?.value).toBe(true);
  });
});

function resolverOf({ world }: TestAccount) {
  return dnsResolver({ servers: [String(world.settings.dnsResolver)] });
}

async function waitFor<Value>(look: () => Value | undefined): Promise<Value> {
  for (let tries = 0; tries < 200; tries += 1) {
    const value = look();
    if (value !== undefined) {
      return value;
    }
    await sleep(50);
  }
  throw new Error("it did not come about in 10 seconds");
}
