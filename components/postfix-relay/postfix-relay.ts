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
import { architectureOf, DEBIAN_OWNER, imageNamePattern } from "./image";
import { findNetwork, subnetInZone } from "./network";
import { checkRelaySettings, passwordFaults, type RelaySettings } from "./settings";
import { renderUserData, userDataFaults } from "./user-data";

export interface PostfixRelayArgs {
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
  /** Where the relay's own notices about undeliverable mail go. */
  bounceAddress?: string;
  /** Installs the vendor's SSM agent, for a shell without a shell port. Default: no agent. */
  ssmAgent?: RelaySettings["ssmAgent"];
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
  /** The address that clients send to. */
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
        description: `SMTP password of ${args.hostName} at ${args.smartHost.host}`,
      },
      parent,
    );
    const role = new Role(
      `${name}-role`,
      { description: `Lets ${args.hostName} read its SMTP password`, assumeRolePolicy: assumedByEc2() },
      parent,
    );
    const policy = new RolePolicy(
      `${name}-read-password`,
      { role: role.name, policy: mayRead(parameterName, region, parent) },
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
        tags: { Name: `mail queue of ${args.hostName}` },
      },
      // Mail is in it: the volume stays in the zone where it was made, whatever a later look-up answers.
      { ...parent, ignoreChanges: ["availabilityZone"] },
    );
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
        rootBlockDevice: { encrypted: true, volumeType: "gp3" },
        userData: this.userData,
        userDataReplaceOnChange: true,
        tags: { Name: args.hostName },
      },
      {
        ...parent,
        dependsOn: [policy, password, ...wayOut],
        ignoreChanges: args.image === undefined ? ["ami"] : [],
      },
    );
    new VolumeAttachment(
      `${name}-queue-attachment`,
      {
        instanceId: server.id,
        volumeId: queue.id,
        deviceName: "/dev/sdf",
        stopInstanceBeforeDetaching: true,
      },
      // The volume leaves the old server, which stops in order first, before the new one can have it.
      { ...parent, deleteBeforeReplace: true },
    );

    this.host = server.privateIp;
    this.securityGroupId = group.id;
    this.registerOutputs({ host: this.host, port: this.port, securityGroupId: this.securityGroupId });
  }
}

/** Everything that is wrong with the arguments, found before any look-up. */
export function postfixRelayFaults(name: string, args: PostfixRelayArgs): Fault[] {
  // What the look-ups will bring is filled in with values that pass.
  const settings = relaySettings(name, args, args.clients ?? ["10.0.0.0/8"], "eu-central-1");
  const faults = checkRelaySettings(settings);
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
    ssmAgent: args.ssmAgent,
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

/** The one thing that the server may do: read its own parameter. The ARN is known before the parameter is. */
function mayRead(
  parameterName: string,
  region: Promise<GetRegionResult>,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  return pulumi.all([getCallerIdentity({}, opts), region]).apply(([{ arn, accountId }, { region: here }]) => {
    // The partition (aws, aws-cn, aws-us-gov) is the same in every ARN of an account.
    const [, partition] = arn.split(":");
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "ssm:GetParameter",
          Resource: `arn:${partition}:ssm:${here}:${accountId}:parameter${parameterName}`,
        },
      ],
    });
  });
}
