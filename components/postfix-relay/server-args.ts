import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../faults";
import type { SmartHostEndpoint } from "../smart-hosts/smart-host";
import { securityGroupFaults } from "./client-security-groups";
import type { CredentialSource } from "./credential-source";
import { keyFaults } from "./customer-key";
import { checkRelaySettings, type RelaySettings } from "./settings";
import { userDataFaults } from "./user-data";

/** What a relay's servers on AWS are made from, however many there are. */
export interface RelayServerArgs
  extends Pick<RelaySettings, "bounceAddress" | "senders" | "masquerade" | "hideClients" | "ssmAgent"> {
  /** The relay's own name, which it says in HELO, such as relay.example.com. */
  hostName: string;
  /** The host that takes all mail. */
  smartHost: SmartHostEndpoint;
  /** The SASL password. Goes into an SSM SecureString, never into user data. */
  password: pulumi.Input<string>;
  /**
   * Smart hosts that take the mail when the first cannot, in order, at most three; see `RelaySettings.fallbacks`. Each
   * password goes into an SSM SecureString of its own.
   */
  fallbacks?: FallbackSmartHost[];
  /**
   * CIDR ranges that may relay. 0.0.0.0/0 is refused. Default: the VPC's own range, or with `clientSecurityGroups` no range
   * as a whole.
   */
  clients?: string[];
  /**
   * Security groups whose members may relay, each under a name that tells their rules apart: `{ app: group.id }`. The
   * relay's security group lets them in, and Postfix takes the VPC's range, because it sees addresses and no groups.
   * Members elsewhere, as in a peered VPC, need their range in `clients`. Default: none.
   */
  clientSecurityGroups?: Record<string, pulumi.Input<string>>;
  /** Default `t4g.micro`. */
  instanceType?: string;
  /** The Debian release, 13 by default. */
  debian?: 12 | 13;
  /**
   * An image of that release to use. Left out, the newest is looked up once and then kept: a newer one never
   * replaces a running relay by surprise.
   */
  image?: string;
  /**
   * The ARN of a customer managed KMS key for the passwords' parameters and the disks, given when the relay is made: a
   * queue volume keeps its key for life, so another one, or none, is refused later. Default: AWS's own keys.
   */
  kmsKeyId?: pulumi.Input<string>;
  /** Sends metrics to CloudWatch every minute, in the namespace `Smarthost`. Default false. */
  metrics?: boolean;
}

/** A smart host behind the first. */
export interface FallbackSmartHost {
  endpoint: SmartHostEndpoint;
  /** The SASL password there; secret. */
  password: pulumi.Input<string>;
}

/** A smart host with where the server finds its password, and what that is. */
export interface SmartHostPassword {
  endpoint: SmartHostEndpoint;
  parameterName: string;
  /** Where the arguments have it, for messages. */
  path: string;
  password: pulumi.Input<string>;
}

export const DEFAULT_INSTANCE_TYPE = "t4g.micro";
export const DEFAULT_RELEASE = 13;

/** The settings that the arguments make, with what only a look-up knows. */
export function relaySettings(
  name: string,
  args: RelayServerArgs,
  { clients, region }: { clients: string[]; region: string },
): RelaySettings {
  const credentialIn = ({ parameterName }: SmartHostPassword): CredentialSource => ({
    source: "ssm",
    parameterName,
    region,
  });
  const [first, ...others] = smartHostPasswords(name, args);
  const fallbacks = others.map((host) => ({ endpoint: host.endpoint, credential: credentialIn(host) }));
  return {
    hostName: args.hostName,
    clients,
    smartHost: args.smartHost,
    credential: credentialIn(first),
    fallbacks: fallbacks.length === 0 ? undefined : fallbacks,
    debian: args.debian ?? DEFAULT_RELEASE,
    bounceAddress: args.bounceAddress,
    senders: args.senders,
    masquerade: args.masquerade,
    hideClients: args.hideClients,
    ssmAgent: args.ssmAgent,
    metrics: args.metrics === true ? true : undefined,
  };
}

/** The ranges that Postfix takes mail from. */
export function clientRanges(
  { clients, clientSecurityGroups }: Pick<RelayServerArgs, "clients" | "clientSecurityGroups">,
  vpcRange: string,
): string[] {
  return clientSecurityGroups === undefined
    ? (clients ?? [vpcRange])
    : [...new Set([vpcRange, ...(clients ?? [])])];
}

/** Everything that is wrong with the arguments, found before any look-up. */
export function serverFaults(name: string, args: RelayServerArgs): Fault[] {
  // What the look-ups will bring is filled in with values that pass.
  const settings = relaySettings(name, args, {
    clients: clientRanges(args, "10.0.0.0/8"),
    region: "eu-central-1",
  });
  const faults = [
    ...checkRelaySettings(settings),
    ...securityGroupFaults(args.clientSecurityGroups),
    ...(typeof args.kmsKeyId === "string" ? keyFaults(args.kmsKeyId) : []),
  ];
  return faults.length > 0 ? faults : userDataFaults(settings);
}

/** All smart hosts with their passwords, in the order in which Postfix tries them. */
export function smartHostPasswords(
  name: string,
  { smartHost, password, fallbacks = [] }: RelayServerArgs,
): [SmartHostPassword, ...SmartHostPassword[]] {
  const parameterName = (index: number) => passwordParameter(name, index);
  return [
    { endpoint: smartHost, password, path: "password", parameterName: parameterName(0) },
    ...fallbacks.map((fallback, index) => ({
      ...fallback,
      path: `fallbacks[${index}].password`,
      parameterName: parameterName(index + 1),
    })),
  ];
}

/** Below a prefix of our own: Parameter Store reserves names that begin with aws or ssm, and a project may. */
function passwordParameter(name: string, index: number): string {
  const suffix = index === 0 ? "" : `-${index + 1}`;
  return `/smarthost/${pulumi.getProject()}/${pulumi.getStack()}/${name}/password${suffix}`;
}
