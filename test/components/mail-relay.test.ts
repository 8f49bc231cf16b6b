import { afterEach, describe, expect, it } from "vitest";
import {
  cloudflare,
  MailRelay,
  type MailRelayArgs,
  mailRelayFaults,
  sendgrid,
  smartHost,
} from "../../components";
import { architectureOf, imageNamePattern } from "../../components/postfix-relay/aws/image";
import { chooseSubnet } from "../../components/postfix-relay/aws/zone";
import { ZONE_ID } from "../../sandbox/world";
import { failure, openAccount, type TestAccount } from "../stack/account";

const minimal: MailRelayArgs = {
  domain: "example.com",
  dns: cloudflare({ zoneId: ZONE_ID }),
  sender: { address: "noreply@example.com" },
  dmarc: { reportsTo: "dmarc@example.com" },
};
const generic = smartHost({
  host: "smtp.example.net",
  user: "relay",
  password: "not-in-clear",
  spfInclude: "spf.example.net",
  dkim: [{ selector: "k1", cname: "k1.dkim.example.net." }],
});

describe("a MailRelay through the engine", () => {
  let account: TestAccount;
  afterEach(() => account?.close());
  const open = async (args: Partial<MailRelayArgs>) => {
    account = await openAccount({
      program: async () => {
        const { host, userData, records } = new MailRelay("mail", { ...minimal, ...args });
        return { host, userData, records };
      },
    });
  };

  it("with another smart host publishes SPF, DKIM and DMARC for it, and makes nothing at SendGrid", async () => {
    await open({ smartHost: generic, spf: { include: ["_spf.google.com"] } });
    const { steps } = await account.run.preview();
    expect(steps.filter(({ type }) => type.startsWith("sendgrid:"))).toEqual([]);
    const records = steps
      .filter(({ type }) => type.endsWith(":DnsRecord"))
      .map(({ inputs }) => [inputs.name, inputs.content]);
    expect(records.toSorted()).toEqual([
      ["_dmarc.example.com", '"v=DMARC1; p=none; rua=mailto:dmarc@example.com"'],
      ["example.com", '"v=spf1 include:spf.example.net include:_spf.google.com ~all"'],
      ["k1._domainkey.example.com", "k1.dkim.example.net"],
    ]);
    await account.run.up();
    expect(account.aws.getParameter("/smarthost/smarthost/sandbox/mail/password")?.value).toBe(
      "not-in-clear",
    );
  });

  it.each([
    [465, "smtp_tls_wrappermode=yes"],
    [2525, "relayhost = [smtp.sendgrid.net]:2525"],
  ])("on port %i renders the relay for it and opens that port outwards", async (port, line) => {
    await open({ smartHost: sendgrid({ port }) });
    const { steps } = await account.run.preview();
    expect(steps.find(({ type }) => type.endsWith(":Instance"))?.inputs.userData).toContain(line);
    const outward = steps
      .filter(({ type }) => type.endsWith(":SecurityGroupEgressRule"))
      .map(({ inputs }) => inputs.fromPort);
    expect(outward.toSorted()).toEqual([port, 443, 80].toSorted());
  });

  it("refuses a password with a line break as soon as it is known, without showing it", async () => {
    await open({ smartHost: { ...generic, password: "secret\n" } });
    const message = await failure(account.run.preview());
    expect(message).toContain("password: has a line break");
    expect(message).not.toContain("secret\\n");
  });

  it("refuses user data that is larger than EC2 takes, and names the size", async () => {
    const clients = Array.from({ length: 700 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
    await open({ relay: { clients } });
    expect(await failure(account.run.preview())).toMatch(
      /relay\.clients: "700 ranges" make \d+ bytes of user data.*16384/,
    );
  });
});

describe("the faults of a MailRelay", () => {
  it("are none for the least that it needs", () => {
    expect(mailRelayFaults("mail", minimal)).toEqual([]);
    expect(mailRelayFaults("mail", { ...minimal, smartHost: generic })).toEqual([]);
  });

  it("come from all parts at once", () => {
    const faults = mailRelayFaults("mail", {
      ...minimal,
      sender: { address: "a@example.net" },
      identity: { subdomain: "-" },
      dmarc: { reportsTo: "nobody" },
      spf: { addresses: ["x"] },
      smartHost: sendgrid({ port: 25 }),
      relay: { clients: ["0.0.0.0/0"], hostName: "relay" },
    });
    expect(faults.map(({ path }) => path).toSorted()).toEqual([
      "dmarc.reportsTo",
      "identity.subdomain",
      "relay.clients[0]",
      "relay.hostName",
      "sender.address",
      "smartHost.port",
      "spf.addresses[0]",
    ]);
  });

  it("name a bad domain once, not again for what follows from it", () => {
    expect(mailRelayFaults("mail", { ...minimal, domain: "exa_mple.com" }).map(({ path }) => path)).toEqual([
      "domain",
    ]);
  });

  it("include a smart host's bad DKIM declaration", () => {
    const bad = smartHost({
      host: "smtp.example.net",
      user: "u",
      password: "p",
      dkim: [{ selector: "k 1", cname: "x" }],
    });
    expect(mailRelayFaults("mail", { ...minimal, smartHost: bad }).map(({ path }) => path)).toEqual([
      "smartHost.dkim[0].selector",
    ]);
  });
});

describe("where a relay stands", () => {
  const subnet = (zoneId: string) => ({
    id: `subnet-${zoneId}`,
    vpcId: "vpc-1",
    zone: `zone-of-${zoneId}`,
    zoneId,
  });

  it("is the first zone by id that offers the instance type, in whatever order the look-up answers", () => {
    const subnets = ["euc1-az3", "euc1-az1", "euc1-az2"].map(subnet);
    expect(chooseSubnet(subnets, ["euc1-az2", "euc1-az3"])?.zoneId).toBe("euc1-az2");
    expect(chooseSubnet(subnets.toReversed(), ["euc1-az3", "euc1-az2"])?.zoneId).toBe("euc1-az2");
    expect(chooseSubnet(subnets, [])).toBeUndefined();
  });

  it.each([
    ["t4g.micro", "arm64"],
    ["c7gn.large", "arm64"],
    ["a1.medium", "arm64"],
    ["x2gd.medium", "arm64"],
    ["g5g.xlarge", "arm64"],
    ["t3.micro", "amd64"],
    ["m7i-flex.large", "amd64"],
    ["g4dn.xlarge", "amd64"],
    ["g5.xlarge", "amd64"],
    ["u-6tb1.metal", "amd64"],
  ])("on %s is Debian for %s", (instanceType, architecture) => {
    expect(architectureOf(instanceType)).toBe(architecture);
    expect(imageNamePattern(13, architectureOf(instanceType))).toBe(`debian-13-${architecture}-*`);
  });
});
