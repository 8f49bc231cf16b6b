import * as z from "zod";
import { defineProvider } from "../../providers/kit";
import type { AwsAccount } from "./account";
import { Group, Policy } from "./resources/auto-scaling";
import { Dashboard, MetricAlarm } from "./resources/cloudwatch";
import { Zone } from "./resources/hosted-zone";
import { getRecords, getZone } from "./resources/hosted-zone-lookups";
import { InstanceProfile, Role, RolePolicy } from "./resources/iam";
import { Instance } from "./resources/instance";
import { LaunchTemplate } from "./resources/launch-template";
import { LoadBalancer } from "./resources/load-balancer";
import {
  getAmi,
  getCallerIdentity,
  getInstanceTypeOfferings,
  getPartition,
  getRegion,
  getSubnet,
  getSubnets,
  getVpc,
} from "./resources/lookups";
import { SecurityGroup, SecurityGroupEgressRule, SecurityGroupIngressRule } from "./resources/network";
import { Record } from "./resources/record-set";
import { getParameter, Parameter } from "./resources/ssm";
import { Listener, TargetGroup } from "./resources/target-group";
import { Volume, VolumeAttachment } from "./resources/volume";

/** The version of @pulumi/aws that it answers; the engine warns about any other. */
export const awsSdkVersion = "7.48.0";

/**
 * A substitute for the AWS provider, to be served and attached through PULUMI_DEBUG_PROVIDERS: the resources
 * and functions that the stack uses, against an account in memory. It is stricter than the real one, which
 * fills in, converts or passes on: it refuses unknown and missing properties, wrong types and values that the
 * API would refuse later. It does not show what the real provider and AWS do beyond that.
 */
export function awsProvider(account: AwsAccount) {
  return defineProvider({
    name: "aws",
    version: awsSdkVersion,
    // The real provider takes dozens of settings (keys, profiles, endpoints), none of which matters here.
    config: z.looseObject({ region: z.string().optional() }),
    rules: [
      {
        properties: ["region"],
        fault: ({ region }) =>
          region === undefined || region === account.region
            ? undefined
            : `is ${region}; the substitute's account has ${account.region} only`,
      },
    ],
    connect: () => account,
    resources: [
      Dashboard,
      Group,
      Instance,
      InstanceProfile,
      LaunchTemplate,
      Listener,
      LoadBalancer,
      MetricAlarm,
      Parameter,
      Policy,
      Record,
      Role,
      RolePolicy,
      SecurityGroup,
      SecurityGroupEgressRule,
      SecurityGroupIngressRule,
      TargetGroup,
      Volume,
      VolumeAttachment,
      Zone,
    ],
    functions: [
      getAmi,
      getCallerIdentity,
      getInstanceTypeOfferings,
      getParameter,
      getPartition,
      getRecords,
      getRegion,
      getSubnet,
      getSubnets,
      getVpc,
      getZone,
    ],
  });
}
