import type { Fault } from "../../faults";
import type { RelaySettings } from "../settings";
import { AWS_SESSION_FILE } from "./aws-session";
import { awsPlace } from "./credential-source";
import { drainScript } from "./drain-script";
import { renderUnit, type ServerFile } from "./file";
import { runScript, type ScriptParameter, scriptParameter } from "./script-parameter";

/** How a server of an Auto Scaling group comes to its end; see `drain-script.ts`. */
export interface DrainSettings {
  /** The group's name: letters, digits, - and _. */
  group: string;
  /** The name of the group's hook on `autoscaling:EC2_INSTANCE_TERMINATING`; the same characters. */
  hook: string;
  /** How long the server tries to get rid of its mail, in seconds: 60 to 28,800. */
  limitSeconds: number;
}

/** The device name under which a fleet's launch template has the queue volume. */
export const QUEUE_DEVICE = "/dev/sdf";

/** The unit that waits for the server's end. */
export const DRAIN_SERVICE = "smarthost-drain.service";

/** The SSM parameters, of type String, that the server reads for its end. Nothing in them is secret. */
export interface DrainParameters {
  script: ScriptParameter;
  /** Its value is the balancer's name, which nobody knows before there is one. */
  balancer: { name: string };
}

/** What the server reads for its end; undefined where it does not belong to a group. */
export function drainParameters(settings: RelaySettings): DrainParameters | undefined {
  const { drain } = settings;
  const place = awsPlace(settings);
  if (drain === undefined || place === undefined) {
    return undefined;
  }
  const { prefix, region } = place;
  const balancer = { name: `${prefix}.balancer` };
  const value = drainScript({
    ...drain,
    region,
    balancerParameter: balancer.name,
    queueDevice: QUEUE_DEVICE,
  });
  return { script: scriptParameter(`${prefix}.drain`, value), balancer };
}

/** The unit that waits for the server's end, and what it runs; nothing where the server does not belong to a group. */
export function drainFiles(settings: RelaySettings): ServerFile[] {
  const parameters = drainParameters(settings);
  const place = awsPlace(settings);
  return parameters !== undefined && place !== undefined
    ? [
        {
          path: "/usr/local/sbin/smarthost-drain",
          mode: "0755",
          content: launcher(parameters, place.region),
        },
        { path: `/etc/systemd/system/${DRAIN_SERVICE}`, mode: "0644", content: SERVICE },
      ]
    : [];
}

/** What is wrong with how the server ends; paths begin with `drain`. */
export function drainFaults(settings: RelaySettings): Fault[] {
  const { drain } = settings;
  if (drain === undefined) {
    return [];
  }
  const { group, hook, limitSeconds } = drain;
  const faults: Fault[] = [];
  if (awsPlace(settings) === undefined) {
    const reason = "is for a server on AWS, whose role reads SSM, and the password comes from elsewhere";
    faults.push({
      path: "drain",
      reason,
      next: "Leave it out, or keep the password in SSM or Secrets Manager.",
    });
  }
  for (const [path, value] of [
    ["drain.group", group],
    ["drain.hook", hook],
  ] as const) {
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(value)) {
      const reason = "is not a name of 1 to 255 letters, digits, - and _";
      faults.push({ path, value, reason, next: "Give the name that the group or hook has in AWS." });
    }
  }
  if (!(Number.isInteger(limitSeconds) && limitSeconds >= 60 && limitSeconds <= 28_800)) {
    faults.push({
      path: "drain.limitSeconds",
      value: String(limitSeconds),
      reason: "is not a whole number of seconds from 60 to 28800",
      next: "Give 900 for a quarter of an hour.",
    });
  }
  return faults;
}

const SERVICE = renderUnit({
  Unit: { Description: "Hand the mail over when the group ends this server" },
  Service: {
    ExecStart: "/usr/local/sbin/smarthost-drain",
    StateDirectory: "smarthost",
    StandardOutput: "journal+console",
    StandardError: "journal+console",
    Restart: "on-failure",
    RestartSec: "10",
  },
  Install: { WantedBy: "multi-user.target" },
});

/** Fetches the script once and runs it, with the functions of `aws-session.ts`. */
function launcher({ script }: DrainParameters, region: string): string {
  return `#!/bin/sh
# Fetches the script for the server's end, if it is not here yet, and runs it.
set -eu
. ${AWS_SESSION_FILE}
${runScript(script, region, "/var/lib/smarthost/drain")}
`;
}
