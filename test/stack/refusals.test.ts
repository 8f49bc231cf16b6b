import { afterEach, describe, expect, it } from "vitest";
import { DOMAIN, ZONE_ID } from "../../sandbox/world";
import { everythingIn, failure, openAccount, type TestAccount } from "./account";

let account: TestAccount;
afterEach(() => account?.close());

describe("a wrong setting is refused in the preview, and nothing is made", () => {
  it.each<[string, Record<string, string | undefined>, string[]]>([
    ["an empty label", { domain: "example..com" }, ["domain", "empty label"]],
    ["a label of 64 characters", { domain: `${"a".repeat(64)}.com` }, ["domain", "at most 63"]],
    ["a name of 255 characters", { domain: `${"a.".repeat(126)}com` }, ["domain", "at most 253"]],
    ["an underscore", { domain: "exa_mple.com" }, ["domain", "underscore"]],
    [
      "a sender outside the domain",
      { senderAddress: "a@example.net" },
      ["senderAddress", "is not an address of"],
    ],
    ["port 25", { smartHostPort: "25" }, ["smartHostPort", "blocked"]],
    ["a port where SendGrid does not listen", { smartHostPort: "2526" }, ["smartHostPort", "587, 2525, 465"]],
    ["the whole internet as client", { relayClients: '["0.0.0.0/0"]' }, ["relayClients[0]", "0.0.0.0/0"]],
    [
      "a subdomain that is another record's",
      { returnPathSubdomain: "_dmarc" },
      ["returnPathSubdomain", "_dmarc"],
    ],
    ["an unknown setting", { relayColour: "blue" }, ["relayColour", "is no setting"]],
    [
      "a password with a line break",
      { smartHost: "smtp.example.net", smartHostUser: "u", smartHostPassword: "a\nb" },
      ["smartHostPassword", "line break"],
    ],
  ])("%s", async (_, settings, words) => {
    account = await openAccount({ settings });
    const message = await failure(account.run.preview());
    for (const word of words) {
      expect(message).toContain(word);
    }
    expect(await failure(account.run.up())).toContain(words[0]);
    expect(everythingIn(account)).toEqual([]);
  });

  it("all faults at once, each with its key, reason and next action, and without a stack trace", async () => {
    account = await openAccount({
      settings: {
        domain: "exa_mple.com",
        smartHostPort: "25",
        relayClients: '["10.0.0.0/8","x"]',
        senderAddress: "nobody",
      },
    });
    const message = await failure(account.run.preview());
    for (const key of ["domain", "smartHostPort", "relayClients[1]", "senderAddress"]) {
      expect(message).toContain(`- ${key}:`);
    }
    expect(message).toContain("pulumi config set");
    expect(message).not.toMatch(/^\s+at /m);
  });

  it("a missing or mistyped setting is reported by Pulumi itself, from the declaration in Pulumi.yaml", async () => {
    account = await openAccount({ settings: { senderAddress: undefined } });
    expect(await failure(account.run.preview())).toContain("senderAddress");
    await account.run.configure({ senderAddress: `a@${DOMAIN}`, smartHostPort: "abc" });
    expect(await failure(account.run.preview())).toMatch(/smartHostPort.*integer/s);
  });

  it("an internationalized domain is converted, and the preview shows to what", async () => {
    const domain = "bücher.example.com";
    account = await openAccount({ settings: { domain, senderAddress: `a@${domain}` } });
    const { output, steps } = await account.run.preview();
    expect(output).toContain(`${domain} is published as xn--bcher-kva.example.com`);
    expect(steps.map(({ inputs }) => inputs.name)).toContain("em.xn--bcher-kva.example.com");
  });
});

describe("what a look-up shows is refused in the preview too", () => {
  it("a domain outside the Cloudflare zone, to whose name Cloudflare would append its own", async () => {
    account = await openAccount({ settings: { domain: "example.net", senderAddress: "a@example.net" } });
    expect(await failure(account.run.preview())).toContain(
      "does not lie in the zone example.com of Cloudflare",
    );
  });
});

describe("what SendGrid refuses", () => {
  it("a missing key stops the preview with the setting to make", async () => {
    account = await openAccount({ environment: { SENDGRID_API_KEY: "" } });
    expect(await failure(account.run.preview())).toContain("SENDGRID_API_KEY");
  });

  it.each([
    [
      401,
      { errors: [{ field: null, message: "authorization required" }] },
      /401.*SENDGRID_API_KEY|SENDGRID_API_KEY.*401/s,
    ],
    [403, { errors: [{ field: null, message: "access forbidden" }] }, /403|scope/],
  ])(
    "an answer of %i fails with the reason and the next action, and the next up finishes",
    async (status, body, words) => {
      account = await openAccount();
      account.world.sendgrid.api.faults.next({ status, body, times: 20 });
      const message = await failure(account.run.up());
      expect(message).toMatch(words);
      expect(message).not.toContain(account.world.environment.SENDGRID_API_KEY);
      account.world.sendgrid.api.faults.clear();
      await account.run.up();
      expect(everythingIn(account)).toContain(DOMAIN);
    },
  );

  it.each([
    ["a rate limit", { status: 429, headers: { "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000)) } }],
    ["a server error while validating", { status: 500, path: /validate$/, times: 2 }],
  ])("%s is waited out", async (_, fault) => {
    account = await openAccount();
    account.world.sendgrid.api.faults.next(fault);
    await account.run.up();
    expect(everythingIn(account)).toContain(DOMAIN);
  });

  it("a service that cannot be reached fails with its address, and nothing of the mail path is made", async () => {
    account = await openAccount({ environment: { SENDGRID_BASE_URL: "http://127.0.0.1:9" } });
    const message = await failure(account.run.up());
    expect(message).toContain("127.0.0.1:9");
    expect(everythingIn(account).filter((name) => name.endsWith(DOMAIN))).toEqual(["_dmarc.example.com"]);
  });
});

describe("what DNS gets wrong", () => {
  it("a wrong value fails the validation with SendGrid's reason for that record, and up goes on after the mend", async () => {
    account = await openAccount({ settings: { validationTimeout: "10", dmarcPolicy: "reject" } });
    const mend = account.world.tamper(`s1._domainkey.${DOMAIN}`, "wrong.example.net");
    const message = await failure(account.run.up());
    expect(message).toMatch(/dkim1.*Expected CNAME for "s1\._domainkey\.example\.com"/s);
    // An enforcing policy must not be out before the domain is valid.
    expect(everythingIn(account)).not.toContain(`_dmarc.${DOMAIN}`);
    mend();
    await account.run.up();
    expect(everythingIn(account)).toContain(`_dmarc.${DOMAIN}`);
  });

  it("a record that exists already is refused by its name, and up goes on when it is gone", async () => {
    account = await openAccount();
    const { cloudflare } = account.world;
    const existing = cloudflare.create(ZONE_ID, {
      name: `em.${DOMAIN}`,
      type: "A",
      content: "192.0.2.1",
      ttl: 1,
      priority: undefined,
      proxied: false,
      comment: undefined,
    });
    const message = await failure(account.run.preview());
    expect(message).toContain('"em.example.com" exists already at Cloudflare: A "192.0.2.1"');
    expect(message).toContain("a CNAME must be alone at its name");
    cloudflare.delete(ZONE_ID, existing.id);
    await account.run.up();
    expect(everythingIn(account)).toContain(`em.${DOMAIN}`);
  });
});
