import { Volume } from "@pulumi/aws/ebs/volume";
import { getAmi } from "@pulumi/aws/ec2/getAmi";
import { Instance } from "@pulumi/aws/ec2/instance";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { type GetRegionResult, getRegion } from "@pulumi/aws/getRegion";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../faults";
import { refuse } from "../refuse";
import type { SmartHostEndpoint } from "../smart-hosts/smart-host";
import { addressFaults, declareAddress, type RelayAddress } from "./address";
import { alarmFaults } from "./alarms";
import { checkedKey, keyFaults, keyOfQueue, refuseKeyTakenAway } from "./customer-key";
import { architectureOf, DEBIAN_OWNER, imageNamePattern } from "./image";
import { metricsParameter } from "./metrics";
import { declareMonitoring, type RelayAlarms } from "./monitoring";
import { findNetwork, subnetInZone } from "./network";
import { renderPermissions } from "./permissions";
import { checkRelaySettings, passwordFaults, type RelaySettings } from "./settings";
import { renderUserData, userDataFaults } from "./user-data";

export interface PostfixRelayArgs
  extends Pick<RelaySettings, "bounceAddress" | "senders" | "masquerade" | "hideClients" | "ssmAgent"> {
  /** The relay's own name, which it says in HELO, such as relay.example.com. */
  hostName: string;
  /** The host that takes all mail. */
  smartHost: SmartHostEndpoint;
  /** The SASL password. Goes into an SSM SecureString, never into user data. */
  password: pulumi.Input<string>;
  /** CIDR ranges that may relay. Default: the VPC's own range. 0.0.0.0/0 is refused. */
  clients?: string[];
  /** Default: the default VPC's first default subnet (by zone id) in whose zone the instance type is offered. */
  subnetId?: pulumi.Input<string>;
  /** Default `t4g.micro`. */
  instanceType?: string;
  /** The Debian release, 13 by default. */
  debian?: 12 | 13;
  /**
   * An image of that release to use. Left out, the newest is looked up once and then kept: a newer one never
   * replaces a running relay by surprise.
   */
  image?: string;
  /** Size of the queue volume in GiB, 8 by default. */
  queueVolumeSize?: number;
  /**
   * A name in Route 53 that always leads to the server, for clients that are to keep one name when the server is
   * replaced. Default: none, and clients use the server's private address, which changes then.
   */
  address?: RelayAddress;
  /**
   * The ARN of a customer managed KMS key for the password's parameter and both disks, given when the relay is made: the
   * queue volume keeps its key for life, so another one, or none, is refused later. Default: AWS's own keys.
   */
  kmsKeyId?: pulumi.Input<string>;
  /** Sends metrics to CloudWatch every minute, in the namespace `Smarthost`. Default false. */
  metrics?: boolean;
  /**
   * Tells an SNS topic what goes wrong with the queue, the login, the disk and the server, and has EC2 recover the server
   * from failing hardware. Turns metrics on. Default: no alarm.
   */
  alarms?: RelayAlarms;
}

/** The ports on which the relay takes mail from its clients. */
const CLIENT_PORTS = [25, 587];
/** What a server needs at boot besides the smart host: Debian's mirror and AWS's interfaces. */
const BOOTSTRAP_PORTS: [port: number, purpose: string][] = [
  [80, "Debian packages"],
  [443, "AWS API: the SMTP password"],
];
const DEFAULT_RELEASE = 13;
const ANYWHERE = "0.0.0.0/0";

/** A virtual server on EC2 whose Postfix relays to a smart host, with its queue on a volume of its own. */
export class PostfixRelay extends pulumi.ComponentResource {
  /** What clients send to: the name of `address`, or without one the server's private address. */
  readonly host: pulumi.Output<string>;
  /** The port for clients; the relay listens on 25 too. */
  readonly port: number = 587;
  readonly securityGroupId: pulumi.Output<string>;
  /** What the server boots from: no secret in it. */
  readonly userData: pulumi.Output<string>;

  constructor(name: string, args: PostfixRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:PostfixRelay", name, {}, opts);
    const parent = { parent: this };
    const instanceType = args.instanceType ?? "t4g.micro";
    const debian = args.debian ?? DEFAULT_RELEASE;
    const architecture = architectureOf(instanceType);
    const parameterName = passwordParameter(name);
    refuse(`PostfixRelay "${name}"`, postfixRelayFaults(name, args));

    const network = findNetwork(args.subnetId, instanceType, parent);
    const region = getRegion({}, parent);
    const kmsKeyId = checkedKey(`PostfixRelay "${name}"`, args.kmsKeyId, region);
    const clients = network.apply(({ vpcRange }) => args.clients ?? [vpcRange]);
    this.userData = pulumi
      .all([clients, region])
      .apply(([ranges, { region: here }]) => renderUserData(relaySettings(name, args, ranges, here)));

    const password = new Parameter(
      `${name}-password`,
      {
        name: parameterName,
        type: "SecureString",
        value: pulumi.secret(args.password).apply((password) => {
          refuse(`PostfixRelay "${name}"`, passwordFaults(password, "password"));
          return password;
        }),
        keyId: kmsKeyId,
        description: `SMTP password of ${args.hostName} at ${args.smartHost.host}`,
      },
      parent,
    );
    const metrics = declareMetrics(name, args, region, parent);
    const role = new Role(
      `${name}-role`,
      { description: `Lets ${args.hostName} read its SMTP password`, assumeRolePolicy: assumedByEc2() },
      parent,
    );
    const policy = new RolePolicy(
      `${name}-read-password`,
      { role: role.name, policy: permissions(name, args, kmsKeyId, region, parent) },
      parent,
    );
    const profile = new InstanceProfile(`${name}-profile`, { role: role.name }, parent);

    const group = new SecurityGroup(
      `${name}-group`,
      { vpcId: network.vpcId, description: "SMTP from clients in, to the smart host out" },
      parent,
    );
    const ranges = args.clients ?? [undefined];
    for (const range of ranges) {
      for (const port of CLIENT_PORTS) {
        new SecurityGroupIngressRule(
          `${name}-in-${port}-${range ?? "vpc"}`,
          {
            securityGroupId: group.id,
            cidrIpv4: range ?? network.vpcRange,
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
            description: "SMTP from clients",
          },
          parent,
        );
      }
    }
    const wayOut = [...outgoingPorts(args.smartHost)].map(
      ([port, purpose]) =>
        new SecurityGroupEgressRule(
          `${name}-out-${port}`,
          {
            securityGroupId: group.id,
            cidrIpv4: ANYWHERE,
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
            description: purpose,
          },
          parent,
        ),
    );

    const queue = new Volume(
      `${name}-queue`,
      {
        availabilityZone: network.zone,
        size: args.queueVolumeSize ?? 8,
        type: "gp3",
        encrypted: true,
        kmsKeyId,
        tags: { Name: `mail queue of ${args.hostName}` },
      },
      // Mail is in it: the volume stays in the zone where it was made, whatever a later look-up answers, and keeps its key.
      { ...parent, ignoreChanges: ["availabilityZone", "kmsKeyId"] },
    );
    const queueKey =
      kmsKeyId &&
      pulumi.all([kmsKeyId, queue.kmsKeyId]).apply(([wanted, actual]) => keyOfQueue(wanted, actual));
    const server = new Instance(
      // Another release or architecture needs another image, so it is another server, not the kept image.
      `${name}-debian${debian}-${architecture}`,
      {
        ami: args.image ?? newestImage(debian, architecture, parent),
        instanceType,
        subnetId: pulumi
          .all([network, queue.availabilityZone])
          .apply(([found, zone]) => subnetInZone(found, zone)),
        associatePublicIpAddress: args.subnetId === undefined,
        vpcSecurityGroupIds: [group.id],
        iamInstanceProfile: profile.name,
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: { encrypted: true, volumeType: "gp3", kmsKeyId: queueKey },
        userData: this.userData,
        userDataReplaceOnChange: true,
        tags: { Name: args.hostName },
      },
      {
        ...parent,
        dependsOn: [policy, password, ...metrics, ...wayOut],
        ignoreChanges: args.image === undefined ? ["ami"] : [],
      },
    );
    const attachment = new VolumeAttachment(
      `${name}-queue-attachment`,
      {
        instanceId: server.id,
        volumeId: pulumi.all([queue.id, kmsKeyId, password.keyId]).apply(([id, wanted, actual]) => {
          refuseKeyTakenAway(wanted, actual);
          return id;
        }),
        deviceName: "/dev/sdf",
        stopInstanceBeforeDetaching: true,
      },
      // The volume leaves the old server, which stops in order first, before the new one can have it.
      { ...parent, deleteBeforeReplace: true },
    );

    this.host =
      args.address === undefined
        ? server.privateIp
        : // The name moves after the queue: until then the new server takes no mail.
          declareAddress(`PostfixRelay "${name}"`, `${name}-address`, args.address, server.privateIp, {
            ...parent,
            dependsOn: [attachment],
          });
    if (args.alarms !== undefined) {
      const relay = {
        subject: `PostfixRelay "${name}"`,
        hostName: args.hostName,
        instanceId: server.id,
        region: region.then(({ region: here }) => here),
      };
      declareMonitoring(name, relay, args.alarms, parent);
    }
    this.securityGroupId = group.id;
    this.registerOutputs({ host: this.host, port: this.port, securityGroupId: this.securityGroupId });
  }
}

/** Everything that is wrong with the arguments, found before any look-up. */
export function postfixRelayFaults(name: string, args: PostfixRelayArgs): Fault[] {
  // What the look-ups will bring is filled in with values that pass.
  const settings = relaySettings(name, args, args.clients ?? ["10.0.0.0/8"], "eu-central-1");
  const faults = [...checkRelaySettings(settings), ...addressFaults(args.address)];
  if (typeof args.kmsKeyId === "string") {
    faults.push(...keyFaults(args.kmsKeyId));
  }
  if (args.alarms !== undefined) {
    const { topicArn, ...thresholds } = args.alarms;
    faults.push(...alarmFaults(typeof topicArn === "string" ? { topicArn, ...thresholds } : thresholds));
  }
  return faults.length > 0 ? faults : userDataFaults(settings);
}

function relaySettings(
  name: string,
  args: PostfixRelayArgs,
  clients: string[],
  region: string,
): RelaySettings {
  return {
    hostName: args.hostName,
    clients,
    smartHost: args.smartHost,
    credential: { source: "ssm", parameterName: passwordParameter(name), region },
    debian: args.debian ?? DEFAULT_RELEASE,
    bounceAddress: args.bounceAddress,
    senders: args.senders,
    masquerade: args.masquerade,
    hideClients: args.hideClients,
    ssmAgent: args.ssmAgent,
    metrics: args.metrics === true || args.alarms !== undefined ? true : undefined,
  };
}

/** Below a prefix of our own: Parameter Store reserves names that begin with aws or ssm, and a project may. */
function passwordParameter(name: string): string {
  return `/smarthost/${pulumi.getProject()}/${pulumi.getStack()}/${name}/password`;
}

/** Ports and what they are for; a smart host on one of the bootstrap ports shares its rule. */
function outgoingPorts({ host, port }: SmartHostEndpoint): Map<number, string> {
  return new Map([...BOOTSTRAP_PORTS, [port, `SMTP to ${host}`]]);
}

function newestImage(
  debian: 12 | 13,
  architecture: "amd64" | "arm64",
  opts: pulumi.InvokeOptions,
): Promise<string> {
  const filters = [{ name: "name", values: [imageNamePattern(debian, architecture)] }];
  return getAmi({ owners: [DEBIAN_OWNER], mostRecent: true, filters }, opts).then(({ id }) => id);
}

function assumedByEc2(): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
}

/** The script that sends the metrics, to read in the preview; the server runs it only with the checksum in its user data. */
function declareMetrics(
  name: string,
  args: PostfixRelayArgs,
  region: Promise<GetRegionResult>,
  opts: pulumi.CustomResourceOptions,
): Parameter[] {
  // Nothing but the region decides about the script, so that the clients do not matter.
  const parameterIn = (here: string) => metricsParameter(relaySettings(name, args, [], here));
  const known = parameterIn("");
  return known === undefined
    ? []
    : [
        new Parameter(
          `${name}-metrics`,
          {
            name: known.name,
            type: "String",
            insecureValue: region.then(({ region: here }) => parameterIn(here)?.value ?? ""),
            description: `Script by which ${args.hostName} sends its metrics`,
          },
          opts,
        ),
      ];
}

/** The role's policy. The parameter's ARN is known before the parameter is. */
function permissions(
  name: string,
  args: PostfixRelayArgs,
  kmsKeyId: pulumi.Output<string> | undefined,
  region: Promise<GetRegionResult>,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  return pulumi
    .all([getCallerIdentity({}, opts), region, kmsKeyId])
    .apply(([{ arn, accountId }, { region: here }, key]) => {
      // The partition is the same in every ARN of an account.
      const [, partition = "aws"] = arn.split(":");
      return renderPermissions({
        ...{ partition, region: here, accountId, kmsKeyId: key },
        parameterName: passwordParameter(name),
        metricsParameterName: metricsParameter(relaySettings(name, args, [], here))?.name,
      });
    });
}
