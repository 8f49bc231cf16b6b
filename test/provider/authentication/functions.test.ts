import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DOMAIN, type OpenAccount, openAccount } from "../sendgrid";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount({ subusers: ["team"] });
});
afterEach(() => open.close());

const invoke = async (name: string, inputs: Record<string, unknown> = {}) =>
  (await open.client.invoke(`sendgrid:index:${name}`, inputs)).result;

describe("getDomainAuthentication", () => {
  it.each([
    ["its id", (domainId: string) => ({ domainId })],
    ["its names, in any spelling", () => ({ domain: "EXAMPLE.com", subdomain: "EM" })],
  ])("finds a domain by %s, with all that its resource knows", async (_, by) => {
    const { id, properties } = await open.create(DOMAIN, { domain: "example.com", subdomain: "em" });
    const { region, ...known } = properties;
    expect(await invoke("getDomainAuthentication", by(id))).toEqual({ ...known, valid: false });
  });

  it.each([{}, { domain: "example.com" }, { subdomain: "em" }, { domainId: "1", domain: "example.com" }])(
    "asks for either an id or both names, not %o",
    async (inputs) => {
      await expect(invoke("getDomainAuthentication", inputs)).rejects.toThrow(
        "Give either domainId, or domain and subdomain.",
      );
    },
  );

  it.each([
    [{ domainId: "1" }, "with the id 1"],
    [{ domain: "example.com", subdomain: "em" }, "em.example.com"],
  ])("says that there is none for %o", async (inputs, wanted) => {
    await expect(invoke("getDomainAuthentication", inputs)).rejects.toThrow(
      `The account has no authenticated domain ${wanted}: getDomainAuthentications lists those that it has.`,
    );
  });
});

describe("getDomainAuthentications", () => {
  const names = async (inputs: Record<string, unknown> = {}) => {
    const { domains } = await invoke("getDomainAuthentications", inputs);
    return Array.isArray(domains)
      ? domains.map(({ subdomain, domain }) => `${subdomain}.${domain}`)
      : domains;
  };

  it("lists all or those that are asked for", async () => {
    await open.create(DOMAIN, { domain: "example.com", subdomain: "em" });
    await open.create(DOMAIN, { domain: "example.org", subdomain: "em", automaticSecurity: false });
    await open.create(DOMAIN, { domain: "example.net", subdomain: "em", username: "team" });
    expect(await names()).toEqual(["em.example.com", "em.example.org", "em.example.net"]);
    expect(await names({ domain: "example.org" })).toEqual(["em.example.org"]);
    expect(await names({ username: "team" })).toEqual(["em.example.net"]);
    expect(await names({ excludeSubusers: true })).toEqual(["em.example.com", "em.example.org"]);
  });

  it("is empty in an empty account", async () => {
    expect(await names()).toEqual([]);
  });

  it("lists an old domain too, without the records that it does not have", async () => {
    const old = {
      id: 7,
      domain: "example.com",
      subdomain: null,
      username: "sandbox",
      ips: null,
      custom_spf: false,
      default: false,
      automatic_security: false,
      valid: true,
      dns: {},
    };
    open.api.faults.next({ method: "GET", path: "/v3/whitelabel/domains", status: 200, body: [old] });
    expect(await invoke("getDomainAuthentications")).toEqual({
      domains: [
        {
          domainId: "7",
          domain: "example.com",
          subdomain: "",
          username: "sandbox",
          valid: true,
          isDefault: false,
          automaticSecurity: false,
          customSpf: false,
          ips: [],
        },
      ],
    });
  });
});

describe("getLinkBranding", () => {
  it.each([
    ["its id", (linkId: string) => ({ linkId })],
    ["its names, in any spelling", () => ({ domain: "EXAMPLE.com", subdomain: "LINKS" })],
  ])("finds a branded link by %s, with all that its resource knows", async (_, by) => {
    const { id, properties } = await open.create("sendgrid:index:LinkBranding", {
      domain: "example.com",
      subdomain: "links",
    });
    const { region, ...known } = properties;
    expect(await invoke("getLinkBranding", by(id))).toEqual({ ...known, valid: false });
  });

  it.each([{}, { domain: "example.com" }, { linkId: "1", subdomain: "links" }])(
    "asks for either an id or both names, not %o",
    async (inputs) => {
      await expect(invoke("getLinkBranding", inputs)).rejects.toThrow(
        "Give either linkId, or domain and subdomain.",
      );
    },
  );

  it.each([
    [{ linkId: "1" }, "with the id 1"],
    [{ domain: "example.com", subdomain: "links" }, "links.example.com"],
  ])("says that there is none for %o", async (inputs, wanted) => {
    await expect(invoke("getLinkBranding", inputs)).rejects.toThrow(
      `The account has no branded link ${wanted}.`,
    );
  });
});

describe("getVerifiedSenders", () => {
  const SENDER = "sendgrid:index:VerifiedSender";
  const nicknames = async (inputs: Record<string, unknown> = {}) => {
    const { senders } = await invoke("getVerifiedSenders", inputs);
    return Array.isArray(senders) ? senders.map(({ nickname }) => nickname) : senders;
  };

  it("lists all or those that are asked for", async () => {
    const replyTo = "help@example.com";
    await open.create(SENDER, { nickname: "Orders", fromEmail: "orders@example.com", replyTo });
    await open.create(SENDER, { nickname: "News", fromEmail: "prompt@example.com", replyTo });
    expect(await nicknames()).toEqual(["Orders", "News"]);
    expect(await nicknames({ verified: true })).toEqual(["News"]);
    expect(await nicknames({ verified: false })).toEqual(["Orders"]);
    expect(await nicknames({ fromEmail: "Orders@example.com" })).toEqual(["Orders"]);
  });

  it("reads page after page", async () => {
    const create = async (index: number) =>
      await open.create(SENDER, {
        nickname: `Sender ${index}`,
        fromEmail: "orders@example.com",
        replyTo: "help@example.com",
      });
    for (let index = 1; index <= 101; index++) await create(index);
    expect(await nicknames()).toHaveLength(101);
  });
});
