import type { RelaySettings } from "../../components/postfix-relay/settings";
import { renderUserData } from "../../components/postfix-relay/user-data";
import { type Preview, parsePreview } from "../../mail-resources/preview";
import { settings } from "../postfix-relay/relay-settings";

/** The engine's sign for what it can't know yet. */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const STACK = "urn:pulumi:production::shop";
const ROOT = `${STACK}::pulumi:pulumi:Stack::shop-production`;

type Inputs = Record<string, unknown>;

/** One step of `pulumi preview --json`, with the inputs on each side where there are any. */
export interface StepOptions {
  op: "create" | "update" | "replace" | "delete" | "same" | "import";
  type: string;
  name: string;
  before?: Inputs;
  after?: Inputs;
  /** Default: the relay of {@link relayUrn}. */
  parent?: string;
  id?: string;
}

/** A relay component's URN. */
export function relayUrn(type = "PostfixRelay", name = "mail"): string {
  return `${STACK}::smarthost:index:MailRelay$smarthost:index:${type}::${name}`;
}

/** A step as the engine writes it; a step without a parent component belongs to the stack with `parent: ""`. */
export function step({ op, type, name, before, after, parent = relayUrn(), id }: StepOptions) {
  const chain = parent === "" ? "" : `${parent.split("::")[2]}$`;
  const urn = `${STACK}::${chain}${type}::${name}`;
  const state = (inputs: Inputs | undefined, known: boolean) =>
    inputs && {
      ...{ urn, type, custom: true, inputs, outputs: inputs, parent: parent === "" ? ROOT : parent },
      ...(known && { id: id ?? `${name}-id` }),
    };
  const differing = Object.keys({ ...before, ...after }).filter(
    (key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]),
  );
  const isChange = op === "update" || op === "replace";
  return {
    ...{ op, urn },
    oldState: op === "create" ? undefined : state(before, true),
    newState: op === "delete" ? undefined : state(after, op !== "create" && op !== "replace"),
    ...(isChange && { detailedDiff: Object.fromEntries(differing.map((key) => [key, { kind: "update" }])) }),
    ...(op === "replace" && { replaceReasons: differing }),
  };
}

/** A preview of these steps, read as the engine's text is. */
export function previewOf(...steps: ReturnType<typeof step>[]): Preview {
  const same = steps.length === 0 ? 5 : 0;
  return parsePreview(JSON.stringify({ steps, changeSummary: { same } }));
}

/** Real user data of a relay to SendGrid. */
export function userData(changes: Partial<RelaySettings> = {}): string {
  return renderUserData({ ...settings, ...changes });
}

/** The inputs of the component's server. */
export function server(changes: Partial<RelaySettings> = {}, inputs: Inputs = {}): Inputs {
  return {
    instanceType: "t4g.micro",
    associatePublicIpAddress: true,
    vpcSecurityGroupIds: ["sg-1"],
    userData: userData(changes),
    userDataReplaceOnChange: true,
    ...inputs,
  };
}

export const volume = (inputs: Inputs = {}): Inputs => ({
  availabilityZone: "eu-central-1a",
  size: 8,
  type: "gp3",
  encrypted: true,
  ...inputs,
});

export const attachment = (instanceId: string, volumeId = "vol-1"): Inputs => ({
  instanceId,
  volumeId,
  deviceName: "/dev/sdf",
  stopInstanceBeforeDetaching: true,
});

/** A rule that lets clients in. */
export const rule = (port: number, cidrIpv4: string): Inputs => ({
  ...{ securityGroupId: "sg-1", ipProtocol: "tcp", cidrIpv4, fromPort: port, toPort: port },
});

/** Types of the relay's resources. */
export const AWS = {
  server: "aws:ec2/instance:Instance",
  volume: "aws:ebs/volume:Volume",
  attachment: "aws:ec2/volumeAttachment:VolumeAttachment",
  parameter: "aws:ssm/parameter:Parameter",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  record: "aws:route53/record:Record",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  group: "aws:autoscaling/group:Group",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
} as const;

/** The steps of a server that is replaced for other user data, with its queue volume moving along. */
export function replacement(before: Partial<RelaySettings>, after: Partial<RelaySettings>) {
  return [
    step({
      ...{ op: "replace", type: AWS.server, name: "mail-debian13-arm64", id: "i-1" },
      ...{ before: server(before), after: server(after) },
    }),
    step({
      ...{ op: "replace", type: AWS.attachment, name: "mail-queue-attachment" },
      ...{ before: attachment("i-1"), after: attachment(UNKNOWN_VALUE) },
    }),
  ];
}
