import type { RelayTarget, SmartHostTarget } from "../subject";
import { ofType, reader, type SubjectResource, text } from "./sendgrid";

/** The ports on which the module's relays take mail (RFC 6409, RFC 5321). */
const PORTS = [587, 25];

/** The servers and fleets whose user data makes them a relay. */
export function relayTargets(resources: readonly SubjectResource[]): RelayTarget[] {
  const servers = ofType(resources, "aws:ec2/instance:Instance");
  const templates = ofType(resources, "aws:ec2/launchTemplate:LaunchTemplate");
  return [
    ...servers.flatMap((server) => relayTarget(server, server, ["privateIp", "privateDns"])),
    ...templates.flatMap((template) => {
      const { parent } = template.resource;
      const balancer = ofType(resources, "aws:lb/loadBalancer:LoadBalancer").find(
        ({ resource }) => parent !== undefined && resource.parent === parent,
      );
      return relayTarget(template, balancer, ["dnsName"]);
    }),
  ];
}

/** @param front what clients connect to, and the outputs that say where that is */
function relayTarget(
  server: SubjectResource,
  front: SubjectResource | undefined,
  addresses: readonly string[],
): RelayTarget[] {
  const { resource, planned } = server;
  const userData = decoded(text(resource.inputs.userData) ?? text(resource.inputs.userDataBase64) ?? "");
  const smartHosts = smartHostsOf(userData);
  if (smartHosts.length === 0) {
    return [];
  }
  const get = reader(resource);
  const hostName = parameter(userData, "myhostname");
  const host =
    front === undefined || front.planned
      ? undefined
      : addresses.map((key) => text(front.resource.outputs[key])).find((found) => found !== undefined);
  const isServer = front === server;
  const region = get("region") ?? regionOf(get("availabilityZone"));
  return [
    {
      name: resource.name,
      ...(hostName !== undefined && { hostName }),
      ...(host !== undefined && { host }),
      ports: PORTS,
      ...(isServer && !planned && resource.id !== undefined && { instanceId: resource.id }),
      ...(region !== undefined && { region }),
      smartHosts,
    },
  ];
}

/** The smart hosts of all relays, each once. */
export function smartHostTargets(relays: readonly RelayTarget[]): SmartHostTarget[] {
  const all = relays.flatMap(({ smartHosts }) => smartHosts);
  const keys = all.map(({ host, port }) => `${host}:${port}`);
  return all.filter((_, index) => keys.indexOf(keys[index] ?? "") === index);
}

/** The hosts of `relayhost` in the main.cf that user data brings; none where it brings no such thing. */
export function smartHostsOf(userData: string): SmartHostTarget[] {
  const relayhost = parameter(userData, "relayhost") ?? "";
  const transport = /\bsmarthost unix [^\n]*/.exec(userData)?.[0] ?? "";
  const tls = /smtp_tls_wrappermode=yes/.test(transport)
    ? "wrapper"
    : (/smtp_tls_security_level=(may|encrypt)/.exec(transport)?.[1] ?? "starttls");
  const hops = [...relayhost.matchAll(/\[([^\]\s]+)\]:(\d+)/g)].map(([, host = "", port]) => ({
    host: host.toLowerCase(),
    port: Number(port),
    tls: isTls(tls) ? tls : ("starttls" as const),
  }));
  // The first is named twice, so that a failed attempt is repeated at once.
  return hops.filter(
    (hop, index) => hops.findIndex(({ host, port }) => host === hop.host && port === hop.port) === index,
  );
}

function isTls(word: string): word is SmartHostTarget["tls"] {
  return ["starttls", "wrapper", "may", "encrypt"].includes(word);
}

/** A parameter's value, as a line of main.cf within the user data has it. */
function parameter(userData: string, name: string): string | undefined {
  return new RegExp(`^\\s*${name} = (.+)$`, "m").exec(userData)?.[1]?.trim();
}

/** User data as text; a launch template has it as base64. */
function decoded(userData: string): string {
  return /^[A-Za-z0-9+/=\s]+$/.test(userData) ? Buffer.from(userData, "base64").toString() : userData;
}

/** `eu-central-1` of `eu-central-1a`. */
function regionOf(zone: string | undefined): string | undefined {
  return zone === undefined ? undefined : /^[a-z]+(-[a-z]+)+-\d/.exec(zone)?.[0];
}
