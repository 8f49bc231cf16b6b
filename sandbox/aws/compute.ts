import type { AwsAccount } from "./account";
import type { Image, Subnet } from "./catalog";
import { AwsRefusal } from "./refusal";

/** What an instance is launched with. */
export interface InstanceInput {
  image: Image;
  instanceType: string;
  subnet: Subnet;
  /** Whether it gets a public address, which the sandbox never routes to. */
  publicAddress: boolean;
  securityGroupIds: string[];
  /** Name of the instance profile. */
  profile: string | undefined;
  userData: string | undefined;
  /** The ARN of the customer managed key of the root disk; undefined where it is EBS's own, or none. */
  rootKmsKeyId?: string | undefined;
  metadata: { httpEndpoint: string; httpTokens: string; httpPutResponseHopLimit: number };
  tags: Record<string, string>;
}

export interface Instance extends InstanceInput {
  id: string;
  state: "running" | "stopped";
  privateIp: string;
  publicIp: string | undefined;
  networkInterfaceId: string;
  launchTime: string;
  /** Where its Auto Scaling group takes it; undefined where it has none. */
  targetLifecycleState?: "InService" | "Terminated";
}

/** What changes on a running instance, and what only while it is stopped. */
export type InstanceChange = Partial<
  Pick<Instance, "instanceType" | "securityGroupIds" | "profile" | "userData" | "metadata" | "tags">
>;

export interface VolumeInput {
  zone: string;
  /** GiB. */
  size: number;
  type: string;
  encrypted: boolean;
  /** The ARN of the customer managed key; undefined where EBS's own key encrypts, or none. */
  kmsKeyId?: string | undefined;
  iops: number;
  throughput: number;
  tags: Record<string, string>;
}

export interface Volume extends VolumeInput {
  id: string;
  createTime: string;
  /** Without `deleteOnTermination` the volume outlives the instance. */
  attachment: { instanceId: string; deviceName: string; deleteOnTermination?: boolean } | undefined;
}

/** The first address that instances get, in the last byte; below it live the sandbox's own servers. */
const firstHost = 30;

/** EC2: instances and volumes, in the order of states that the real one keeps. */
export class Compute {
  readonly instances = new Map<string, Instance>();
  readonly volumes = new Map<string, Volume>();
  #launched = 0;

  constructor(private readonly account: AwsAccount) {}

  /** Starts a new instance. The promise is kept when it runs, which is before it has booted. */
  async launch(input: InstanceInput): Promise<Instance> {
    this.#checkLaunch(input);
    if (input.rootKmsKeyId !== undefined) this.account.key(input.rootKmsKeyId);
    const host = firstHost + this.#launched++;
    const instance: Instance = {
      ...input,
      id: this.account.newId("i"),
      state: "running",
      privateIp: input.subnet.cidrBlock.replace(/\.\d+\/\d+$/, `.${host}`),
      // From the block for documentation (RFC 5737): nothing is there.
      publicIp: input.publicAddress ? `203.0.113.${host}` : undefined,
      networkInterfaceId: this.account.newId("eni"),
      launchTime: new Date().toISOString(),
    };
    this.instances.set(instance.id, instance);
    await this.account.events.onInstanceRunning?.(instance);
    return instance;
  }

  /** Applies changes; those that a running instance does not take stop it in order and start it again. */
  async change(id: string, change: InstanceChange): Promise<Instance> {
    const instance = this.instance(id);
    this.#checkLaunch({ ...instance, ...change });
    const needsStop =
      (change.instanceType ?? instance.instanceType) !== instance.instanceType ||
      ("userData" in change && change.userData !== instance.userData);
    const restart = needsStop && instance.state === "running";
    if (restart) await this.stop(id);
    Object.assign(instance, change);
    if (restart) await this.start(id);
    return instance;
  }

  /** Stops an instance in order: its operating system shuts down first. */
  async stop(id: string): Promise<void> {
    const instance = this.instance(id);
    if (instance.state === "stopped") return;
    await this.account.events.onInstanceStopping?.(instance);
    instance.state = "stopped";
  }

  /** Starts a stopped instance; its user data does not run again, and its private address stays. */
  async start(id: string): Promise<void> {
    const instance = this.instance(id);
    if (instance.state === "running") return;
    instance.state = "running";
    await this.account.events.onInstanceRunning?.(instance);
  }

  /** Shuts an instance down and removes it; attached volumes are detached and stay, unless they are to go with it. */
  async terminate(id: string): Promise<void> {
    const instance = this.instances.get(id);
    if (instance === undefined) return;
    await this.stop(id);
    for (const volume of this.#volumesOf(id)) {
      const goes = volume.attachment?.deleteOnTermination === true;
      await this.detach(volume.id, id);
      if (goes) await this.deleteVolume(volume.id);
    }
    this.instances.delete(id);
    await this.account.events.onInstanceTerminated?.(instance);
  }

  createVolume(input: VolumeInput): Volume {
    if (!this.account.subnets.some(({ zone }) => zone === input.zone)) {
      throw new AwsRefusal("InvalidZone.NotFound", `The zone '${input.zone}' does not exist.`);
    }
    if (input.kmsKeyId !== undefined) this.account.key(input.kmsKeyId);
    const volume: Volume = {
      ...input,
      id: this.account.newId("vol"),
      createTime: new Date().toISOString(),
      attachment: undefined,
    };
    this.volumes.set(volume.id, volume);
    return volume;
  }

  /** @throws AwsRefusal when the volume would shrink. */
  changeVolume(id: string, change: Partial<VolumeInput>): Volume {
    const volume = this.volume(id);
    if (change.size !== undefined && change.size < volume.size) {
      throw new AwsRefusal("InvalidParameterValue", "New size cannot be smaller than existing size");
    }
    return Object.assign(volume, change);
  }

  /** @throws AwsRefusal while the volume is attached. */
  async deleteVolume(id: string): Promise<void> {
    const volume = this.volumes.get(id);
    if (volume === undefined) return;
    if (volume.attachment !== undefined) {
      throw new AwsRefusal(
        "VolumeInUse",
        `Volume ${id} is currently attached to ${volume.attachment.instanceId}`,
      );
    }
    this.volumes.delete(id);
    await this.account.events.onVolumeDeleted?.(volume);
  }

  /** @throws AwsRefusal when the volume is in use, is in another zone, or the device name is taken. */
  async attach(volumeId: string, instanceId: string, deviceName: string): Promise<void> {
    const volume = this.volume(volumeId);
    const instance = this.instance(instanceId);
    if (volume.attachment !== undefined) {
      throw new AwsRefusal(
        "VolumeInUse",
        `${volumeId} is already attached to an instance (${volume.attachment.instanceId})`,
      );
    }
    if (volume.zone !== instance.subnet.zone) {
      throw new AwsRefusal(
        "InvalidVolume.ZoneMismatch",
        `The volume '${volumeId}' (${volume.zone}) is not in the same availability zone as instance '${instanceId}' (${instance.subnet.zone})`,
      );
    }
    if (this.#volumesOf(instanceId).some(({ attachment }) => attachment?.deviceName === deviceName)) {
      throw new AwsRefusal("InvalidParameterValue", `${deviceName} is already in use on ${instanceId}`);
    }
    volume.attachment = { instanceId, deviceName };
    await this.account.events.onVolumeAttached?.(volume, instance);
  }

  async detach(volumeId: string, instanceId: string): Promise<void> {
    const volume = this.volumes.get(volumeId);
    if (volume?.attachment?.instanceId !== instanceId) return;
    const instance = this.instance(instanceId);
    await this.account.events.onVolumeDetaching?.(volume, instance);
    volume.attachment = undefined;
  }

  instance(id: string): Instance {
    const instance = this.instances.get(id);
    if (instance === undefined) {
      throw new AwsRefusal("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
    }
    return instance;
  }

  volume(id: string): Volume {
    const volume = this.volumes.get(id);
    if (volume === undefined) {
      throw new AwsRefusal("InvalidVolume.NotFound", `The volume '${id}' does not exist.`);
    }
    return volume;
  }

  #volumesOf(instanceId: string): Volume[] {
    return [...this.volumes.values()].filter(({ attachment }) => attachment?.instanceId === instanceId);
  }

  #checkLaunch(input: InstanceInput): void {
    const offering = this.account.offerings.find(({ instanceType }) => instanceType === input.instanceType);
    if (offering === undefined) {
      throw new AwsRefusal(
        "InvalidParameterValue",
        `Invalid value '${input.instanceType}' for InstanceType.`,
      );
    }
    if (!offering.zoneIds.includes(input.subnet.zoneId)) {
      throw new AwsRefusal(
        "Unsupported",
        `Your requested instance type (${input.instanceType}) is not supported in your requested Availability Zone (${input.subnet.zone}).`,
      );
    }
    if (offering.architecture !== input.image.architecture) {
      throw new AwsRefusal(
        "InvalidParameterValue",
        `The architecture '${offering.architecture}' of the specified instance type does not match the architecture '${input.image.architecture}' of the specified AMI.`,
      );
    }
    for (const id of input.securityGroupIds) {
      if (this.account.securityGroups.group(id).vpcId !== input.subnet.vpcId) {
        throw new AwsRefusal(
          "InvalidParameter",
          `Security group ${id} and subnet ${input.subnet.id} belong to different networks.`,
        );
      }
    }
    if (input.profile !== undefined && this.account.access.profile(input.profile).role === undefined) {
      throw new AwsRefusal(
        "InvalidParameterValue",
        `Value (${input.profile}) for parameter iamInstanceProfile.name is invalid. The profile has no role.`,
      );
    }
  }
}
