import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../faults";
import type { SmartHostEndpoint } from "../../smart-hosts/smart-host";
import type { Route } from "../postfix/routes";
import { type CredentialSource, passwordSuffix } from "../server/credential-source";
import { checkRelaySettings, passwordFaults, type RelaySettings } from "../settings";
import { userDataFaults } from "../user-data";
import { securityGroupFaults } from "./client-security-groups";
import { keyFaults } from "./customer-key";
import { imageFaults } from "./image";
import {
  isInSecretsManager,
  type KnownSecrets,
  type RelayPassword,
  relayPasswordFaults,
} from "./relay-password";
import { type ServerSubmission, submissionRangeFaults } from "./server-submission";
import { certificateFaults, usersFaults } from "./submission-values";

/** What a relay's servers on AWS are made from, however many there are. */
export interface RelayServerArgs
  extends Pick<
    RelaySettings,
    "bounceAddress" | "senders" | "masquerade" | "hideClients" | "clientLimits" | "upgrades" | "ssmAgent"
  > {
  /** The relay's own name, which it says in HELO, such as relay.example.com. */
  hostName: string;
  /** The host that takes all mail. */
  smartHost: SmartHostEndpoint;
  /**
   * The SASL password. A text goes into an SSM SecureString, never into user data. Left out for an internal host without a
   * login, and only then.
   */
  password?: RelayPassword;
  /**
   * Smart hosts that take the mail when the first cannot, in order, at most three; see `RelaySettings.fallbacks`. Each
   * password that is a text goes into an SSM SecureString of its own.
   */
  fallbacks?: FallbackSmartHost[];
  /**
   * Mail of some senders, or to some recipients, that leaves by another host; at most eight, see `RelaySettings.routes`.
   * Each password goes into an SSM SecureString of its own.
   */
  routes?: ServerRoute[];
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
  /** Lets clients outside of the ranges hand in mail with a login over TLS, on 587 and 465. Default: nobody logs in. */
  submission?: ServerSubmission;
  /** Default `t4g.micro`. */
  instanceType?: string;
  /** The Debian release, 13 by default. */
  debian?: 12 | 13;
  /**
   * An image of that release to use. One that the region does not have, or that the instance type cannot boot, is refused in
   * the preview. Left out, the newest is looked up once and then kept: a newer one never replaces a running relay by surprise.
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
  /** The SASL password there; secret. Left out for an internal host without a login, and only then. */
  password?: RelayPassword;
}

/** A route with its password. */
export interface ServerRoute extends Omit<Route, "credential">, FallbackSmartHost {}

/** A value that only the servers may read, and where they find it. */
export interface SecretValue {
  parameterName: string;
  /** Where the arguments have it, for messages. */
  path: string;
  password: RelayPassword;
  /** What it is, for whoever looks into Parameter Store. */
  description: string;
  /** Up to 8192 bytes instead of 4096, for which AWS charges. */
  tier?: "Advanced";
  /** What is wrong with the text. */
  check(text: string): Fault[];
}

export const DEFAULT_INSTANCE_TYPE = "t4g.micro";
export const DEFAULT_RELEASE = 13;
/** In place of one that only the run knows. */
const SOME_SECRET = { arn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:smtp-a1b2c3" };

/** What only look-ups know. */
export interface KnownToRelay {
  clients: string[];
  region: string;
  /** By `checkedSecrets`. */
  secrets: KnownSecrets;
}

/** The settings that the arguments make, with what only a look-up knows. */
export function relaySettings(
  name: string,
  args: RelayServerArgs,
  { clients, region, secrets }: KnownToRelay,
): RelaySettings {
  const sourceOf = (password: RelayPassword | undefined, parameterName: string): CredentialSource => {
    const secret = secrets[parameterName];
    return secret === undefined || password === undefined || !isInSecretsManager(password)
      ? { source: "ssm", parameterName, region }
      : { source: "secretsmanager", secretId: secret.arn, region, field: password.field };
  };
  const credentialOf = ({ password }: { password?: RelayPassword }, host: number | string) =>
    sourceOf(password, passwordParameter(name, host));
  const withCredential = (each: FallbackSmartHost, host: number | string) => ({
    endpoint: each.endpoint,
    credential: each.endpoint.user === undefined ? undefined : credentialOf(each, host),
  });
  const fallbacks = args.fallbacks?.map((fallback, index) => withCredential(fallback, index + 1));
  const routes = args.routes?.map(({ password: _, ...route }) => ({
    ...route,
    ...withCredential(route, route.name),
  }));
  return {
    hostName: args.hostName,
    clients,
    smartHost: args.smartHost,
    // Also where there is no login: it tells where on AWS the relay is.
    credential: credentialOf(args, 0),
    parameterPrefix: passwordParameter(name, 0),
    fallbacks: fallbacks?.length === 0 ? undefined : fallbacks,
    routes: routes?.length === 0 ? undefined : routes,
    debian: args.debian ?? DEFAULT_RELEASE,
    bounceAddress: args.bounceAddress,
    senders: args.senders,
    masquerade: args.masquerade,
    hideClients: args.hideClients,
    submission: args.submission && {
      users: sourceOf(args.submission.users, parameterOf(name, "submission-users")),
      certificate: sourceOf(args.submission.certificate, parameterOf(name, "submission-certificate")),
      serverName: args.submission.serverName,
      senders: args.submission.senders,
    },
    clientLimits: args.clientLimits,
    upgrades: args.upgrades,
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
  const passwords = secretValues(name, args);
  const settings = relaySettings(name, args, {
    clients: clientRanges(args, "10.0.0.0/8"),
    region: "eu-central-1",
    secrets: Object.fromEntries(passwords.map(({ parameterName }) => [parameterName, SOME_SECRET])),
  });
  const faults = [
    ...checkRelaySettings(settings).map(({ path, ...fault }) => ({
      ...fault,
      path: path.replace(/\bcredential\./, "password."),
    })),
    ...passwords.flatMap(({ password, path }) => relayPasswordFaults(password, path)),
    ...passwordPlaceFaults(args),
    ...(args.submission === undefined ? [] : submissionRangeFaults(args.submission)),
    ...securityGroupFaults(args.clientSecurityGroups),
    ...(typeof args.kmsKeyId === "string" ? keyFaults(args.kmsKeyId) : []),
    ...imageFaults(args.image, { parameter: false }),
  ];
  return faults.length > 0 ? faults : userDataFaults(settings);
}

/** All hosts that mail is handed on to. */
export function endpoints({ smartHost, fallbacks = [], routes = [] }: RelayServerArgs): SmartHostEndpoint[] {
  return [smartHost, ...[...fallbacks, ...routes].map(({ endpoint }) => endpoint)];
}

/**
 * All values that only the servers may read: the passwords of the hosts with a login, smart hosts in the order in which
 * Postfix tries them and then routes; then users and certificate of the submission ports.
 */
export function secretValues(name: string, args: RelayServerArgs): SecretValue[] {
  return [...smartHostPasswords(name, args), ...submissionValues(name, args)];
}

function smartHostPasswords(name: string, args: RelayServerArgs): SecretValue[] {
  return places(args).flatMap(({ endpoint, password, path, host }) =>
    endpoint.user === undefined || password === undefined
      ? []
      : [
          {
            ...{ password, path, parameterName: passwordParameter(name, host) },
            description: `SMTP password of ${args.hostName} at ${endpoint.host}`,
            check: (text: string) => passwordFaults(text, path),
          },
        ],
  );
}

function submissionValues(name: string, { submission, hostName }: RelayServerArgs): SecretValue[] {
  if (submission === undefined) {
    return [];
  }
  const { users, certificate, serverName = hostName } = submission;
  const [usersPath, certificatePath] = ["submission.users", "submission.certificate"];
  return [
    {
      ...{ password: users, path: usersPath, parameterName: parameterOf(name, "submission-users") },
      description: `Users who may log in at ${hostName}`,
      tier: "Advanced",
      check: (text) => usersFaults(text, usersPath),
    },
    {
      ...{
        password: certificate,
        path: certificatePath,
        parameterName: parameterOf(name, "submission-certificate"),
      },
      description: `Certificate of ${serverName}`,
      tier: "Advanced",
      check: (text) => certificateFaults(text, serverName, certificatePath, Date.now()),
    },
  ];
}

/** Passwords that are missing, and those for which there is no login. */
function passwordPlaceFaults(args: RelayServerArgs): Fault[] {
  return places(args).flatMap(({ endpoint, password, path }): Fault[] => {
    if ((endpoint.user === undefined) === (password === undefined)) {
      return [];
    }
    return password === undefined
      ? [{ path, reason: "is missing, and the host takes a login", next: "Give the SASL password." }]
      : [
          {
            path,
            reason: "is for a host without a login",
            next: "Remove it, or give the endpoint's user.",
          },
        ];
  });
}

function places(args: RelayServerArgs) {
  const { smartHost, password, fallbacks = [], routes = [] } = args;
  return [
    { endpoint: smartHost, password, path: "password", host: 0 },
    ...fallbacks.map((each, index) => ({ ...each, path: `fallbacks[${index}].password`, host: index + 1 })),
    ...routes.map((each, index) => ({ ...each, path: `routes[${index}].password`, host: each.name })),
  ];
}

/** @param host place in the list of smart hosts, from 0, or a route's name */
export function passwordParameter(name: string, host: number | string): string {
  return parameterOf(name, `password${passwordSuffix(host)}`);
}

/** Below a prefix of our own: Parameter Store reserves names that begin with aws or ssm, and a project may. */
function parameterOf(name: string, what: string): string {
  return `/smarthost/${pulumi.getProject()}/${pulumi.getStack()}/${name}/${what}`;
}
