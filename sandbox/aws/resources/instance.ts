import * as z from "zod";
import { defineResource, type Previewed, sameMembers, UNKNOWN } from "../../../providers/kit";
import type { AwsAccount } from "../account";
import type { Instance as StoredInstance } from "../compute";
import { AwsRefusal } from "../refusal";
import { given, type Session, tags, tagsAll } from "./properties";

/** Bytes of user data before it is encoded (EC2 User Guide, "Run commands when you launch an EC2 instance"). */
const longestUserData = 16384;

const metadataOptions = z.object({
  httpEndpoint: z.enum(["enabled", "disabled"]).optional(),
  httpTokens: z.enum(["optional", "required"]).optional(),
  httpPutResponseHopLimit: z.int().min(1).max(64).optional(),
});

/**
 * `aws.ec2.Instance`. Stricter: image, type, subnet and security groups are given; a root disk of gp3; user data
 * as plain text. Its real machine is whatever the account's events start.
 */
export const Instance = defineResource<Session>()({
  token: "aws:ec2/instance:Instance",
  inputs: z.object({
    ami: z.string().meta({ description: "The image.", replace: true }),
    instanceType: z.string().meta({ description: "The type, changed by a stop and a start." }),
    subnetId: z.string().meta({ description: "The subnet.", replace: true }),
    availabilityZone: z.string().optional().meta({ description: "The subnet's zone.", replace: true }),
    associatePublicIpAddress: z
      .boolean()
      .optional()
      .meta({ description: "Whether it gets a public address.", replace: true }),
    vpcSecurityGroupIds: z
      .array(z.string())
      .min(1)
      .meta({ description: "Its security groups.", equals: sameMembers }),
    iamInstanceProfile: z.string().optional().meta({ description: "The instance profile's name." }),
    metadataOptions: metadataOptions.optional().meta({ description: "The metadata service." }),
    rootBlockDevice: z
      .object({
        encrypted: z.boolean().optional().meta({ replace: true }),
        kmsKeyId: z.string().optional().meta({ replace: true }),
        volumeType: z.literal("gp3").optional(),
        volumeSize: z.int().min(8).max(16384).optional(),
        deleteOnTermination: z.boolean().optional(),
      })
      .optional()
      .meta({ description: "The root disk." }),
    userData: z.string().optional().meta({ description: "What it boots from." }),
    userDataReplaceOnChange: z.boolean().default(false).meta({
      description: "Whether other user data is another server.",
      neverReturned: true,
    }),
    tags,
  }),
  outputs: z.object({
    arn: z.string(),
    availabilityZone: z.string(),
    associatePublicIpAddress: z.boolean(),
    instanceState: z.string(),
    metadataOptions: metadataOptions.required(),
    primaryNetworkInterfaceId: z.string(),
    privateDns: z.string(),
    privateIp: z.string(),
    publicDns: z.string(),
    publicIp: z.string(),
    tagsAll,
  }),
  rules: [
    {
      properties: ["rootBlockDevice"],
      fault: ({ rootBlockDevice }) =>
        rootBlockDevice?.kmsKeyId !== undefined && rootBlockDevice.encrypted !== true
          ? "has a kmsKeyId, which needs encrypted: true"
          : undefined,
    },
    {
      properties: ["userData"],
      fault: ({ userData }) => {
        const size = Buffer.byteLength(userData ?? "");
        return size > longestUserData ? `has ${size} bytes; EC2 takes ${longestUserData}` : undefined;
      },
    },
  ],
  replaces: (property, _before, after) => property === "userData" && after.userDataReplaceOnChange === true,
  preview: (inputs) => ({
    ...given(inputs, "availabilityZone", "associatePublicIpAddress"),
    ...(inputs.metadataOptions !== undefined && {
      metadataOptions: previewedOptions(inputs.metadataOptions),
    }),
    tagsAll: inputs.tags ?? {},
  }),
  create: async ({ inputs, session }) => {
    const instance = await session.compute.launch(launchInput(session, inputs));
    return { id: instance.id, outputs: instanceOutputs(session, instance) };
  },
  read: async ({ id, inputs, session }) => {
    const instance = session.compute.instances.get(id);
    if (instance === undefined) return undefined;
    return {
      inputs: {
        ami: instance.image.id,
        instanceType: instance.instanceType,
        subnetId: instance.subnet.id,
        availabilityZone: instance.subnet.zone,
        associatePublicIpAddress: instance.publicAddress,
        vpcSecurityGroupIds: instance.securityGroupIds,
        iamInstanceProfile: instance.profile,
        metadataOptions: metadataOptions.parse(instance.metadata),
        rootBlockDevice: inputs?.rootBlockDevice,
        userData: instance.userData,
        tags: instance.tags,
      },
      outputs: instanceOutputs(session, instance),
    };
  },
  update: async ({ id, inputs, session }) => {
    const instance = await session.compute.change(id, {
      instanceType: inputs.instanceType,
      securityGroupIds: inputs.vpcSecurityGroupIds,
      profile: inputs.iamInstanceProfile,
      metadata: metadataOf(inputs),
      userData: inputs.userData,
      tags: inputs.tags ?? {},
    });
    return instanceOutputs(session, instance);
  },
  delete: async ({ id, session }) => await session.compute.terminate(id),
});

type Inputs = z.output<typeof Instance.inputs>;

function launchInput(account: AwsAccount, inputs: Inputs) {
  const image = account.images.find(({ id }) => id === inputs.ami);
  if (image === undefined) {
    throw new AwsRefusal("InvalidAMIID.NotFound", `The image id '[${inputs.ami}]' does not exist`);
  }
  const subnet = account.subnets.find(({ id }) => id === inputs.subnetId);
  if (subnet === undefined) {
    throw new AwsRefusal("InvalidSubnetID.NotFound", `The subnet ID '${inputs.subnetId}' does not exist`);
  }
  if (inputs.availabilityZone !== undefined && inputs.availabilityZone !== subnet.zone) {
    throw new AwsRefusal(
      "InvalidParameterValue",
      `The subnet ${subnet.id} is in ${subnet.zone}, not in ${inputs.availabilityZone}`,
    );
  }
  return {
    image,
    instanceType: inputs.instanceType,
    subnet,
    publicAddress: inputs.associatePublicIpAddress ?? subnet.publicAddresses,
    securityGroupIds: inputs.vpcSecurityGroupIds,
    profile: inputs.iamInstanceProfile,
    userData: inputs.userData,
    rootKmsKeyId: inputs.rootBlockDevice?.kmsKeyId,
    metadata: metadataOf(inputs),
    tags: inputs.tags ?? {},
  };
}

/** The options that are given; what the account's defaults will be is not known before. */
function previewedOptions(
  given: Previewed<z.output<typeof metadataOptions>>,
): Previewed<Required<z.output<typeof metadataOptions>>> {
  if (given === UNKNOWN) return UNKNOWN;
  return {
    httpEndpoint: given.httpEndpoint ?? UNKNOWN,
    httpTokens: given.httpTokens ?? UNKNOWN,
    httpPutResponseHopLimit: given.httpPutResponseHopLimit ?? UNKNOWN,
  };
}

/** The metadata service's options; the defaults of an account that has set none of its own. */
function metadataOf({ metadataOptions }: Pick<Inputs, "metadataOptions">) {
  return { httpEndpoint: "enabled", httpTokens: "optional", httpPutResponseHopLimit: 1, ...metadataOptions };
}

function instanceOutputs(account: AwsAccount, instance: StoredInstance) {
  const { id, privateIp, publicIp, subnet, state, tags } = instance;
  const dashed = (address: string) => address.replaceAll(".", "-");
  return {
    arn: account.arn("ec2", `instance/${id}`),
    availabilityZone: subnet.zone,
    associatePublicIpAddress: publicIp !== undefined,
    instanceState: state,
    metadataOptions: metadataOptions.required().parse(instance.metadata),
    primaryNetworkInterfaceId: instance.networkInterfaceId,
    privateDns: `ip-${dashed(privateIp)}.${account.region}.compute.internal`,
    privateIp,
    publicDns: publicIp ? `ec2-${dashed(publicIp)}.${account.region}.compute.amazonaws.com` : "",
    publicIp: publicIp ?? "",
    tagsAll: tags,
  };
}
