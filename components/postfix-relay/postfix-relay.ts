import { Volume } from "@pulumi/aws/ebs/volume";
import { Instance } from "@pulumi/aws/ec2/instance";
import { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment";
import { getRegion } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../faults";
import { refuse } from "../refuse";
import { addressFaults, declareAddress, type RelayAddress } from "./aws/address";
import { alarmFaults } from "./aws/alarms";
import { checkedKey, keyOfQueue, refuseKeyTakenAway } from "./aws/customer-key";
import { architectureOf } from "./aws/image";
import { declareMonitoring, type RelayAlarms } from "./aws/monitoring";
import { findNetwork, subnetInZone } from "./aws/network";
import { declareAccess } from "./aws/server-access";
import {
  clientRanges,
  DEFAULT_INSTANCE_TYPE,
  DEFAULT_RELEASE,
  type RelayServerArgs,
  relaySettings,
  serverFaults,
} from "./aws/server-args";
import { declareFirewall } from "./aws/server-firewall";
import { imageById, newestImage } from "./aws/server-image";
import { renderUserData } from "./user-data";

export interface PostfixRelayArgs extends RelayServerArgs {
  /** Default: the default VPC's first default subnet (by zone id) in whose zone the instance type is offered. */
  subnetId?: pulumi.Input<string>;
  /** Size of the queue volume in GiB, 8 by default. */
  queueVolumeSize?: number;
  /**
   * A name in Route 53 that always leads to the server, for clients that are to keep one name when the server is
   * replaced. Default: none, and clients use the server's private address, which changes then.
   */
  address?: RelayAddress;
  /**
   * Tells an SNS topic what goes wrong with the queue, the login, the disk and the server, has EC2 recover the server from
   * failing hardware, and makes a dashboard. Turns metrics on. Default: no alarm.
   */
  alarms?: RelayAlarms;
}

/** A virtual server on EC2 whose Postfix relays to a smart host, with its queue on a volume of its own. */
export class PostfixRelay extends pulumi.ComponentResource {
  /** What clients send to: the name of `address`, or without one the server's private address. */
  readonly host: pulumi.Output<string>;
  /** The port for clients; the relay listens on 25 too. */
  readonly port: number = 587;
  readonly securityGroupId: pulumi.Output<string>;
  /** The server's id, another one after a replacement. */
  readonly instanceId: pulumi.Output<string>;
  /** The region in which it is. */
  readonly region: pulumi.Output<string>;
  /** What the server boots from: no secret in it. */
  readonly userData: pulumi.Output<string>;

  constructor(name: string, args: PostfixRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:PostfixRelay", name, {}, opts);
    const subject = `PostfixRelay "${name}"`;
    const parent = { parent: this };
    const instanceType = args.instanceType ?? DEFAULT_INSTANCE_TYPE;
    const debian = args.debian ?? DEFAULT_RELEASE;
    const architecture = architectureOf(instanceType);
    refuse(subject, postfixRelayFaults(name, args));

    const network = findNetwork(args.subnetId, instanceType, parent);
    const region = getRegion({}, parent);
    const kmsKeyId = checkedKey(subject, args.kmsKeyId, region);
    const serverArgs = withMetrics(args);
    const access = declareAccess(subject, name, serverArgs, { kmsKeyId, region }, parent);
    this.userData = pulumi
      .all([network, region, access.secrets])
      .apply(([{ vpcRange }, { region: here }, secrets]) => {
        const clients = clientRanges(args, vpcRange);
        return renderUserData(relaySettings(name, serverArgs, { clients, region: here, secrets }));
      });

    const { group, wayOut } = declareFirewall(name, args, network, parent);

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
        ami:
          args.image === undefined
            ? newestImage(debian, architecture, parent)
            : imageById(subject, args.image, architecture, parent).then(({ id }) => id),
        instanceType,
        subnetId: pulumi
          .all([network, queue.availabilityZone])
          .apply(([found, zone]) => subnetInZone(found, zone)),
        associatePublicIpAddress: args.subnetId === undefined,
        vpcSecurityGroupIds: [group.id],
        iamInstanceProfile: access.profile,
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: { encrypted: true, volumeType: "gp3", kmsKeyId: queueKey },
        userData: this.userData,
        userDataReplaceOnChange: true,
        tags: { Name: args.hostName },
      },
      {
        ...parent,
        dependsOn: [...access.ready, ...wayOut],
        ignoreChanges: args.image === undefined ? ["ami"] : [],
      },
    );
    const attachment = new VolumeAttachment(
      `${name}-queue-attachment`,
      {
        instanceId: server.id,
        volumeId: pulumi.all([queue.id, kmsKeyId, access.password?.keyId]).apply(([id, wanted, actual]) => {
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
          declareAddress(subject, `${name}-address`, args.address, server.privateIp, {
            ...parent,
            dependsOn: [attachment],
          });
    if (args.alarms !== undefined) {
      const relay = {
        subject,
        hostName: args.hostName,
        instanceId: server.id,
        region: region.then(({ region: here }) => here),
      };
      declareMonitoring(name, relay, args.alarms, parent);
    }
    this.securityGroupId = group.id;
    this.instanceId = server.id;
    this.region = pulumi.output(region).region;
    const { host, port, securityGroupId, instanceId } = this;
    this.registerOutputs({ host, port, securityGroupId, instanceId, region: this.region });
  }
}

/** Everything that is wrong with the arguments, found before any look-up. */
export function postfixRelayFaults(name: string, args: PostfixRelayArgs): Fault[] {
  const faults = [...addressFaults(args.address)];
  if (args.alarms !== undefined) {
    const { topicArn, ...thresholds } = args.alarms;
    faults.push(...alarmFaults(typeof topicArn === "string" ? { topicArn, ...thresholds } : thresholds));
  }
  return [...serverFaults(name, withMetrics(args)), ...faults];
}

/** Alarms are on metrics. */
function withMetrics(args: PostfixRelayArgs): RelayServerArgs {
  return args.alarms === undefined ? args : { ...args, metrics: true };
}
