import type { Preview, ResourceChange } from "../../../mail-resources/preview";
import { nameOfUrn, type Resource, typeOfUrn } from "../../../mail-resources/resource";
import { type ReadUserData, type RelayConfiguration, readUserData } from "./configuration";

/** The types of AWS's resources that a relay is made of. */
export const TYPE = {
  server: "aws:ec2/instance:Instance",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  volume: "aws:ebs/volume:Volume",
  attachment: "aws:ec2/volumeAttachment:VolumeAttachment",
  parameter: "aws:ssm/parameter:Parameter",
  ingressRule: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  rule: "aws:ec2/securityGroupRule:SecurityGroupRule",
  securityGroup: "aws:ec2/securityGroup:SecurityGroup",
  record: "aws:route53/record:Record",
  group: "aws:autoscaling/group:Group",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
} as const;

/** A server, or what servers are launched from, with what its user data says. */
export interface ServerChange {
  change: ResourceChange;
  /** Undefined where the server was not there. */
  before?: ReadUserData;
  /** Undefined where it will not be there. */
  after?: ReadUserData;
}

/** What a preview says of one relay. */
export interface RelayParts {
  /** The component's URN, or the server's where it stands alone. */
  urn: string;
  name: string;
  form: "server" | "fleet";
  servers: ServerChange[];
  /** All changes of the relay's resources, the servers among them. */
  changes: ResourceChange[];
  /** Undefined where there was no relay, or its user data is not in the preview. */
  before?: RelayConfiguration;
  after?: RelayConfiguration;
}

const COMPONENT = /^smarthost:index:PostfixRelay(Fleet)?$/;
/** Where providers have a server's user data. */
const USER_DATA = ["userData", "userDataBase64", "customData"];

/** The relays of which a preview shows a resource, by name. */
export function relayParts({ changes }: Preview): RelayParts[] {
  const servers = changes.flatMap(asServer);
  const keys = new Set([
    ...servers.map(({ change }) => relayOf(change) ?? change.urn),
    ...changes.flatMap((change) => {
      const component = COMPONENT.test(change.type) ? change.urn : componentOf(change);
      return component === undefined ? [] : [component];
    }),
  ]);
  return [...keys]
    .map((urn) => partsOf(urn, changes, servers))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The changes of one type. */
export function ofType({ changes }: RelayParts, type: string): ResourceChange[] {
  return changes.filter((change) => change.type === type);
}

/** Whether the resource is there before and after, and not the same one. */
export function isReplaced({ operation }: ResourceChange): boolean {
  return operation === "replace";
}

/** Whether the resource comes to be; taking an existing one over counts. */
export function isCreated({ operation }: ResourceChange): boolean {
  return operation === "create" || operation === "import";
}

export function isDeleted({ operation }: ResourceChange): boolean {
  return operation === "delete";
}

export function isUpdated({ operation }: ResourceChange): boolean {
  return operation === "update";
}

function asServer(change: ResourceChange): ServerChange[] {
  const [before, after] = [change.before, change.after].map((resource) => resource && userDataOf(resource));
  const isRelay =
    before?.kind === "relay" ||
    after?.kind === "relay" ||
    (componentOf(change) !== undefined && (change.type === TYPE.server || change.type === TYPE.template));
  return isRelay ? [{ change, before, after }] : [];
}

function userDataOf({ inputs }: Resource): ReadUserData {
  const property = USER_DATA.find((name) => inputs[name] !== undefined);
  return readUserData(property === undefined ? undefined : inputs[property]);
}

/** The relay component that a resource is a part of. */
function componentOf(change: ResourceChange): string | undefined {
  const parent = (change.after ?? change.before)?.parent;
  return parent !== undefined && COMPONENT.test(typeOfUrn(parent)) ? parent : undefined;
}

/** The component around a server, of whatever type; none where the stack itself is the parent. */
function relayOf(change: ResourceChange): string | undefined {
  const parent = (change.after ?? change.before)?.parent;
  return parent === undefined || typeOfUrn(parent) === "pulumi:pulumi:Stack" ? undefined : parent;
}

function partsOf(urn: string, changes: readonly ResourceChange[], all: readonly ServerChange[]): RelayParts {
  const servers = all.filter(({ change }) => (relayOf(change) ?? change.urn) === urn);
  const own = changes.filter((change) => relayOf(change) === urn);
  const parts =
    own.length > 0 ? own : servers.flatMap(({ change }) => [change, ...linkedTo(change, changes)]);
  const isFleet =
    typeOfUrn(urn).endsWith("Fleet") || servers.some(({ change }) => change.type === TYPE.template);
  return {
    urn,
    name: nameOfUrn(urn),
    form: isFleet ? "fleet" : "server",
    servers,
    changes: parts,
    before: configurationOf(servers.map(({ before }) => before)),
    after: configurationOf(servers.map(({ after }) => after)),
  };
}

function configurationOf(sides: readonly (ReadUserData | undefined)[]): RelayConfiguration | undefined {
  return sides.find((side) => side?.kind === "relay")?.configuration;
}

/** Volumes and attachments of a server without a component around it, by their ids. */
function linkedTo(server: ResourceChange, changes: readonly ResourceChange[]): ResourceChange[] {
  const id = server.before?.id;
  const attachments = changes.filter(
    ({ type, before, after }) =>
      type === TYPE.attachment &&
      id !== undefined &&
      [before, after].some((side) => side?.inputs.instanceId === id),
  );
  const volumeIds = attachments.flatMap(({ before, after }) =>
    [before, after].map((side) => side?.inputs.volumeId),
  );
  const volumes = changes.filter(
    ({ type, before }) => type === TYPE.volume && before?.id !== undefined && volumeIds.includes(before.id),
  );
  return [...attachments, ...volumes];
}
