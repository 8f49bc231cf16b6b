import { Zone } from "@pulumi/aws/route53/zone";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { afterEach, describe, expect, it } from "vitest";
import {
  cloudflare,
  type DnsHost,
  MailDns,
  type MailDnsArgs,
  manual,
  ParkedDomain,
  route53,
} from "../../components";
import { type Cloud, startCloud, zone } from "../substitutes/cloud";

// Every DNS host through the real engine, against substitutes that give records back as the real hosts do.

const LONG_KEY = "k".repeat(400);
const SETTINGS: Omit<MailDnsArgs, "dns"> = {
  domain: zone.name,
  records: [
    {
      key: "return-path",
      purpose: "Return path for bounces",
      name: `em.${zone.name}`,
      type: "CNAME",
      value: "u1.wl.sendgrid.net",
    },
    {
      key: "bounces",
      purpose: "Bounces",
      name: `in.${zone.name}`,
      type: "MX",
      value: "mx.example.net",
      priority: 10,
    },
    {
      key: "dkim",
      purpose: "DKIM key",
      name: `m1._domainkey.${zone.name}`,
      type: "TXT",
      value: `v=DKIM1; k=rsa; p=${LONG_KEY}`,
    },
  ],
  spf: { include: ["em.example.com"], addresses: ["192.0.2.0/24", "2001:db8::/32"] },
  dmarc: { policy: "none", reportsTo: `dmarc@${zone.name}` },
};

let cloud: Cloud;
afterEach(() => cloud?.close());

interface Step {
  op: string;
  name: string;
}

/** The steps of an operation that change something, and what was printed. */
async function run(operation: "preview" | "up" | "refresh"): Promise<{ steps: Step[]; output: string }> {
  const steps: Step[] = [];
  const output: string[] = [];
  const onEvent = ({ resourcePreEvent, diagnosticEvent }: EngineEvent) => {
    const { op, urn, type } = resourcePreEvent?.metadata ?? {};
    if (op && urn && !["same", "read", "refresh"].includes(op) && !type?.startsWith("pulumi:")) {
      steps.push({ op, name: urn.split("::").at(-1) ?? "" });
    }
    output.push(diagnosticEvent?.message ?? "");
  };
  const stack: Stack = cloud.stack;
  await stack[operation]({ onEvent, onOutput: () => {}, onError: (text) => output.push(text) });
  return { steps, output: output.join("\n") };
}

const named = ({ steps }: { steps: Step[] }) => steps.map(({ name }) => name).toSorted();

const failure = (operation: "preview" | "up") =>
  run(operation).then(
    () => expect.fail("it succeeded, and should have failed"),
    (error: Error) => error.message,
  );

/** The texts that the DNS server answers for a name. */
const texts = (name: string) =>
  cloud.zones
    .zone(zone.name)
    .records()
    .filter((record) => record.name === name)
    .map(({ value }) => value);

interface Host {
  name: string;
  /** Prepares the account; what it returns is called in the program. */
  prepare(cloud: Cloud): (otherTexts?: { [name: string]: string[] }) => DnsHost;
  /** Publishes a record by hand; gives the id to import it by. */
  publish(cloud: Cloud, name: string, text: string): string;
}

const CLOUDFLARE: Host = {
  name: "Cloudflare",
  prepare: () => () => cloudflare({ zoneId: zone.id }),
  publish: ({ cloudflare: account }, name, text) => {
    const { id } = account.create(zone.id, {
      name,
      type: "TXT",
      content: `"${text}"`,
      ttl: 3600,
      priority: undefined,
      proxied: false,
      comment: "by hand",
    });
    return `${zone.id}/${id}`;
  },
};

const hostedZone = ({ aws }: Cloud) => aws.hostedZones.list()[0]?.id ?? expect.fail("no hosted zone");
const ROUTE53: Host = {
  name: "Route 53",
  prepare: (prepared) => {
    prepared.zones.delete(zone.name);
    const { id: zoneId } = prepared.aws.hostedZones.create({ name: zone.name });
    return (otherTexts) => route53({ zoneId, otherTexts });
  },
  publish: (prepared, name, text) => {
    const id = hostedZone(prepared);
    const there = prepared.aws.hostedZones.recordSet(id, name, "TXT")?.records ?? [];
    const records = [...there, `"${text}"`];
    prepared.aws.hostedZones.put(id, "UPSERT", { name, type: "TXT", ttl: 3600, records });
    return `${id}_${name}_TXT`;
  },
};

const MANUAL: Host = { name: "manual", prepare: () => () => manual(), publish: () => expect.fail("by hand") };

async function start(host: Host, settings: () => Partial<MailDnsArgs> = () => ({})): Promise<void> {
  let make: ReturnType<Host["prepare"]> | undefined;
  cloud = await startCloud(async () => {
    const dns = make?.() ?? expect.fail("the host is not prepared");
    const mail = new MailDns("mail", { ...SETTINGS, dns, ...settings() });
    return { zoneText: mail.zoneText, table: mail.table, records: mail.records };
  });
  make = host.prepare(cloud);
}

describe.each([CLOUDFLARE, ROUTE53, MANUAL])("$name", (host) => {
  it("has a complete first preview, and no change after up, in a refresh and after it", async () => {
    await start(host);
    const preview = await run("preview");
    expect(named(preview)).toEqual([
      "mail",
      "mail-bounces",
      "mail-dkim",
      "mail-dmarc",
      "mail-return-path",
      "mail-spf",
    ]);
    expect(new Set(preview.steps.map(({ op }) => op))).toEqual(new Set(["create"]));
    expect(named(await run("up"))).toEqual(named(preview));
    expect((await run("preview")).steps).toEqual([]);
    expect((await run("refresh")).steps).toEqual([]);
    expect((await run("preview")).steps).toEqual([]);
  });
});

describe.each([CLOUDFLARE, ROUTE53])("records that exist at $name", (host) => {
  const SPF = "v=spf1 include:_spf.google.com ~all";

  it("are refused together in the preview, with the settings to make, and nothing is made", async () => {
    await start(host);
    const spf = host.publish(cloud, zone.name, SPF);
    const dmarc = host.publish(cloud, `_dmarc.${zone.name}`, "v=DMARC1; p=reject");
    for (const operation of ["preview", "up"] as const) {
      const message = await failure(operation);
      expect(message).toContain(`Set spf.existing to "${SPF}"`);
      expect(message).toContain(`Set adopt.spf to "${spf}"`);
      expect(message).toContain(`Set adopt.dmarc to "${dmarc}"`);
    }
    expect(texts(`em.${zone.name}`)).toEqual([]);
    expect(texts(zone.name)).toEqual([SPF]);
  });

  it("are adopted as they are, and merged by the next update", async () => {
    let adopt: { [key: string]: string } | undefined;
    await start(host, () => ({ adopt, spf: { ...SETTINGS.spf, existing: SPF } }));
    adopt = { spf: host.publish(cloud, zone.name, SPF) };

    const preview = await run("preview");
    expect(preview.steps).toContainEqual({ op: "import", name: "mail-spf" });
    await run("up");
    expect(texts(zone.name)).toEqual([SPF]);
    expect((await run("preview")).steps).toEqual([]);

    adopt = undefined;
    expect((await run("preview")).steps).toEqual([{ op: "update", name: "mail-spf" }]);
    await run("up");
    expect(texts(zone.name)).toEqual([
      "v=spf1 include:_spf.google.com include:em.example.com ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all",
    ]);
    await run("refresh");
    expect((await run("preview")).steps).toEqual([]);
  });

  it("are looked for when a record is added later, and not among the stack's own", async () => {
    let spf: MailDnsArgs["spf"];
    await start(host, () => ({ spf }));
    await run("up");
    const id = host.publish(cloud, zone.name, SPF);
    spf = { include: ["em.example.com"] };
    const message = await failure("preview");
    expect(message).toContain(`Set adopt.spf to "${id}"`);
    expect(message).not.toContain("adopt.dmarc");
  });

  it("tells what a step of the DMARC policy changes for receivers", async () => {
    let policy: "none" | "quarantine" = "none";
    await start(host, () => ({ dmarc: { policy, reportsTo: `dmarc@${zone.name}` } }));
    await run("up");
    policy = "quarantine";
    const { output, steps } = await run("preview");
    expect(steps).toEqual([{ op: "update", name: "mail-dmarc" }]);
    expect(output).toContain("none → quarantine");
  });
});

describe("Route 53", () => {
  it("adopts a record set with other texts in it, and merges the SPF text alone", async () => {
    const SPF = "v=spf1 include:_spf.google.com ~all";
    const verification = "google-site-verification=1";
    let zoneId = "";
    let adopt: { [key: string]: string } | undefined;
    cloud = await startCloud(async () => {
      const dns = route53({ zoneId, otherTexts: { [zone.name]: [verification] } });
      new MailDns("mail", { ...SETTINGS, dns, adopt, spf: { ...SETTINGS.spf, existing: SPF } });
    });
    ROUTE53.prepare(cloud);
    zoneId = hostedZone(cloud);
    ROUTE53.publish(cloud, zone.name, verification);
    adopt = { spf: ROUTE53.publish(cloud, zone.name, SPF) };
    await run("up");
    expect(texts(zone.name).toSorted()).toEqual([verification, SPF]);
    adopt = undefined;
    const { output } = await run("preview");
    expect(output).toContain("include:em.example.com ip4:192.0.2.0/24 ip6:2001:db8::/32 is added");
    await run("up");
    expect(texts(zone.name)).toContain(verification);
    expect(texts(zone.name).join()).toContain("include:_spf.google.com include:em.example.com");
    await run("refresh");
    expect((await run("preview")).steps).toEqual([]);
  });

  it("keeps the other texts of a name that are given", async () => {
    let zoneId = "";
    const verification = "google-site-verification=1";
    cloud = await startCloud(async () => {
      const dns = route53({ zoneId, otherTexts: { [zone.name]: [verification] } });
      new MailDns("mail", { ...SETTINGS, dns });
    });
    ROUTE53.prepare(cloud);
    zoneId = hostedZone(cloud);
    await run("up");
    expect(texts(zone.name)).toContain(verification);
    expect(texts(zone.name)).toHaveLength(2);
    await run("refresh");
    expect((await run("preview")).steps).toEqual([]);
  });

  it("refuses a text that a name has for other purposes, and says how to keep it", async () => {
    await start(ROUTE53);
    ROUTE53.publish(cloud, zone.name, "google-site-verification=1");
    expect(await failure("preview")).toContain('{ "example.com": ["google-site-verification=1"] }');
  });

  it("takes a zone that is made in the same program", async () => {
    cloud = await startCloud(async () => {
      const { zoneId } = new Zone("zone", { name: "example.org" });
      new MailDns("mail", { domain: "example.org", dns: route53({ zoneId }) });
    });
    expect((await run("preview")).steps.map(({ name }) => name)).toContain("mail-dmarc");
    await run("up");
    expect(cloud.zones.zone("example.org").records()).toHaveLength(1);
  });
});

describe("the manual host", () => {
  it("gives the records as a zone file and as a table", async () => {
    await start(MANUAL);
    await run("up");
    const { zoneText, table, records } = await cloud.stack.outputs();
    expect(zoneText?.value).toContain("in.example.com. 300 IN MX 10 mx.example.net.\n");
    expect(zoneText?.value).toContain(`"v=DKIM1; k=rsa; p=${"k".repeat(237)}" "${"k".repeat(163)}"`);
    expect(table?.value).toContain("CNAME  em.example.com");
    expect(records?.value).toHaveLength(5);
  });
});

describe("one domain in several components", () => {
  const preview = async (program: (dns: DnsHost) => void) => {
    cloud = await startCloud(async () => program(cloudflare({ zoneId: zone.id })));
    return failure("preview");
  };

  it("is refused where both publish the DMARC policy", async () => {
    const message = await preview((dns) => {
      new MailDns("one", { domain: zone.name, dns });
      new MailDns("two", { domain: zone.name, dns });
    });
    expect(message).toContain('"_dmarc.example.com" is published by MailDns "one" of this program too');
    expect(message).toContain("set dmarc to false");
  });

  it("is refused where both publish a key under one selector", async () => {
    const records: MailDnsArgs["records"] = [
      {
        key: "dkim1",
        purpose: "Key",
        name: `s1._domainkey.${zone.name}`,
        type: "CNAME",
        value: "a.example.net",
      },
    ];
    const message = await preview((dns) => {
      new MailDns("one", { domain: zone.name, dns, records });
      new MailDns("two", { domain: zone.name, dns, records, dmarc: false });
    });
    expect(message).toContain("a DKIM selector of its own");
  });
});

describe("reports of a domain that go to another domain", () => {
  it("are agreed to in the other domain's zone", async () => {
    let zoneId = "";
    cloud = await startCloud(async () => {
      const dns = cloudflare({ zoneId: zone.id });
      const reportHosts = { "reports.example.net": route53({ zoneId }) };
      new ParkedDomain("parked", { domain: zone.name, dns, reportsTo: "a@reports.example.net", reportHosts });
    });
    zoneId = cloud.aws.hostedZones.create({ name: "example.net" }).id;
    await run("up");
    expect(cloud.zones.zone("example.net").records()).toMatchObject([
      { name: "example.com._report._dmarc.reports.example.net", value: "v=DMARC1" },
    ]);
    expect(
      cloud.zones
        .zone(zone.name)
        .records()
        .map(({ name, type, value, priority }) => `${name} ${type} ${priority ?? ""}${value}`)
        .toSorted(),
    ).toEqual([
      "*._domainkey.example.com TXT v=DKIM1; p=",
      "_dmarc.example.com TXT v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:a@reports.example.net",
      "example.com MX 0.",
      "example.com TXT v=spf1 -all",
    ]);
    await run("refresh");
    expect((await run("preview")).steps).toEqual([]);
  });
});
