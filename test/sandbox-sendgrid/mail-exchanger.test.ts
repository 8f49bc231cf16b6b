import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DnsServer, type Resolve, resolver, startDns, Zones } from "../../sandbox/dns";
import { findMailExchangers, NoMailExchanger } from "../../sandbox/sendgrid/mail-exchanger";

let dns: DnsServer;
let resolve: Resolve;

beforeAll(async () => {
  const zones = new Zones();
  zones.create("example.com", [
    { name: "example.com", type: "MX", value: "second.example.com", priority: 20 },
    { name: "example.com", type: "MX", value: "first.example.com", priority: 10 },
    { name: "first.example.com", type: "A", value: "192.0.2.1" },
    { name: "second.example.com", type: "A", value: "192.0.2.2" },
    { name: "plain.example.com", type: "A", value: "192.0.2.3" },
    { name: "dead.example.com", type: "MX", value: "missing.example.com", priority: 10 },
    { name: "text.example.com", type: "TXT", value: "no mail here" },
    { name: "loop.example.com", type: "CNAME", value: "loop2.example.com" },
    { name: "loop2.example.com", type: "CNAME", value: "loop.example.com" },
  ]);
  dns = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
  resolve = resolver("127.0.0.1", dns.port);
});

afterAll(() => dns.close());

describe("a domain's mail servers", () => {
  test("come from its MX records, the preferred first", async () => {
    expect(await findMailExchangers("example.com", resolve)).toEqual([
      { host: "first.example.com", address: "192.0.2.1" },
      { host: "second.example.com", address: "192.0.2.2" },
    ]);
  });

  test("are the domain itself where it has no MX", async () => {
    expect(await findMailExchangers("plain.example.com", resolve)).toEqual([
      { host: "plain.example.com", address: "192.0.2.3" },
    ]);
  });

  test.each(["dead.example.com", "text.example.com", "missing.example.com"])(
    "do not exist for %s, and never will",
    async (domain) => {
      await expect(findMailExchangers(domain, resolve)).rejects.toThrow(NoMailExchanger);
    },
  );

  test("do not exist where a null MX says so", async () => {
    const nullMx: Resolve = async () => [{ exchange: "", priority: 0 }];
    await expect(findMailExchangers("example.com", nullMx)).rejects.toThrow("null MX");
  });

  test("are unknown for now where DNS cannot answer", async () => {
    await expect(findMailExchangers("loop.example.com", resolve)).rejects.toMatchObject({
      code: "ESERVFAIL",
    });
  });
});
