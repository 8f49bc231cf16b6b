import * as pulumi from "@pulumi/pulumi";

type Properties = Record<string, unknown>;

/** A resource that breaks one rule, and those that it needs for it. */
export interface FaultyResource {
  /** The rule that it breaks; undefined for what another one needs. */
  breaks?: string;
  type: string;
  name: string;
  /** @param outputs of the resources before it, by name */
  inputs: (outputs: (name: string) => Made) => Properties;
}

class Made extends pulumi.CustomResource {
  constructor({ type, name }: FaultyResource, inputs: Properties) {
    super(type, name, inputs);
  }
}

const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const INSTANCE = "aws:ec2/instance:Instance";
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const SAFE = { metadataOptions: { httpTokens: "required" }, rootBlockDevice: { encrypted: true } };
/** The form of a SendGrid key with nothing behind it. */
export const KEY = `SG.${"k".repeat(22)}.${"v".repeat(43)}`;

function record(
  name: string,
  at: string,
  type: string,
  content: string,
  more: Properties & { breaks?: string } = {},
): FaultyResource {
  const { breaks, ...properties } = more;
  return {
    breaks,
    type: DNS_RECORD,
    name,
    inputs: () => ({ zoneId: ZONE, name: at, type, content, ...properties }),
  };
}

function text(breaks: string | undefined, name: string, at: string, content: string): FaultyResource {
  return record(name, `${at}.example.com`, "TXT", JSON.stringify(content), { breaks });
}

function resource(
  breaks: string | undefined,
  type: string,
  name: string,
  inputs: Properties,
): FaultyResource {
  return { breaks, type, name, inputs: () => inputs };
}

const REPORTS = "rua=mailto:dmarc@example.com";

/** One resource for each rule, which breaks that rule and no other. */
export const faulty: readonly FaultyResource[] = [
  text("spf-syntax", "spf-syntax", "s1", "v=spf1 ipv4:192.0.2.1 -all"),
  text("spf-all", "spf-all", "s2", "v=spf1 include:included.example.com +all"),
  text(undefined, "spf-first", "s3", "v=spf1 -all"),
  text("spf-single", "spf-second", "s3", "v=spf1 ip4:192.0.2.1 -all"),
  // The eleven look-ups are answered from the stack itself.
  text(undefined, "spf-included", "included", "v=spf1 ip4:192.0.2.0/24 -all"),
  text("spf-lookups", "spf-lookups", "s4", `v=spf1 ${"include:included.example.com ".repeat(11)}-all`),
  text("spf-includes", "spf-includes", "s5", "v=spf1 include:nothing.example.com -all"),
  text("dmarc-syntax", "dmarc-syntax", "_dmarc.d1", `v=DMARC1; p=nun; ${REPORTS}`),
  text(undefined, "dmarc-first", "_dmarc.d2", `v=DMARC1; p=none; ${REPORTS}`),
  text("dmarc-single", "dmarc-second", "_dmarc.d2", `v=DMARC1; p=reject; ${REPORTS}`),
  text("dmarc-reports", "dmarc-reports", "_dmarc.d3", "v=DMARC1; p=none"),
  resource(undefined, "sendgrid:index:DomainAuthentication", "unvalidated", {
    domain: "d4.example.com",
    subdomain: "em",
  }),
  text("dmarc-validated-identity", "dmarc-enforced", "_dmarc.d4", `v=DMARC1; p=reject; ${REPORTS}`),
  resource(undefined, "sendgrid:index:DomainAuthentication", "validated", { domain: "d5.example.com" }),
  {
    type: "sendgrid:index:DomainValidation",
    name: "validation",
    inputs: (made) => ({ domainId: made("validated").id }),
  },
  text(undefined, "dmarc-allowed", "_dmarc.d5", `v=DMARC1; p=reject; ${REPORTS}`),
  record("proxied", "k1._domainkey.example.com", "CNAME", "k1.dkim.example.net", {
    breaks: "proxied-mail-record",
    proxied: true,
  }),
  resource("sendgrid-key-full-access", "sendgrid:index:ApiKey", "full-access", { name: "all" }),
  resource("sendgrid-key-scopes", "sendgrid:index:ApiKey", "more-scopes", {
    name: "more",
    scopes: ["mail.send", "templates.read"],
  }),
  // Secret in the state, and still in clear on the server.
  {
    breaks: "user-data-secrets",
    type: INSTANCE,
    name: "secret",
    inputs: () => ({ ...SAFE, userData: pulumi.secret(`#!/bin/sh\nexport KEY=${KEY}\n`) }),
  },
  resource("user-data-random-text", INSTANCE, "random", {
    ...SAFE,
    userData: "#!/bin/sh\nAPP_TOKEN=q8Zk2Vw7LxT4mB9c\n",
  }),
  resource("open-relay", INSTANCE, "open-relay", {
    ...SAFE,
    userData: "#!/bin/sh\npostconf -e 'mynetworks = 127.0.0.0/8 0.0.0.0/0'\n",
  }),
  resource("smtp-open-to-the-world", "aws:ec2/securityGroup:SecurityGroup", "smtp", {
    ingress: [{ protocol: "tcp", fromPort: 25, toPort: 25, cidrBlocks: ["0.0.0.0/0"] }],
  }),
  resource(
    "submission-open-to-the-world",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "submission",
    { ipProtocol: "tcp", fromPort: 587, toPort: 587, cidrIpv6: "::/0" },
  ),
  resource("port-25-egress", "aws:ec2/securityGroupRule:SecurityGroupRule", "egress", {
    ...{ type: "egress", protocol: "tcp", fromPort: 25, toPort: 25, cidrBlocks: ["0.0.0.0/0"] },
  }),
  resource("instance-metadata-v2", "aws:ec2/launchTemplate:LaunchTemplate", "template", {}),
  resource(undefined, INSTANCE, "relay", { ...SAFE, userData: "#!/bin/sh\napt-get install -y postfix\n" }),
  resource("queue-volume-encryption", "aws:ebs/volume:Volume", "queue", { size: 8 }),
  {
    type: "aws:ec2/volumeAttachment:VolumeAttachment",
    name: "attachment",
    inputs: (made) => ({ instanceId: made("relay").id, volumeId: made("queue").id }),
  },
];

/** Resources of which a preview knows as little as can be: what is to be judged comes from one that is not made yet. */
export const unknown: readonly FaultyResource[] = [
  resource(undefined, "aws:ec2/vpc:Vpc", "source", {}),
  ...Object.entries<(later: pulumi.Output<string>) => FaultyResource["inputs"]>({
    [DNS_RECORD]: (later) => () => ({
      zoneId: later,
      name: "_dmarc.example.com",
      type: "TXT",
      content: later,
    }),
    "sendgrid:index:ApiKey": (later) => () => ({ name: "key", scopes: later }),
    "sendgrid:index:DomainAuthentication": (later) => () => ({ domain: later }),
    [INSTANCE]: (later) => () => ({
      ...{ userData: later, metadataOptions: { httpTokens: later }, rootBlockDevice: later },
    }),
    "aws:ec2/launchTemplate:LaunchTemplate": (later) => () => ({ userData: later, metadataOptions: later }),
    "aws:ec2/securityGroup:SecurityGroup": (later) => () => ({
      ingress: [{ protocol: "tcp", fromPort: later, toPort: 25, cidrBlocks: [later] }],
      egress: later,
    }),
    "aws:ebs/volume:Volume": (later) => () => ({ encrypted: later }),
  }).map(
    ([type, inputs]): FaultyResource => ({
      type,
      name: `unknown ${type}`,
      inputs: (made) => inputs(made("source").id)(made),
    }),
  ),
  {
    type: DNS_RECORD,
    name: "unknown name",
    inputs: (made) => ({
      ...{ zoneId: ZONE, name: made("source").id, type: "CNAME", content: "x.example.net" },
      proxied: made("source").id,
    }),
  },
];

/** A program that declares them. */
export function declare(resources: readonly FaultyResource[]): void {
  const made = new Map<string, Made>();
  const outputs = (name: string) => {
    const found = made.get(name);
    if (found === undefined) {
      throw new Error(`${name} is not declared before its use`);
    }
    return found;
  };
  for (const each of resources) {
    made.set(each.name, new Made(each, each.inputs(outputs)));
  }
}
