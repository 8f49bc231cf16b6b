import { propertyValue, type Resource } from "../../mail-resources/resource";
import { listOf, propertyOf, showValue, type Value } from "../../mail-resources/value";

/** One thing that a service bills. */
export interface BilledItem {
  /** What of the resource it is, so that before and after can be told apart: a server has a size and an address. */
  kind: string;
  /** In words, such as `gp3 volume of 8 GiB`. */
  what: string;
}

type Describe = (of: (property: string) => string, resource: Resource) => (BilledItem | undefined)[];

/** What is billed of a resource; nothing for types that cost nothing by themselves or have nothing to do with a relay. */
export function billedItems(resource: Resource): BilledItem[] {
  const describe = BILLED.get(resource.type);
  const of = (property: string) => showValue(propertyValue(resource, property));
  return describe === undefined ? [] : describe(of, resource).filter((item) => item !== undefined);
}

const always =
  (what: string): Describe =>
  () => [{ kind: "itself", what }];

/** By type token. Where each service says that it bills them: its own page of prices. */
const BILLED = new Map<string, Describe>([
  [
    "aws:ec2/instance:Instance",
    (of, { inputs }) => [
      { kind: "size", what: `${of("instanceType")} server` },
      inputs.associatePublicIpAddress === true ? PUBLIC_ADDRESS : undefined,
    ],
  ],
  ["aws:ebs/volume:Volume", (of) => [{ kind: "itself", what: `${of("type")} volume of ${of("size")} GiB` }]],
  [
    "aws:autoscaling/group:Group",
    (of) => [{ kind: "size", what: `Auto Scaling group of ${of("minSize")} to ${of("maxSize")} servers` }],
  ],
  ["aws:ec2/launchTemplate:LaunchTemplate", (of, resource) => [eachServer(of, resource)]],
  [
    "aws:lb/loadBalancer:LoadBalancer",
    (of) => [{ kind: "itself", what: `load balancer (${of("loadBalancerType")})` }],
  ],
  ["aws:ec2/eip:Eip", () => [PUBLIC_ADDRESS]],
  ["aws:ec2/natGateway:NatGateway", always("NAT gateway, and its traffic")],
  [
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    (of) => [
      of("vpcEndpointType") === "Interface"
        ? { kind: "itself", what: "VPC interface endpoint, in each of its zones" }
        : undefined,
    ],
  ],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", always("CloudWatch alarm")],
  ["aws:cloudwatch/dashboard:Dashboard", always("CloudWatch dashboard")],
  ["aws:kms/key:Key", always("customer managed KMS key")],
  ["aws:secretsmanager/secret:Secret", always("secret in Secrets Manager")],
  ["aws:route53/zone:Zone", always("Route 53 hosted zone")],
  [
    "aws:ssm/parameter:Parameter",
    (of, { name }) => [
      of("tier") === "Advanced" ? { kind: "tier", what: "parameter of the advanced tier" } : undefined,
      // The script is there where the servers send metrics (relay-aws.md).
      name.endsWith("-metrics")
        ? { kind: "metrics", what: "relay's custom metrics in CloudWatch" }
        : undefined,
    ],
  ],
  ["sendgrid:index:Subuser", always("subuser at SendGrid (Pro or Premier plan)")],
  [
    "sendgrid:index:IpPool",
    (_of, { inputs }) => [
      { kind: "itself", what: `pool of ${listOf(inputs.ips).length} dedicated IP addresses at SendGrid` },
    ],
  ],
]);

const PUBLIC_ADDRESS: BilledItem = { kind: "public address", what: "public IPv4 address" };

/** What each server of a fleet is: its size, and the volumes that come with it. */
function eachServer(of: (property: string) => string, { inputs }: Resource): BilledItem {
  const volumes = listOf(inputs.blockDeviceMappings).flatMap((mapping) =>
    volumeOf(propertyOf(mapping, "ebs")),
  );
  const parts = [of("instanceType"), ...volumes];
  return { kind: "each server", what: `server of a fleet (${parts.join(", ")})` };
}

/** A volume whose size is not said has the image's. */
function volumeOf(ebs: Value | undefined): string[] {
  const size = propertyOf(ebs, "volumeSize");
  return size === undefined
    ? []
    : [`${showValue(propertyOf(ebs, "volumeType"))} volume of ${showValue(size)} GiB`];
}
