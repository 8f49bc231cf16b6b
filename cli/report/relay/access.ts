import type { ResourceChange } from "../../../mail-resources/preview";
import type { Resource } from "../../../mail-resources/resource";
import { listOf, numberOf, propertyOf, showValue, textOf, type Value } from "../../../mail-resources/value";
import type { Difference, ReportFinding } from "../report";
import { ofType, type RelayParts, TYPE } from "./parts";
import type { RelayAspect } from "./relay-report";
import { isEverybody } from "./settings";

/** One way in, as a firewall has it: from whom, to which ports. */
interface WayIn {
  peer: string;
  from: number | undefined;
  to: number | undefined;
  change: ResourceChange;
}

const SMTP_PORTS = [25, 465, 587];

/** Who can connect to the relay's ports before and after, by its security groups. */
export function accessAspect(parts: RelayParts): RelayAspect {
  const changes = [TYPE.ingressRule, TYPE.rule, TYPE.securityGroup].flatMap((type) => ofType(parts, type));
  const [before, after] = (["before", "after"] as const).map((side) =>
    changes.flatMap((change) => waysIn(change, side)),
  );
  const texts = (ways: readonly WayIn[] | undefined) => new Set((ways ?? []).map(describe));
  const [old, next] = [texts(before), texts(after)];
  const closed = (before ?? []).filter((way) => !next.has(describe(way)));
  const opened = (after ?? []).filter((way) => !old.has(describe(way)));
  const hasLogins = (parts.after ?? parts.before)?.hasLogins ?? false;
  const toTheWorld = (after ?? []).filter((way) => isEverybody(way.peer) && !old.has(describe(way)));
  return {
    details: [...inDetails("firewall closes to", closed), ...inDetails("firewall opens to", opened)],
    findings: toTheWorld.flatMap((way) => worldFinding(parts, way, hasLogins)),
  };
}

function waysIn(change: ResourceChange, side: "before" | "after"): WayIn[] {
  const resource = change[side];
  if (resource === undefined) {
    return [];
  }
  const { inputs } = resource;
  const way = (peers: string[], rule: Value): WayIn[] => {
    const protocol = textOf(propertyOf(rule, "ipProtocol")) ?? textOf(propertyOf(rule, "protocol"));
    // EC2 takes no ports for "all protocols", and Terraform's older rules have zeros there.
    const port = (name: string) => (protocol === "-1" ? undefined : numberOf(propertyOf(rule, name)));
    return peers.map((peer) => ({ peer, from: port("fromPort"), to: port("toPort"), change }));
  };
  switch (resource.type) {
    case TYPE.ingressRule:
      return way(rulePeers(resource), inputs);
    case TYPE.rule:
      return inputs.type === "ingress" ? way(rangesOf(inputs), inputs) : [];
    default:
      return listOf(inputs.ingress).flatMap((rule) => way(rangesOf(rule), rule));
  }
}

function rulePeers({ inputs }: Resource): string[] {
  const given = ["cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"].map(
    (name) => inputs[name],
  );
  return given
    .filter((value) => value !== undefined && value !== null)
    .map((value) => textOf(value) ?? "a security group");
}

function rangesOf(rule: Value): string[] {
  return ["cidrBlocks", "ipv6CidrBlocks"]
    .flatMap((name) => listOf(propertyOf(rule, name)))
    .map((range) => textOf(range) ?? showValue(range));
}

function inDetails(what: "firewall closes to" | "firewall opens to", ways: readonly WayIn[]): Difference[] {
  const peers = [...new Set(ways.map(({ peer }) => peer))].toSorted();
  const text = peers
    .map((peer) => {
      const ports = ways.filter((way) => way.peer === peer).map(portsOf);
      return `${peer} on ${[...new Set(ports)].toSorted().join(", ")}`;
    })
    .join("; ");
  if (text === "") {
    return [];
  }
  return [what === "firewall closes to" ? { what, before: text } : { what, after: text }];
}

function describe(way: WayIn): string {
  return `${way.peer} ${portsOf(way)}`;
}

function portsOf({ from, to }: WayIn): string {
  if (from === undefined || to === undefined) {
    return "all ports";
  }
  return from === to ? String(from) : `${from}–${to}`;
}

function worldFinding(
  { name }: RelayParts,
  { peer, from = 0, to = 65_535, change }: WayIn,
  hasLogins: boolean,
): ReportFinding[] {
  const ports = SMTP_PORTS.filter((port) => from <= port && port <= to);
  const meant = hasLogins && from === to && ports.every((port) => port !== 25);
  if (ports.length === 0 || meant) {
    return [];
  }
  return [
    {
      severity: "error",
      path: change.name,
      message: `the whole internet (${peer}) can connect to port ${ports.join(", ")} of the relay: only Postfix's list of clients still keeps strangers out`,
      next: "Name the clients' ranges or security groups.",
      urn: change.urn,
      subject: name,
    },
  ];
}
