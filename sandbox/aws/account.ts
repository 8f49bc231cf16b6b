import { Access, type Credentials, type Principal } from "./access";
import { AutoScaling } from "./auto-scaling";
import {
  debianImages,
  debianParameter,
  defaultSubnets,
  defaultVpc,
  type Image,
  type InstanceTypeOffering,
  instanceTypeOfferings,
  type Subnet,
  type Vpc,
} from "./catalog";
import { Compute, type Instance, type Volume } from "./compute";
import { type DnsStore, HostedZones } from "./hosted-zones";
import { LaunchTemplates } from "./launch-templates";
import { LoadBalancing } from "./load-balancing";
import { Monitoring } from "./monitoring";
import { type Parameter, ParameterStore } from "./parameters";
import type { RequestContext } from "./policy";
import { AwsRefusal } from "./refusal";
import { type Secret, Secrets } from "./secrets";
import { SecurityGroups } from "./security-groups";

/**
 * What happens in the account, for whoever makes it real: the sandbox boots servers and gives them disks.
 * Each is awaited, and an error from it is the error of the operation.
 */
export interface AwsEvents {
  /** An instance was started: a new one, or one that had been stopped. */
  onInstanceRunning?(instance: Instance): void | Promise<void>;
  /** An instance is to shut down in order; kept when it has. */
  onInstanceStopping?(instance: Instance): void | Promise<void>;
  /** It is gone, with its root disk; it was stopped before. */
  onInstanceTerminated?(instance: Instance): void | Promise<void>;
  onVolumeAttached?(volume: Volume, instance: Instance): void | Promise<void>;
  /** A volume is about to be detached; the instance is stopped unless the program did not ask for it. */
  onVolumeDetaching?(volume: Volume, instance: Instance): void | Promise<void>;
  onVolumeDeleted?(volume: Volume): void | Promise<void>;
  /** A parameter was written or deleted. */
  onParameterChanged?(name: string): void | Promise<void>;
}

/**
 * A substitute for an AWS account: one region, its default network, and the few services that a relay needs,
 * in memory. It refuses what AWS refuses, in AWS's words as far as they are known, and where in doubt it is the
 * stricter one. It does not show quotas, eventual consistency, prices, or packet filtering.
 *
 * `images`, `subnets`, `offerings` and `keys` can be changed from outside, as they change in a real account while a
 * stack lives.
 */
export class AwsAccount {
  readonly id = "111122223333";
  readonly partition = "aws";
  readonly region = "eu-central-1";

  vpcs: Vpc[] = [defaultVpc];
  subnets: Subnet[] = defaultSubnets();
  images: Image[] = debianImages();
  offerings: InstanceTypeOffering[] = instanceTypeOfferings();
  /** The ARNs of the customer managed KMS keys. Nothing is encrypted here; what uses them must name one of them. */
  keys: string[] = [this.arn("kms", "key/0c0ffee0-0000-4000-8000-000000000001")];

  readonly events: AwsEvents;
  readonly compute = new Compute(this);
  readonly access = new Access(this.id);
  readonly parameters: ParameterStore;
  readonly secrets: Secrets = new Secrets(this.arn("secretsmanager", "secret"));
  readonly securityGroups: SecurityGroups;
  readonly hostedZones: HostedZones;
  readonly monitoring = new Monitoring(this.partition, this.region);
  readonly launchTemplates = new LaunchTemplates((prefix) => this.newId(prefix));
  readonly loadBalancing = new LoadBalancing(this);
  readonly autoScaling = new AutoScaling(this);
  #ids = 0;

  /** @param dns serves the hosted zones; without it nobody does. */
  constructor(events: AwsEvents = {}, dns?: DnsStore) {
    this.events = events;
    this.hostedZones = new HostedZones(dns);
    this.parameters = new ParameterStore(this.arn("ssm", "parameter"), (name) =>
      this.events.onParameterChanged?.(name),
    );
    this.securityGroups = new SecurityGroups(
      (prefix) => this.newId(prefix),
      (id) => this.vpcs.some((vpc) => vpc.id === id),
      (groupId) =>
        [
          ...[...this.compute.instances.values()].map(
            ({ id, securityGroupIds }) => [id, securityGroupIds] as const,
          ),
          ...[...this.loadBalancing.loadBalancers.values()].map(
            ({ name, securityGroupIds }) => [name, securityGroupIds] as const,
          ),
        ].flatMap(([user, groupIds]) => (groupIds.includes(groupId) ? [user] : [])),
    );
  }

  /** An id as EC2 gives them: the prefix and 17 hexadecimal digits, here counted. */
  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}-0${this.#ids.toString(16).padStart(16, "0")}`;
  }

  /** The ARN of something in the account's region. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.id}:${resource}`;
  }

  /** The ARN of something in IAM, which has no region. */
  iamArn(resource: string): string {
    return `arn:${this.partition}:iam::${this.id}:${resource}`;
  }

  /** The parameter of this name: the account's own, or one of Debian's, which everyone may read. */
  getParameter(name: string): Parameter | undefined {
    return this.parameters.get(name) ?? debianParameter(name, this.images, this);
  }

  /** The image of an id, or of `resolve:ssm:` and the name of a parameter that has it; undefined when there is none. */
  imageOf(reference: string): Image | undefined {
    const parameter = /^resolve:ssm:(.+)$/.exec(reference)?.[1];
    const wanted = parameter === undefined ? reference : this.getParameter(parameter)?.value;
    return this.images.find(({ id }) => id === wanted);
  }

  /** The role of an instance and its credentials, for the metadata service; undefined when it has none. */
  credentialsFor(instanceId: string): { roleName: string; credentials: Credentials } | undefined {
    const profile = this.compute.instances.get(instanceId)?.profile;
    const credentials = profile === undefined ? undefined : this.access.credentialsFor(instanceId, profile);
    const principal = credentials && this.access.principalOf(credentials.accessKeyId);
    return principal && { roleName: principal.roleName, credentials: principal.credentials };
  }

  /** Who signs with this key; undefined when nobody does. */
  principalOf(accessKeyId: string): Principal | undefined {
    return this.access.principalOf(accessKeyId);
  }

  /** Whether a principal may do something, e.g. `ssm:GetParameter` on a parameter's ARN. */
  isAllowed(principal: Principal, action: string, resource: string, context?: RequestContext): boolean {
    return this.access.isAllowed(principal, action, resource, context);
  }

  /**
   * Whether a principal may have a parameter decrypted by SSM. With AWS's own key everyone in the account may; with a
   * customer managed key its role has to allow it. The key's own policy is not shown: it leaves all to IAM.
   */
  mayDecrypt(principal: Principal, { arn, type, keyId }: Parameter): boolean {
    return type !== "SecureString" || this.#mayUseKey(principal, keyId, "ssm", { PARAMETER_ARN: arn });
  }

  /** Whether a principal may have a secret decrypted by Secrets Manager; see {@link mayDecrypt}. */
  mayDecryptSecret(principal: Principal, { arn, versionId, keyId }: Secret): boolean {
    const context = { SecretARN: arn, SecretVersionId: versionId };
    return this.#mayUseKey(principal, keyId, "secretsmanager", context);
  }

  #mayUseKey(
    principal: Principal,
    keyId: string,
    service: string,
    encryptionContext: Record<string, string>,
  ): boolean {
    const context = Object.entries(encryptionContext).map(([key, value]) => [
      `kms:EncryptionContext:${key}`,
      value,
    ]);
    return (
      !this.keys.includes(keyId) ||
      this.isAllowed(principal, "kms:Decrypt", keyId, {
        "kms:ViaService": `${service}.${this.region}.amazonaws.com`,
        ...Object.fromEntries(context),
      })
    );
  }

  /** The key of this ARN. @throws AwsRefusal when there is none. */
  key(arn: string): string {
    if (this.keys.includes(arn)) return arn;
    throw new AwsRefusal("NotFoundException", `Key '${arn}' does not exist`);
  }
}
