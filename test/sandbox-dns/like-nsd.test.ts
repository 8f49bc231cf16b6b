import { afterAll, beforeAll, expect, test } from "vitest";
import { type DnsRecord, type DnsServer, resolver, startDns, Zones } from "../../sandbox/dns";
import { type NameServer, startNameServer, wholeZone } from "../mail-dns/name-server";

// The sandbox's DNS server beside a real name server with the same records: both must give a client the same.

const records: DnsRecord[] = [
  { name: "example.com", type: "MX", value: "mx1.example.com", priority: 10 },
  { name: "example.com", type: "MX", value: "mx2.example.com", priority: 20 },
  { name: "example.com", type: "TXT", value: "v=spf1 mx -all" },
  { name: "mx1.example.com", type: "A", value: "192.0.2.1" },
  { name: "mx1.example.com", type: "AAAA", value: "2001:db8::1" },
  { name: "mute.example.com", type: "MX", value: ".", priority: 0 },
  { name: "empty.example.com", type: "TXT", value: "" },
  { name: "s1._domainkey.example.com", type: "TXT", value: "k".repeat(600) },
  { name: "*._domainkey.example.com", type: "TXT", value: "v=DKIM1; p=" },
  { name: "_dmarc.example.com", type: "CNAME", value: "dmarc.example.com" },
  { name: "dmarc.example.com", type: "TXT", value: "v=DMARC1; p=none" },
  { name: "far.below.example.com", type: "TXT", value: 'say "hi" \\ and ; go' },
  { name: "largest.example.com", type: "TXT", value: "k".repeat(60_000) },
];

let sandbox: DnsServer;
let nsd: NameServer;

beforeAll(async () => {
  const zones = new Zones();
  zones.create("example.com", records);
  sandbox = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
  nsd = await startNameServer([wholeZone("example.com", records.map(line).join("\n"))]);
});

afterAll(async () => {
  await sandbox?.close();
  await nsd?.close();
});

/** A record in zone file form, written here once more and not by the project's own writer. */
function line({ name, type, value, priority }: DnsRecord): string {
  const escaped = (value.match(/.{1,255}/g) ?? [""]).map((each) => `"${each.replace(/["\\]/g, "\\$&")}"`);
  const target = type === "A" || type === "AAAA" || value === "." ? value : `${value}.`;
  return `${name}. IN ${type} ${priority ?? ""} ${type === "TXT" ? escaped.join(" ") : target}`;
}

/** What a client gets, in an order of its own: a name server may turn it. */
async function ask(port: number, name: string, type: string): Promise<string> {
  return resolver("127.0.0.1", port)(name, type).then(
    (found) =>
      JSON.stringify(
        [found]
          .flat()
          .map((each) => JSON.stringify(each))
          .sort(),
      ),
    (error: NodeJS.ErrnoException) => String(error.code),
  );
}

const answered = records.map(({ name, type }) => [name.replace("*", "any"), type] as const);

test.each([...answered, ["_dmarc.example.com", "TXT"] as const])(
  "%s %s is answered alike",
  async (name, type) => {
    const answer = await ask(nsd.port, name, type);
    expect(answer).toMatch(/^\[/);
    expect(await ask(sandbox.port, name, type)).toBe(answer);
  },
);

test.each([
  ["example.com", "AAAA", "ENODATA"],
  ["mute.example.com", "TXT", "ENODATA"],
  ["_domainkey.example.com", "TXT", "ENODATA"],
  ["below.example.com", "TXT", "ENODATA"],
  ["any._domainkey.example.com", "MX", "ENODATA"],
  ["s1._domainkey.example.com", "MX", "ENODATA"],
  ["none.example.com", "TXT", "ENOTFOUND"],
  ["none.s1._domainkey.example.com", "TXT", "ENOTFOUND"],
])("%s %s is %s with both", async (name, type, code) => {
  expect([await ask(nsd.port, name, type), await ask(sandbox.port, name, type)]).toEqual([code, code]);
});
