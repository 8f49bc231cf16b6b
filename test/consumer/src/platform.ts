import { getVpcOutput } from "@pulumi/aws/ec2/getVpc.js";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudflare, MailRelay } from "pulumi-smarthost";

const TYPE = "acme:platform:Platform";
/** What the component's type was before it was renamed. */
const OLD_TYPE = "acme:index:Application";

export interface PlatformArgs {
  domain: string;
  zoneId: string;
  /** Whether the component has its new type yet. */
  renamed: boolean;
}

/** A component of the consumer's: an application, and the mail path that it sends by. */
export class Platform extends pulumi.ComponentResource {
  readonly mail: MailRelay;

  constructor(name: string, args: PlatformArgs, opts: pulumi.ComponentResourceOptions) {
    const aliases = args.renamed ? [{ type: OLD_TYPE }] : [];
    super(args.renamed ? TYPE : OLD_TYPE, name, {}, pulumi.mergeOptions(opts, { aliases }));
    const parent = { parent: this };
    this.mail = new MailRelay(
      name,
      {
        domain: args.domain,
        dns: cloudflare({ zoneId: args.zoneId }),
        sender: { address: `app@${args.domain}` },
        dmarc: { policy: "none", reportsTo: `dmarc@${args.domain}` },
      },
      parent,
    );
    const application = new SecurityGroup(
      `${name}-application`,
      { vpcId: getVpcOutput({ default: true }, parent).id, description: "The application" },
      parent,
    );
    new SecurityGroupEgressRule(
      `${name}-application-mail`,
      {
        securityGroupId: application.id,
        referencedSecurityGroupId: this.mail.securityGroupId,
        ipProtocol: "tcp",
        fromPort: this.mail.port,
        toPort: this.mail.port,
        description: "Mail to the relay",
      },
      parent,
    );
    this.registerOutputs({ host: this.mail.host });
  }
}
