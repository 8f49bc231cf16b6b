import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type Fault, under } from "../components/faults";
import { MailDns } from "../components/mail-dns/mail-dns";
import { planMailDns } from "../components/mail-dns/plan";
import { MailRelay, type MailRelayArgs, mailRelayFaults } from "../components/mail-relay/mail-relay";
import {
  PostfixRelay,
  type PostfixRelayArgs,
  postfixRelayFaults,
} from "../components/postfix-relay/postfix-relay";
import { refuse } from "../components/refuse";
import { MailDnsArguments, MailRelayArguments, PostfixRelayArguments } from "./arguments";
import { dmarcOf, publicationOf } from "./dns";
import { type ReadArguments, readArguments } from "./read-arguments";
import { relayServerOf } from "./relay-server";
import { passwordPath, renamed, smartHostOf } from "./smart-host";

/** A component that programs in other languages can declare. */
export interface PackagedComponent {
  /** What it is, for the schema. */
  description: string;
  arguments: z.ZodObject;
  outputs: z.ZodObject;
  /** Declares it. @throws RunError with all faults, in the words of this package, before anything is declared */
  construct(
    name: string,
    inputs: pulumi.Inputs,
    opts: pulumi.ComponentResourceOptions,
  ): Promise<{ urn: pulumi.Input<string>; state: pulumi.Inputs }>;
}

const PublishedRecord = z
  .object({
    name: z.string().meta({ description: "The full name." }),
    type: z.string().meta({ description: "`CNAME`, `MX` or `TXT`." }),
    value: z.string().meta({ description: "TXT: the text, unquoted. CNAME and MX: the target." }),
    priority: z.int().optional().meta({ description: "MX preference." }),
    purpose: z.string().meta({ description: "What the record is for." }),
  })
  .meta({ typeName: "PublishedRecord", description: "A record as an output shows it." });
const records = z.array(PublishedRecord).meta({ description: "Every DNS record with its purpose." });
const relayOutputs = {
  host: z.string().meta({ description: "The address that applications send to." }),
  port: z.int().meta({ description: "The port for applications." }),
  securityGroupId: z.string().meta({ description: "The relay's security group." }),
  instanceId: z.string().meta({ description: "The server's id, another one after a replacement." }),
  region: z.string().meta({ description: "The region in which the server is." }),
  userData: z.string().meta({ description: "What the server boots from: no secret in it." }),
};

const mailRelay: PackagedComponent = {
  description:
    "The whole mail path of a domain: sender identity, DNS records, and a relay to the smart host.",
  arguments: MailRelayArguments,
  outputs: z.object({ ...relayOutputs, records }),
  construct: async (name, inputs, opts) => {
    const subject = `MailRelay "${name}"`;
    const given = checked(subject, await readArguments(MailRelayArguments, inputs));
    const faults: Fault[] = [];
    const { smartHost: host = { sendgrid: {} }, relay: { hostName, ...server } = {} } = given;
    const made = smartHostOf(host, "smartHost", faults);
    const relay = relayServerOf(server);
    const args: MailRelayArgs = {
      ...publicationOf(given, faults),
      domain: given.domain,
      sender: given.sender,
      spf: given.spf,
      dmarc: dmarcOf(given.dmarc),
      identity: given.identity,
      smartHost: made.smartHost,
      relay: { ...relay.args, ...(hostName !== undefined && { hostName }) },
    };
    faults.push(...mailRelayPasswordFaults(made), ...under("relay", relay.faults));
    const own = renamed(mailRelayFaults(name, args), { endpoint: "smartHost" }, "smartHost", made);
    const isRelays = ({ path }: Fault) => path.startsWith("relay.");
    const inside = own.filter(isRelays).map((each) => ({ ...each, path: each.path.slice("relay.".length) }));
    const all = [...own.filter((each) => !isRelays(each)), ...under("relay", relay.rename(inside))];
    refuse(subject, withOwn(faults, all));
    const component = declare(() => new MailRelay(name, args, opts));
    const {
      host: address,
      port,
      securityGroupId,
      instanceId,
      region,
      userData,
      records: published,
    } = component;
    return {
      urn: component.urn,
      state: { host: address, port, securityGroupId, instanceId, region, userData, records: published },
    };
  },
};

/** A MailRelay has one password: SendGrid's it makes, and any other it takes as a text. */
function mailRelayPasswordFaults(made: ReturnType<typeof smartHostOf>): Fault[] {
  const path = passwordPath("smartHost", made);
  const alone = "give PostfixRelay and MailDns instead";
  if (made.kind === "internal") {
    const reason = "signs no mail, so that the domain's mail could not pass DMARC";
    return [{ path: "smartHost.internal", reason, next: `For such a host ${alone}.` }];
  }
  if (made.kind === "sendgrid") {
    const reason = "is for a relay by itself: MailRelay makes a key that can only send";
    return made.password === undefined ? [] : [{ path, reason, next: `Leave it out, or ${alone}.` }];
  }
  if (made.password === undefined) return [{ path, reason: "is missing", next: "Give the SASL password." }];
  if (path !== "smartHost.passwordSecret") return [];
  const reason = "is for a relay by itself, its fallbacks and its routes";
  return [{ path, reason, next: `Give the password as a text, or ${alone}.` }];
}

const mailDns: PackagedComponent = {
  description:
    "The DNS records with which a domain's mail authenticates: SPF, DKIM, DMARC and the return path.",
  arguments: MailDnsArguments,
  outputs: z.object({
    domain: z.string().meta({ description: "The domain in A-labels." }),
    records,
    zoneText: z.string().meta({ description: "The records as lines of a zone file (RFC 1035 section 5.1)." }),
    table: z.string().meta({ description: "The records as a table, for a person who publishes them." }),
  }),
  construct: async (name, inputs, opts) => {
    const subject = `MailDns "${name}"`;
    const given = checked(subject, await readArguments(MailDnsArguments, inputs));
    const { domain, records: asked, spf, sender } = given;
    const settings = { domain, records: asked, spf, sender, dmarc: dmarcOf(given.dmarc) };
    const faults: Fault[] = [];
    const publication = publicationOf(given, faults);
    const reportDomains = Object.keys(publication.reportHosts ?? {});
    refuse(subject, withOwn(faults, planMailDns({ ...settings, reportDomains }).faults));
    const component = declare(() => new MailDns(name, { ...settings, ...publication }, opts));
    const { records: all, zoneText, table } = component;
    return { urn: component.urn, state: { domain: component.domain, records: all, zoneText, table } };
  },
};

const postfixRelay: PackagedComponent = {
  description:
    "A virtual server on EC2 whose Postfix relays to a smart host, with its queue on a volume of its own.",
  arguments: PostfixRelayArguments,
  outputs: z.object(relayOutputs),
  construct: async (name, inputs, opts) => {
    const subject = `PostfixRelay "${name}"`;
    const given = checked(subject, await readArguments(PostfixRelayArguments, inputs));
    const faults: Fault[] = [];
    const { hostName, smartHost: host, ...server } = given;
    const made = smartHostOf(host, "smartHost", faults);
    const relay = relayServerOf(server);
    const { endpoint, password } = made;
    const args: PostfixRelayArgs = { ...relay.args, hostName, smartHost: endpoint, password };
    faults.push(...relay.faults);
    const place = { endpoint: "smartHost", password: "password" };
    const own = relay.rename(renamed(postfixRelayFaults(name, args), place, "smartHost", made));
    refuse(subject, withOwn(faults, own));
    const component = declare(() => new PostfixRelay(name, args, opts));
    const { host: address, port, securityGroupId, instanceId, region, userData } = component;
    return {
      urn: component.urn,
      state: { host: address, port, securityGroupId, instanceId, region, userData },
    };
  },
};

/** The faults of the form, and the component's own but for those that only say what follows from the form. */
function withOwn(form: readonly Fault[], own: readonly Fault[]): Fault[] {
  const follows = ({ path }: Fault) =>
    form.some(
      ({ path: cause }) => path === cause || path.startsWith(`${cause}.`) || path.startsWith(`${cause}[`),
    );
  return [...form, ...own.filter((each) => !follows(each))];
}

/** Declares a component, whose refusal then speaks of the properties as this package has them. */
function declare<Component>(make: () => Component): Component {
  try {
    return make();
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) throw error;
    throw new pulumi.RunError(error.message.replaceAll("set dmarc to false", "set dmarc.publish to false"));
  }
}

/** The arguments, or one error with all faults. */
function checked<Arguments>(subject: string, read: ReadArguments<Arguments>): Arguments {
  if ("arguments" in read) return read.arguments;
  refuse(subject, read.faults);
  throw new Error(`${subject}: unreadable`);
}

/** The components of the package by their type tokens, which are those that TypeScript programs make. */
export const COMPONENTS: ReadonlyMap<string, PackagedComponent> = new Map([
  ["smarthost:index:MailDns", mailDns],
  ["smarthost:index:MailRelay", mailRelay],
  ["smarthost:index:PostfixRelay", postfixRelay],
]);
