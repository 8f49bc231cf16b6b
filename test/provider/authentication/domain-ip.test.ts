import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DOMAIN, type OpenAccount, openAccount } from "../sendgrid";

const TOKEN = "sendgrid:index:DomainIp";
const IP = "192.0.2.20";

let open: OpenAccount;
let domainId: string;
beforeEach(async () => {
  open = await openAccount();
  const manual = { domain: "example.com", subdomain: "em", automaticSecurity: false, customSpf: true };
  ({ id: domainId } = await open.create(DOMAIN, manual));
});
afterEach(() => open.close());

const domain = () => open.account.domains.get(Number(domainId));
const read = async (id: string) =>
  await open.client.read(TOKEN, id, { domainId, ip: IP }, { domainId, ip: IP });

describe("an address of a domain", () => {
  it("is in its SPF record until it is deleted", async () => {
    const { id, inputs } = await open.create(TOKEN, { domainId, ip: IP });
    expect(domain().dns.subdomain_spf?.data).toBe(`v=spf1 ip4:${IP} -all`);
    await open.client.delete(TOKEN, id, inputs);
    expect(domain().ips).toEqual([]);
  });

  it("leaves the others alone", async () => {
    await open.create(TOKEN, { domainId, ip: "192.0.2.1" });
    const { id, inputs } = await open.create(TOKEN, { domainId, ip: IP });
    await open.client.delete(TOKEN, id, inputs);
    expect(domain().ips).toEqual(["192.0.2.1"]);
  });

  it("that is there already is refused with the way to import it, and taken over with adopt", async () => {
    await open.create(TOKEN, { domainId, ip: IP });
    await expect(open.create(TOKEN, { domainId, ip: IP })).rejects.toThrow(
      `\`pulumi import ${TOKEN} it ${domainId}/${IP}\``,
    );
    expect((await open.create(TOKEN, { domainId, ip: IP, adopt: true })).id).toBe(`${domainId}/${IP}`);
  });

  it("is imported by both ids, and not by one", async () => {
    await open.create(TOKEN, { domainId, ip: IP });
    expect((await open.client.read(TOKEN, `${domainId}/${IP}`)).inputs).toEqual({ domainId, ip: IP });
    await expect(open.client.read(TOKEN, IP)).rejects.toThrow(
      `"${IP}" is not the id of a DomainIp: give DOMAIN_ID/ADDRESS, e.g. 4711/192.0.2.1.`,
    );
  });

  it("is gone in a refresh where it was taken out, or its domain deleted", async () => {
    const { id } = await open.create(TOKEN, { domainId, ip: IP });
    open.account.domains.changeIps(domain(), []);
    expect((await read(id)).id).toBe("");
    await open.client.delete(DOMAIN, domainId);
    expect((await read(id)).id).toBe("");
  });

  it("is no hindrance once the domain has no custom SPF record, or is gone", async () => {
    const { id, inputs } = await open.create(TOKEN, { domainId, ip: IP });
    open.account.domains.update(domain(), { customSpf: false });
    await open.client.delete(TOKEN, id, inputs);
    await open.client.delete(DOMAIN, domainId);
    await open.client.delete(TOKEN, id, inputs);
  });

  it.each([
    [{ ip: "192.0.2.256" }, "ip", "must be an IPv4 address, e.g. 192.0.2.1"],
    [{ ip: "2001:db8::1" }, "ip", "must be an IPv4 address, e.g. 192.0.2.1"],
    [{ domainId: "example.com" }, "domainId", /the output domainId of a DomainAuthentication/],
  ])("is refused for %o", async (wrong, property, reason) => {
    const { failures } = await open.client.check(TOKEN, { domainId, ip: IP, ...wrong });
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });
});
