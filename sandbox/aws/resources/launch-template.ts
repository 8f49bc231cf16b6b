import * as z from "zod";
import { defineResource, sameMembers, UNKNOWN } from "../../../providers/kit";
import type { AwsAccount } from "../account";
import type { LaunchTemplate as StoredTemplate, TemplateVersion } from "../launch-templates";
import { type Session, tags } from "./properties";

/** Bytes of user data before it is encoded. */
const longestUserData = 16_384;
const word = z.enum(["true", "false"]);

const inputs = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9().\-/_]{3,128}$/)
    .meta({ description: "Its name.", replace: true }),
  imageId: z.string().meta({ description: "The image." }),
  instanceType: z.string().meta({ description: "The type." }),
  userData: z.base64().meta({ description: "What a server boots from, in base64." }),
  vpcSecurityGroupIds: z
    .array(z.string())
    .min(1)
    .meta({ description: "The servers' security groups.", equals: sameMembers }),
  iamInstanceProfile: z.object({ name: z.string() }).meta({ description: "The instance profile." }),
  metadataOptions: z
    .object({
      httpEndpoint: z.enum(["enabled", "disabled"]),
      httpTokens: z.enum(["optional", "required"]),
      httpPutResponseHopLimit: z.int().min(1).max(64),
    })
    .meta({ description: "The metadata service." }),
  blockDeviceMappings: z
    .array(
      z.object({
        deviceName: z.string().regex(/^\/dev\/(sda1|(sd|xvd)[a-p])$/),
        ebs: z.object({
          encrypted: word,
          kmsKeyId: z.string().optional(),
          volumeType: z.literal("gp3"),
          volumeSize: z.int().min(1).max(16_384).optional(),
          deleteOnTermination: word,
        }),
      }),
    )
    .meta({ description: "The disks." }),
  tagSpecifications: z
    .array(
      z.object({
        resourceType: z.enum(["instance", "volume", "network-interface"]),
        tags: z.record(z.string(), z.string()),
      }),
    )
    .meta({ description: "Tags of what is launched." }),
  tags,
});

/**
 * `aws.ec2.LaunchTemplate`. Stricter: all of what a server is launched with is given, disks of gp3, user data in base64. A
 * change is a new version.
 */
export const LaunchTemplate = defineResource<Session>()({
  token: "aws:ec2/launchTemplate:LaunchTemplate",
  autoName: "name",
  inputs,
  outputs: z.object({ arn: z.string(), latestVersion: z.int() }),
  rules: [
    {
      properties: ["userData"],
      fault: ({ userData }) => {
        const size = Buffer.from(userData, "base64").length;
        return size > longestUserData ? `has ${size} bytes; EC2 takes ${longestUserData}` : undefined;
      },
    },
  ],
  preview: (_inputs, state) => (state === undefined ? {} : { latestVersion: UNKNOWN }),
  create: async ({ inputs, session }) => {
    const template = session.launchTemplates.create(inputs.name, toVersion(inputs));
    return { id: template.id, outputs: outputsOf(session, template) };
  },
  read: async ({ id, session }) => {
    const template = session.launchTemplates.templates.get(id);
    const latest = template?.versions.at(-1);
    if (template === undefined || latest === undefined) return undefined;
    return { inputs: fromVersion(template.name, latest), outputs: outputsOf(session, template) };
  },
  update: async ({ id, inputs, session }) =>
    outputsOf(session, session.launchTemplates.addVersion(id, toVersion(inputs))),
  delete: async ({ id, session }) => {
    session.launchTemplates.templates.delete(id);
  },
});

type Inputs = z.output<typeof inputs>;

function toVersion(inputs: Inputs): TemplateVersion {
  return {
    imageId: inputs.imageId,
    instanceType: inputs.instanceType,
    userData: inputs.userData,
    securityGroupIds: inputs.vpcSecurityGroupIds,
    profile: inputs.iamInstanceProfile.name,
    metadata: inputs.metadataOptions,
    blockDevices: inputs.blockDeviceMappings.map(({ deviceName, ebs }) => ({
      deviceName,
      ...ebs,
      kmsKeyId: ebs.kmsKeyId,
      volumeSize: ebs.volumeSize,
    })),
    tagSpecifications: inputs.tagSpecifications,
  };
}

function fromVersion(name: string, version: TemplateVersion): Inputs {
  return inputs.parse({
    name,
    imageId: version.imageId,
    instanceType: version.instanceType,
    userData: version.userData,
    vpcSecurityGroupIds: version.securityGroupIds,
    iamInstanceProfile: { name: version.profile },
    metadataOptions: version.metadata,
    blockDeviceMappings: version.blockDevices.map(({ deviceName, ...ebs }) => ({ deviceName, ebs })),
    tagSpecifications: version.tagSpecifications,
  });
}

function outputsOf(account: AwsAccount, { id, versions }: StoredTemplate) {
  return { arn: account.arn("ec2", `launch-template/${id}`), latestVersion: versions.length };
}
