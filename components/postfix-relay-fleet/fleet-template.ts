import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_INSTANCE_TYPE, DEFAULT_RELEASE } from "../postfix-relay/aws/server-args";
import { QUEUE_DEVICE } from "../postfix-relay/server/drain";
import { fleetDefaults, type PostfixRelayFleetArgs } from "./fleet-args";
import { findFleetImage } from "./fleet-image";

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
  subject: string,
  name: string,
  args: PostfixRelayFleetArgs,
  { userData, securityGroupId, profile, kmsKeyId }: FleetServerParts,
  opts: pulumi.CustomResourceOptions,
): LaunchTemplate {
  const instanceType = args.instanceType ?? DEFAULT_INSTANCE_TYPE;
  const debian = args.debian ?? DEFAULT_RELEASE;
  const image = pulumi.output(findFleetImage(subject, { image: args.image, debian, instanceType }, opts));
  const disk = { encrypted: "true", volumeType: "gp3", kmsKeyId };
  const queue = { ...disk, volumeSize: fleetDefaults(args).queueVolumeSize };
  return new LaunchTemplate(
    `${name}-template`,
    {
      imageId: image.imageId,
      instanceType,
      userData: userData.apply((text) => Buffer.from(text).toString("base64")),
      vpcSecurityGroupIds: [securityGroupId],
      iamInstanceProfile: { name: profile },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        { deviceName: image.rootDevice, ebs: { ...disk, deleteOnTermination: "true" } },
        // Mail of a server that fails stays. A server that goes in order says itself that its volume may go.
        { deviceName: QUEUE_DEVICE, ebs: { ...queue, deleteOnTermination: "false" } },
      ],
      tagSpecifications: [
        { resourceType: "instance", tags: { Name: args.hostName } },
        { resourceType: "volume", tags: { Name: `mail queue of ${args.hostName}` } },
      ],
    },
    opts,
  );
}
