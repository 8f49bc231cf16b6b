import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolver } from "../../../sandbox/dns";
import { checkZone, type NameServer, startNameServer, wholeZone } from ".";

const long = "k".repeat(300);
const mail = wholeZone(
  "example.com",
  [
    '@ IN TXT "v=spf1 -all"',
    '@ IN TXT "say \\"hi\\" \\\\ and ; go"',
    "@ IN MX 0 .",
    `s1._domainkey IN TXT "${"k".repeat(255)}" "${"k".repeat(45)}"`,
    '*._domainkey IN TXT "v=DKIM1; p="',
    "em IN CNAME u1.wl.example.net.",
  ].join("\n"),
);

describe("the check of a zone", () => {
  it("finds nothing in a good one", async () => {
    expect(await checkZone(mail.origin, mail.text)).toEqual([]);
  });

  it.each([
    ["a string over 255 octets", `@ TXT "${long}"`, /^NSD: zone:5: text string is longer than 255/],
    ["an address that is none", "@ A 192.0.2.256", /^NSD: zone:5: invalid IPv4 address/],
    [
      "a record beside a CNAME",
      'a CNAME b\na TXT "x"',
      /^Knot DNS: \[a\.example\.com\.\] another record exists/,
    ],
    ["a second CNAME", "a CNAME b\na CNAME c", /^Knot DNS: \[a\.example\.com\.\] multiple CNAME/],
  ])("finds %s", async (_what, lines, error) => {
    const { origin, text } = wholeZone("example.com", lines);
    expect(await checkZone(origin, text)).toContainEqual(expect.stringMatching(error));
  });

  it("finds that a zone has no SOA", async () => {
    expect(await checkZone("example.com", '@ 300 TXT "x"\n')).not.toEqual([]);
  });
});

describe("the name server", () => {
  let server: NameServer;
  const ask = (name: string, type: string) => resolver("127.0.0.1", server.port)(name, type);

  beforeAll(async () => {
    server = await startNameServer([mail, wholeZone("example.net", "@ TXT second")]);
  });
  afterAll(() => server?.close());

  it("answers texts as they are meant, joined to what was split", async () => {
    expect(await ask("example.com", "TXT")).toEqual(
      expect.arrayContaining([["v=spf1 -all"], ['say "hi" \\ and ; go']]),
    );
    expect(await ask("s1._domainkey.example.com", "TXT")).toEqual([["k".repeat(255), "k".repeat(45)]]);
  });

  it("answers a null MX, a wildcard, a CNAME and a second zone", async () => {
    expect(await ask("example.com", "MX")).toMatchObject([{ exchange: "", priority: 0 }]);
    expect(await ask("any._domainkey.example.com", "TXT")).toEqual([["v=DKIM1; p="]]);
    expect(await ask("em.example.com", "CNAME")).toEqual(["u1.wl.example.net"]);
    expect(await ask("example.net", "TXT")).toEqual([["second"]]);
  });

  it("says that a name is not there, and refuses other zones", async () => {
    await expect(ask("none.example.com", "TXT")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(ask("example.org", "TXT")).rejects.toMatchObject({ code: "EREFUSED" });
  });

  it("does not start with a zone that it cannot read, and says why", async () => {
    await expect(startNameServer([mail, wholeZone("bad.example", "@ A 1.2.3")])).rejects.toThrow(
      /ESERVFAIL for bad\.example.*invalid IPv4 address/s,
    );
  });

  it("answers nobody after it was closed", async () => {
    const short = await startNameServer([mail]);
    await short.close();
    await expect(resolver("127.0.0.1", short.port)("example.com", "TXT")).rejects.toThrow();
  });
});
