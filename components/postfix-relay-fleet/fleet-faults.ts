import type { Fault } from "../faults";
import { addressFaults } from "../postfix-relay/aws/address";
import { alarmFaults } from "../postfix-relay/aws/alarms";
import { imageFaults } from "../postfix-relay/aws/image";
import { relaySettings, serverFaults } from "../postfix-relay/aws/server-args";
import { drainFaults } from "../postfix-relay/server/drain";
import { userDataFaults } from "../postfix-relay/user-data";
import { fleetDefaults, fleetDrain, fleetServerArgs, type PostfixRelayFleetArgs } from "./fleet-args";

/** AWS's limit for a balancer's name is 32 characters; Pulumi adds 8, and the fleet a suffix of 4. */
const LONGEST_NAME = 20;

/** Everything that is wrong with the arguments, found before any look-up. */
export function postfixRelayFleetFaults(name: string, args: PostfixRelayFleetArgs): Fault[] {
  const faults = [
    ...nameFaults(name),
    ...subnetCountFaults(args.subnetIds),
    ...numberFaults(args),
    ...noticeFaults(args),
    ...addressFaults(args.address),
    ...monitoringFaults(args),
    ...imageFaults(args.image, { parameter: true }),
    ...serverFaults(name, fleetServerArgs(args)),
  ];
  return faults.length > 0 ? faults : drainedFaults(name, args);
}

/** Names of balancers and target groups: letters, digits and hyphens (ELB API, CreateLoadBalancer). */
function nameFaults(name: string): Fault[] {
  if (/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name) && name.length <= LONGEST_NAME) {
    return [];
  }
  const reason = `is not a name of 1 to ${LONGEST_NAME} letters, digits and inner hyphens, as a balancer needs`;
  return [{ path: "name", value: name, reason, next: "Give the component a short name, such as mail." }];
}

function subnetCountFaults(subnetIds: readonly unknown[]): Fault[] {
  if (subnetIds.length >= 2) {
    return [];
  }
  const reason = `has ${subnetIds.length === 1 ? "1 subnet" : "no subnet"}, and a fleet stands in two zones or more`;
  return [{ path: "subnetIds", reason, next: "Give subnets of two zones, or use a PostfixRelay." }];
}

function numberFaults(args: PostfixRelayFleetArgs): Fault[] {
  const { min, max, cpuPercent, activeMessages, queueVolumeSize, drainSeconds, maxLifetimeDays } =
    fleetDefaults(args);
  const checks: [path: string, value: number, least: number, most: number, next: string][] = [
    ["size.min", min, 1, 100, "Leave it out for 2."],
    ["size.max", max, Number.isInteger(min) ? min : 1, 100, "Give at least size.min."],
    ["scaling.cpuPercent", cpuPercent, 10, 90, "Leave it out for 60."],
    ["scaling.activeMessages", activeMessages, 10, 20_000, "Leave it out for 500."],
    ["queueVolumeSize", queueVolumeSize, 1, 16_384, "Leave it out for 8."],
    ["drainSeconds", drainSeconds, 60, 28_800, "Leave it out for 900."],
    ["maxLifetimeDays", maxLifetimeDays, 1, 365, "Leave it out for 7."],
  ];
  return checks
    .filter(([, value, least, most]) => !(Number.isInteger(value) && value >= least && value <= most))
    .map(([path, value, least, most, next]) => {
      return {
        path,
        value: String(value),
        reason: `is not a whole number from ${least} to ${most}`,
        next,
      };
    });
}

/**
 * A notice that is handed over comes to another server as a client's message, so its sender is held to `senders`. In the
 * relay that made it, it is not.
 */
function noticeFaults({ bounceAddress, senders }: PostfixRelayFleetArgs): Fault[] {
  const domain = bounceAddress?.slice(bounceAddress.lastIndexOf("@") + 1).toLowerCase();
  if (domain === undefined || senders === undefined) {
    return [];
  }
  const reason = "is not of the domains in senders, so that a notice could not be handed to another server";
  const next = `Add ${domain} to senders, or give an address of one of them.`;
  return senders.some((sender) => sender.toLowerCase() === domain)
    ? []
    : [{ path: "bounceAddress", value: bounceAddress, reason, next }];
}

function monitoringFaults({ alarms }: PostfixRelayFleetArgs): Fault[] {
  if (alarms === undefined) {
    return [];
  }
  const { topicArn, ...thresholds } = alarms;
  return alarmFaults(typeof topicArn === "string" ? { topicArn, ...thresholds } : thresholds);
}

/** With what the end of a server adds to its user data. */
function drainedFaults(name: string, args: PostfixRelayFleetArgs): Fault[] {
  const where = { clients: args.clients ?? ["10.0.0.0/8"], region: "eu-central-1", secrets: {} };
  const settings = { ...relaySettings(name, fleetServerArgs(args), where), drain: fleetDrain(name, args) };
  return [...drainFaults(settings), ...userDataFaults(settings)];
}
