import * as pulumi from "@pulumi/pulumi";
import { type Fault, under } from "../faults";
import { dkimFaults, dkimName, dkimText } from "../mail-dns/dkim/record";
import { parseDomainName } from "../mail-dns/domain-name";
import { parseMailAddress } from "../mail-dns/mail-address";
import { type DnsPublication, MailDns, type PublishedRecord } from "../mail-dns/mail-dns";
import { planMailDns } from "../mail-dns/plan";
import type { MailRecord } from "../mail-dns/record";
import type { SpfSettings } from "../mail-dns/spf/settings";
import { PostfixRelay, type PostfixRelayArgs, postfixRelayFaults } from "../postfix-relay/postfix-relay";
import { refuse } from "../refuse";
import { type KeyRotation, keyRotationFaults } from "../sender-identity/key-rotation";
import { type IdentitySettings, identityFaults } from "../sender-identity/records";
import { SenderIdentity } from "../sender-identity/sender-identity";
import type { GenericSmartHost } from "../smart-hosts/generic";
import { SENDGRID_PORTS, type SendGridSmartHost, sendgrid } from "../smart-hosts/sendgrid";

export interface MailRelayArgs
  extends Pick<IdentitySettings, "domain" | "sender" | "spf" | "dmarc">,
    DnsPublication {
  /** SendGrid's settings of the identity. */
  identity?: Pick<IdentitySettings, "subdomain" | "dkimSelector" | "security" | "links"> & {
    /** Whether what the account has under these names already is taken over. Default false. */
    adoptExisting?: boolean;
    /** Seconds to wait until SendGrid sees the records. Default 600. */
    validationTimeout?: number;
    /** When the relay's API key is replaced by a new one, with no mail refused in between. Default: never. */
    keyRotation?: KeyRotation;
  };
  /** The host that takes all mail. Default `sendgrid()`. */
  smartHost?: SendGridSmartHost | GenericSmartHost;
  /** The server. `hostName` defaults to `relay.<domain>`. */
  relay?: Partial<Omit<PostfixRelayArgs, "smartHost" | "password">>;
}

/** The whole mail path of a domain: sender identity, DNS records, and a relay to the smart host. */
export class MailRelay extends pulumi.ComponentResource {
  /** The address that applications send to. */
  readonly host: pulumi.Output<string>;
  /** The port for applications. */
  readonly port: number;
  /** The relay's security group, to which rules of your own may refer. */
  readonly securityGroupId: pulumi.Output<string>;
  /** The server's id, another one after a replacement. */
  readonly instanceId: pulumi.Output<string>;
  /** The region in which the server is. */
  readonly region: pulumi.Output<string>;
  /** The DNS records and how they are published. */
  readonly dns: MailDns;
  /** Every DNS record with its purpose. */
  readonly records: pulumi.Output<PublishedRecord[]>;
  /** What the server boots from: no secret in it. */
  readonly userData: pulumi.Output<string>;

  constructor(name: string, args: MailRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:MailRelay", name, {}, opts);
    refuse(`MailRelay "${name}"`, mailRelayFaults(name, args));

    const parent = { parent: this };
    const smartHost = args.smartHost ?? sendgrid();
    const { dns, password } =
      smartHost.kind === "sendgrid"
        ? sendGridIdentity(name, args, smartHost, parent)
        : genericIdentity(name, args, smartHost, parent);
    const relay = new PostfixRelay(name, relayArgs(args, password), parent);

    this.host = relay.host;
    this.port = relay.port;
    this.securityGroupId = relay.securityGroupId;
    this.instanceId = relay.instanceId;
    this.region = relay.region;
    this.dns = dns;
    this.records = dns.records;
    this.userData = relay.userData;
    this.registerOutputs({
      host: this.host,
      port: this.port,
      securityGroupId: this.securityGroupId,
      instanceId: this.instanceId,
      region: this.region,
      records: this.records,
    });
  }
}

interface Identity {
  dns: MailDns;
  password: pulumi.Input<string>;
}

function sendGridIdentity(
  name: string,
  args: MailRelayArgs,
  { region }: SendGridSmartHost,
  opts: pulumi.ComponentResourceOptions,
): Identity {
  const made = new SenderIdentity(
    name,
    {
      ...identitySettings(args),
      ...publicationOf(args),
      region,
      adoptExisting: args.identity?.adoptExisting,
      validationTimeout: args.identity?.validationTimeout,
      keyRotation: args.identity?.keyRotation,
    },
    opts,
  );
  return { dns: made.dns, password: made.apiKey };
}

function genericIdentity(
  name: string,
  args: MailRelayArgs,
  smartHost: GenericSmartHost,
  opts: pulumi.ComponentResourceOptions,
): Identity {
  const { domain, dmarc } = args;
  const records = dkimRecords(domain, smartHost);
  const spf = genericSpf(args, smartHost);
  const sender = genericSender(domain, smartHost);
  const dns = new MailDns(name, { domain, records, spf, dmarc, sender, ...publicationOf(args) }, opts);
  return { dns, password: smartHost.password };
}

function publicationOf({ dns, adopt, reportHosts, resolver }: DnsPublication): DnsPublication {
  return { dns, adopt, reportHosts, resolver };
}

/** Everything that is wrong with the arguments, of all parts at once, with paths of `MailRelayArgs`. */
export function mailRelayFaults(name: string, args: MailRelayArgs): Fault[] {
  const smartHost = args.smartHost ?? sendgrid();
  const faults =
    smartHost.kind === "sendgrid" ? sendGridFaults(args, smartHost) : genericFaults(args, smartHost);
  const domainIsGood = !faults.some(({ path }) => path === "domain");
  const relayFaults = postfixRelayFaults(name, relayArgs(args, ""));
  for (const fault of relayFaults) {
    // A host name that was derived from a refused domain says nothing new.
    if (fault.path.startsWith("smartHost")) {
      faults.push(fault);
    } else if (domainIsGood || args.relay?.hostName !== undefined || fault.path !== "hostName") {
      faults.push(...under("relay", [fault]));
    }
  }
  return faults;
}

/** The settings of the identity alone; `SenderIdentity` has them at its top. */
function identitySettings({ domain, sender, spf, dmarc, identity = {} }: MailRelayArgs): IdentitySettings {
  const { subdomain, dkimSelector, security, links } = identity;
  return { domain, sender, spf, dmarc, subdomain, dkimSelector, security, links };
}

function sendGridFaults(args: MailRelayArgs, { endpoint }: SendGridSmartHost): Fault[] {
  const faults = identityFaults(identitySettings(args), args.adopt).map((fault) =>
    /^(subdomain|dkimSelector|links)\b/.test(fault.path)
      ? { ...fault, path: `identity.${fault.path}` }
      : fault,
  );
  faults.push(...keyRotationFaults(args.identity?.keyRotation, "identity.keyRotation"));
  // Port 25 is refused for every smart host, with a better reason.
  if (endpoint.port !== 25 && !SENDGRID_PORTS.includes(endpoint.port)) {
    faults.push({
      path: "smartHost.port",
      value: String(endpoint.port),
      reason: "is no port on which SendGrid listens",
      next: `Use one of ${SENDGRID_PORTS.join(", ")}.`,
    });
  }
  return faults;
}

function genericFaults(args: MailRelayArgs, smartHost: GenericSmartHost): Fault[] {
  const spf = genericSpf(args, smartHost);
  const records = dkimRecords(args.domain, smartHost);
  const { faults } = planMailDns({ domain: args.domain, records, spf, dmarc: args.dmarc });
  smartHost.dkim.forEach((declaration, index) => {
    faults.push(...dkimFaults(declaration, `smartHost.dkim[${index}]`));
  });
  return [...faults, ...parseMailAddress(args.sender.address, "sender.address").faults];
}

/** Mail leaves with its own return path, which SPF passes where the host is in the domain's record. */
function genericSender(domain: string, { dkim, spfInclude, hasOwnReturnPath }: GenericSmartHost) {
  const { name } = parseDomainName(domain, "domain");
  return {
    returnPath: spfInclude === undefined || hasOwnReturnPath ? undefined : name,
    dkimDomain: dkim.length > 0 ? name : undefined,
  };
}

function genericSpf({ spf }: MailRelayArgs, { spfInclude }: GenericSmartHost): SpfSettings | undefined {
  return spfInclude === undefined ? spf : { ...spf, include: [spfInclude, ...(spf?.include ?? [])] };
}

function dkimRecords(domain: string, { dkim, endpoint }: GenericSmartHost): MailRecord[] {
  const { name } = parseDomainName(domain, "domain");
  return dkim.map((declaration) => ({
    key: `dkim-${declaration.selector.toLowerCase()}`,
    purpose: `DKIM: key of ${endpoint.name} under the selector ${declaration.selector}`,
    name: dkimName(declaration.selector, name),
    ...("cname" in declaration
      ? { type: "CNAME" as const, value: declaration.cname.toLowerCase().replace(/\.$/, "") }
      : { type: "TXT" as const, value: dkimText(declaration.publicKey, declaration.keyType) }),
  }));
}

function relayArgs(args: MailRelayArgs, password: pulumi.Input<string>): PostfixRelayArgs {
  const { name: domain } = parseDomainName(args.domain, "domain");
  const { endpoint } = args.smartHost ?? sendgrid();
  return { hostName: `relay.${domain}`, ...args.relay, smartHost: endpoint, password };
}
