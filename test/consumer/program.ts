import { getVpcOutput } from "@pulumi/aws/ec2/getVpc";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import * as pulumi from "@pulumi/pulumi";
import { cloudflare, MailRelay } from "pulumi-smarthost";
import { ApiKey } from "pulumi-smarthost/sendgrid";

/** A mail path beside an application's own resources, which refer to it. */
export async function program() {
  const config = new pulumi.Config();
  const mail = new MailRelay("mail", {
    domain: config.require("domain"),
    dns: cloudflare({ zoneId: config.require("zoneId") }),
    sender: { address: `app@${config.require("domain")}` },
    dmarc: { policy: "none", reportsTo: `dmarc@${config.require("domain")}` },
  });
  const application = new SecurityGroup("application", {
    vpcId: getVpcOutput({ default: true }).id,
    description: "The application",
  });
  new SecurityGroupEgressRule("application-mail", {
    securityGroupId: application.id,
    referencedSecurityGroupId: mail.securityGroupId,
    ipProtocol: "tcp",
    fromPort: mail.port,
    toPort: mail.port,
    description: "Mail to the relay",
  });
  const reports = new ApiKey("reports", { name: "reports", scopes: ["stats.read"] });
  return { host: mail.host, records: mail.records, reportKey: reports.apiKey };
}
