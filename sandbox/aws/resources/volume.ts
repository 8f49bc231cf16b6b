import * as z from "zod";
import { defineResource } from "../../../providers/kit";
import type { AwsAccount } from "../account";
import type { Volume as StoredVolume } from "../compute";
import { given, type Session, tags, tagsAll } from "./properties";

/** gp3's baseline, which every volume has without asking (EBS User Guide, "General Purpose SSD volumes"). */
const baseline = { iops: 3000, throughput: 125 };

/** `aws.ebs.Volume`. Stricter: gp3 only, the size is given, no snapshots. */
export const Volume = defineResource<Session>()({
  token: "aws:ebs/volume:Volume",
  inputs: z.object({
    availabilityZone: z.string().meta({ description: "The zone.", replace: true }),
    size: z.int().min(1).max(16384).meta({ description: "GiB." }),
    type: z.literal("gp3").meta({ description: "The kind of disk." }),
    encrypted: z.boolean().optional().meta({ description: "Whether it is encrypted.", replace: true }),
    kmsKeyId: z.string().optional().meta({ description: "The ARN of its key.", replace: true }),
    iops: z.int().min(3000).max(16000).optional().meta({ description: "Operations a second." }),
    throughput: z.int().min(125).max(1000).optional().meta({ description: "MiB a second." }),
    finalSnapshot: z.boolean().default(false).meta({ description: "Not supported here." }),
    tags,
  }),
  outputs: z.object({
    arn: z.string(),
    createTime: z.string(),
    encrypted: z.boolean(),
    iops: z.int(),
    throughput: z.int(),
    kmsKeyId: z.string(),
    snapshotId: z.string(),
    tagsAll,
  }),
  rules: [
    {
      properties: ["kmsKeyId", "encrypted"],
      fault: ({ kmsKeyId, encrypted }) =>
        kmsKeyId !== undefined && encrypted !== true ? "needs encrypted: true" : undefined,
    },
    {
      properties: ["finalSnapshot"],
      fault: ({ finalSnapshot }) => (finalSnapshot ? "is not supported by the substitute" : undefined),
    },
  ],
  preview: (inputs) => ({
    ...given(inputs, "encrypted", "kmsKeyId", "iops", "throughput"),
    tagsAll: inputs.tags ?? {},
  }),
  create: async ({ inputs, session }) => {
    const volume = session.compute.createVolume({
      zone: inputs.availabilityZone,
      size: inputs.size,
      type: inputs.type,
      encrypted: inputs.encrypted ?? false,
      kmsKeyId: inputs.kmsKeyId,
      iops: inputs.iops ?? baseline.iops,
      throughput: inputs.throughput ?? baseline.throughput,
      tags: inputs.tags ?? {},
    });
    return { id: volume.id, outputs: volumeOutputs(session, volume) };
  },
  read: async ({ id, session }) => {
    const volume = session.compute.volumes.get(id);
    if (volume === undefined) return undefined;
    const { zone, size, encrypted, iops, throughput, tags } = volume;
    const fixed = { availabilityZone: zone, type: "gp3" as const, finalSnapshot: false };
    return {
      inputs: { ...fixed, size, encrypted, kmsKeyId: keyOf(session, volume), iops, throughput, tags },
      outputs: volumeOutputs(session, volume),
    };
  },
  update: async ({ id, inputs, session }) =>
    volumeOutputs(
      session,
      session.compute.changeVolume(id, {
        size: inputs.size,
        iops: inputs.iops ?? baseline.iops,
        throughput: inputs.throughput ?? baseline.throughput,
        tags: inputs.tags ?? {},
      }),
    ),
  delete: async ({ id, session }) => await session.compute.deleteVolume(id),
});

function volumeOutputs(account: AwsAccount, volume: StoredVolume) {
  const { id, createTime, encrypted, iops, throughput, tags } = volume;
  return {
    arn: account.arn("ec2", `volume/${id}`),
    createTime,
    encrypted,
    iops,
    throughput,
    kmsKeyId: keyOf(account, volume) ?? "",
    snapshotId: "",
    tagsAll: tags,
  };
}

/** The ARN of the key that encrypts a volume: its own, or EBS's; undefined where none does. */
function keyOf(account: AwsAccount, { encrypted, kmsKeyId }: StoredVolume): string | undefined {
  return encrypted ? (kmsKeyId ?? account.arn("kms", "key/aws-ebs")) : undefined;
}

/** `aws.ec2.VolumeAttachment`. Stricter: device names for disks that are attached later, /dev/sdf to /dev/sdp. */
export const VolumeAttachment = defineResource<Session>()({
  token: "aws:ec2/volumeAttachment:VolumeAttachment",
  inputs: z.object({
    deviceName: z
      .string()
      .regex(/^\/dev\/(sd|xvd)[f-p]$/, "must be one of /dev/sdf to /dev/sdp")
      .meta({ description: "The disk's name.", replace: true }),
    instanceId: z.string().meta({ description: "The instance.", replace: true }),
    volumeId: z.string().meta({ description: "The volume.", replace: true }),
    stopInstanceBeforeDetaching: z
      .boolean()
      .optional()
      .meta({ description: "Shuts the instance down first.", neverReturned: true }),
    skipDestroy: z.boolean().optional().meta({ description: "Leaves it attached.", neverReturned: true }),
  }),
  outputs: z.object({}),
  create: async ({ inputs: { volumeId, instanceId, deviceName }, session }) => {
    await session.compute.attach(volumeId, instanceId, deviceName);
    return { id: `vai-${volumeId}-${instanceId}`, outputs: {} };
  },
  read: async ({ inputs, session }) => {
    const attachment =
      inputs?.volumeId === undefined ? undefined : session.compute.volumes.get(inputs.volumeId)?.attachment;
    if (attachment === undefined || attachment.instanceId !== inputs?.instanceId) return undefined;
    return { inputs: { volumeId: inputs.volumeId, ...attachment }, outputs: {} };
  },
  // What is left to change says only how it is to be removed.
  update: async () => ({}),
  delete: async ({ inputs, session }) => {
    const { volumeId, instanceId, stopInstanceBeforeDetaching, skipDestroy } = inputs;
    if (skipDestroy || volumeId === undefined || instanceId === undefined) return;
    if (!session.compute.instances.has(instanceId)) return;
    if (stopInstanceBeforeDetaching) await session.compute.stop(instanceId);
    await session.compute.detach(volumeId, instanceId);
  },
});
