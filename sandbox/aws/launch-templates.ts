import { AwsRefusal } from "./refusal";

/** A disk that a server is launched with. Words for booleans, as the API and the provider have them. */
export interface BlockDevice {
  deviceName: string;
  encrypted: string;
  kmsKeyId: string | undefined;
  volumeType: string;
  /** GiB; undefined where the image's own size is meant. */
  volumeSize: number | undefined;
  deleteOnTermination: string;
}

/** What one version of a template says. */
export interface TemplateVersion {
  /** An image's id, or `resolve:ssm:` and the name of a parameter that has it. */
  imageId: string;
  instanceType: string;
  /** In base64. */
  userData: string;
  securityGroupIds: string[];
  /** Name of the instance profile. */
  profile: string;
  metadata: { httpEndpoint: string; httpTokens: string; httpPutResponseHopLimit: number };
  blockDevices: BlockDevice[];
  tagSpecifications: { resourceType: string; tags: Record<string, string> }[];
}

export interface LaunchTemplate {
  id: string;
  name: string;
  /** The first is version 1. */
  versions: TemplateVersion[];
}

/** EC2's launch templates. What they name is looked at when a group uses them, as AWS does. */
export class LaunchTemplates {
  readonly templates = new Map<string, LaunchTemplate>();

  constructor(private readonly newId: (prefix: string) => string) {}

  create(name: string, version: TemplateVersion): LaunchTemplate {
    if ([...this.templates.values()].some((present) => present.name === name)) {
      throw new AwsRefusal("InvalidLaunchTemplateName.AlreadyExistsException", `${name} is in use`);
    }
    const template = { id: this.newId("lt"), name, versions: [version] };
    this.templates.set(template.id, template);
    return template;
  }

  addVersion(id: string, version: TemplateVersion): LaunchTemplate {
    const template = this.template(id);
    template.versions.push(version);
    return template;
  }

  template(id: string): LaunchTemplate {
    const template = this.templates.get(id);
    if (template === undefined) {
      throw new AwsRefusal("InvalidLaunchTemplateId.NotFound", `The launch template ${id} does not exist`);
    }
    return template;
  }

  /** @param version a number, as text. @throws AwsRefusal when there is none */
  version(id: string, version: string): TemplateVersion {
    const found = this.template(id).versions[Number(version) - 1];
    if (found === undefined) {
      throw new AwsRefusal("InvalidLaunchTemplateId.VersionNotFound", `${id} has no version ${version}`);
    }
    return found;
  }
}
