import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import type * as pulumi from "@pulumi/pulumi";
import { architectureOf } from "../postfix-relay/aws/image";
import { newestImage } from "../postfix-relay/aws/newest-image";
import { DEFAULT_INSTANCE_TYPE, DEFAULT_RELEASE } from "../postfix-relay/aws/server-args";
import { QUEUE_DEVICE } from "../postfix-relay/server/drain";
import { fleetDefaults, type PostfixRelayFleetArgs } from "./fleet-args";

/** What a server is launched with besides the arguments. */
export interface FleetServerParts {
  userData: pulumi.Output<string>;
  securityGroupId: pulumi.Output<string>;
  /** The instance profile's name. */
  profile: pulumi.Output<string>;
  kmsKeyId: pulumi.Output<string> | undefined;
}

/** What EC2 launches a server from. */
export function declareTemplate(
  name: string,
  args: PostfixRelayFleetArgs,
  { userData, securityGroupId, profile, kmsKeyId }: FleetServerParts,
  opts: pulumi.CustomResourceOptions,
): LaunchTemplate {
  const instanceType = args.instanceType ?? DEFAULT_INSTANCE_TYPE;
  const debian = args.debian ?? DEFAULT_RELEASE;
  const architecture = architectureOf(instanceType);
  const disk = { encrypted: "true", volumeType: "gp3", kmsKeyId };
  const queue = { ...disk, volumeSize: fleetDefaults(args).queueVolumeSize };
  return new LaunchTemplate(
    // Another release or architecture needs another image, so it is another template, not the kept image.
    `${name}-debian${debian}-${architecture}`,
    {
      imageId: args.image ?? newestImage(debian, architecture, opts),
      instanceType,
      userData: userData.apply((text) => Buffer.from(text).toString("base64")),
      vpcSecurityGroupIds: [securityGroupId],
      iamInstanceProfile: { name: profile },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        // Debian's name of the root disk.
        { deviceName: "/dev/xvda", ebs: { ...disk, deleteOnTermination: "true" } },
        // Mail of a server that fails stays. A server that goes in order says itself that its volume may go.
        { deviceName: QUEUE_DEVICE, ebs: { ...queue, deleteOnTermination: "false" } },
      ],
      tagSpecifications: [
        { resourceType: "instance", tags: { Name: args.hostName } },
        { resourceType: "volume", tags: { Name: `mail queue of ${args.hostName}` } },
      ],
    },
    { ...opts, ignoreChanges: args.image === undefined ? ["imageId"] : [] },
  );
}
