import * as pulumi from "@pulumi/pulumi";
import type { RelayAddress } from "../postfix-relay/aws/address";
import type { RelayAlarms } from "../postfix-relay/aws/monitoring";
import type { RelayServerArgs } from "../postfix-relay/aws/server-args";
import type { DrainSettings } from "../postfix-relay/server/drain";

/** How many servers there are. */
export interface FleetSize {
  /** At least so many; 1 to 100. Default 2. */
  min?: number;
  /** At most so many; `min` to 100. Default 6, or `min` where that is more. */
  max?: number;
}

/** When servers are added; they go again when there is less to do. */
export interface FleetScaling {
  /** Of the processors of all servers, on average, in percent. 10 to 90, default 60. */
  cpuPercent?: number;
  /**
   * Messages that a server is delivering, on average. 10 to 20,000, default 500. Mail that waits for another try is not
   * counted, and none while nothing is delivered: it waits for the smart host, and more servers would not help.
   */
  activeMessages?: number;
}

/** What a fleet of relays is made from. Metrics are always on, because it scales by them. */
export interface PostfixRelayFleetArgs
  extends Omit<RelayServerArgs, "image" | "metrics" | "submission" | "upgrades"> {
  /**
   * The subnets that servers and balancer stand in: at least two, of one VPC, each in another zone. They need a way out to
   * the smart host, AWS and Debian's packages, such as a NAT gateway.
   */
  subnetIds: pulumi.Input<string>[];
  size?: FleetSize;
  scaling?: FleetScaling;
  /** Size of each server's queue volume in GiB, 1 to 16,384. Default 8. */
  queueVolumeSize?: number;
  /**
   * How long a server that is to go tries to get rid of its mail, in seconds: 60 to 28,800. Default 900. What is left then
   * stays on its volume.
   */
  drainSeconds?: number;
  /**
   * The image that servers are launched from: its id, or `resolve:ssm:` and the name of a parameter that has it. Default:
   * Debian's parameter of the newest image of that release and architecture. EC2 reads a parameter at each launch, so a new
   * server has the image, and with it the kernel, of that day. The preview reads it too, and refuses an image that the region
   * does not have or that the instance type cannot boot.
   */
  image?: string;
  /**
   * The age at which the group replaces a server, in whole days: 1 to 365. Default 7. It does so one after the other, each
   * new server before an old one goes, because no server of a fleet restarts by itself.
   */
  maxLifetimeDays?: number;
  /**
   * Security upgrades from Debian's security archive only, every day, without a restart. Default: on. False leaves the
   * image's own way.
   */
  upgrades?: false;
  /**
   * A name in Route 53 that leads to the balancer, as a CNAME record. Default: none, and clients use the balancer's own
   * name, which changes when the balancer is replaced.
   */
  address?: RelayAddress;
  /** Tells an SNS topic what goes wrong with the queues, the login, the disks and the servers. Default: no alarm. */
  alarms?: RelayAlarms;
}

/** The name of the group's hook, by which a server gets the time to hand its mail over. */
export const DRAIN_HOOK = "drain";

/** The arguments with what they are where they are left out. */
export function fleetDefaults(args: PostfixRelayFleetArgs) {
  const { min = 2, max = Math.max(min, 6) } = args.size ?? {};
  const { cpuPercent = 60, activeMessages = 500 } = args.scaling ?? {};
  const { queueVolumeSize = 8, drainSeconds = 900, maxLifetimeDays = 7 } = args;
  return { min, max, cpuPercent, activeMessages, queueVolumeSize, drainSeconds, maxLifetimeDays };
}

/**
 * The arguments of the fleet's servers. None restarts by itself: all would at the same minute, and a restart takes longer
 * than the balancer waits before it calls a server unhealthy.
 */
export function fleetServerArgs(args: PostfixRelayFleetArgs): RelayServerArgs {
  const upgrades = args.upgrades === false ? (false as const) : { rebootAt: false as const };
  return { ...args, image: undefined, metrics: true, submission: undefined, upgrades };
}

/**
 * The Auto Scaling group's name, fixed so that the servers' user data and role have it before there is a group. It is the
 * account's and the region's, so it has project and stack in it.
 */
export function groupName(name: string): string {
  return `smarthost-${pulumi.getProject()}-${pulumi.getStack()}-${name}`
    .replace(/[^A-Za-z0-9_-]/g, "-")
    .slice(0, 255);
}

/** How the fleet's servers come to their end. */
export function fleetDrain(name: string, args: PostfixRelayFleetArgs): DrainSettings {
  return { group: groupName(name), hook: DRAIN_HOOK, limitSeconds: fleetDefaults(args).drainSeconds };
}
