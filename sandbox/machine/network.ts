import { execa } from "execa";
import { z } from "zod";
import { ADDRESS, macOf, SUBNET_CIDR } from "./addresses";
import { FORWARDING, startForwarding, stopForwarding } from "./forwarding";
import { hostLink, removeNamespace, runOf } from "./leftovers";

/** The variable that tells a process inside the network which one it is in. */
const VARIABLE = "SMARTHOST_NETWORK";
/** The uplinks' range; each sandbox takes four of its addresses, so that several can run at once. */
const UPLINK_PREFIX = "10.77.255.";
const UPLINKS = 64;

/** A network namespace that plays the cloud: one bridge with all emulated hosts, and a way out for packages. */
export interface Network {
  /** The namespace's name, `smarthost-<pid of the process that made it>`. */
  name: string;
}

/**
 * Makes the network, with root, from outside of it. The sandbox then runs in it, by {@link enterCommand}.
 *
 * The way out takes TCP 80 and 443 and DNS, and nothing else: the server's package manager needs the first, and
 * nothing may reach real mail servers. A guest's TCP 25 is dropped, as clouds do with new accounts.
 */
export async function createNetwork(): Promise<Network> {
  const network = { name: `smarthost-${process.pid}` };
  try {
    await buildNetwork(network.name);
  } catch (error) {
    await removeNetwork(network);
    throw error;
  }
  return network;
}

async function buildNetwork(name: string): Promise<void> {
  const host = hostLink(name);
  const [outside, inside] = await freeUplink();
  await execa("ip", ["netns", "add", name]);
  const within = (...args: string[]) => execa("ip", ["-n", name, ...args]);
  await within("link", "set", "lo", "up");
  // Its own address: a bridge without one takes a port's, and another when that guest goes, while guests remember the first.
  await within("link", "add", "br0", "address", macOf(ADDRESS.gateway), "type", "bridge");
  await within("link", "set", "br0", "up");
  for (const [role, address] of Object.entries(ADDRESS)) {
    await within("addr", "add", role === "gateway" ? `${address}/24` : `${address}/32`, "dev", "br0");
  }
  await execa("ip", ["link", "add", host, "type", "veth", "peer", "name", "up0", "netns", name]);
  await execa("ip", ["addr", "add", `${outside}/30`, "dev", host]);
  await execa("ip", ["link", "set", host, "up"]);
  await within("addr", "add", `${inside}/30`, "dev", "up0");
  await within("link", "set", "up0", "up");
  await within("route", "add", "default", "via", outside);
  const enter = `--net=/run/netns/${name}`;
  await execa("nsenter", [enter, "sh", "-c", `echo 1 > ${FORWARDING}`]);
  await execa("nsenter", [enter, "nft", "-f", "-"], { input: CLOUD_RULES });
  await startForwarding();
  await execa("nft", ["-f", "-"], { input: hostRules(name, host, outside) });
}

/** Removes the network with all guests in it; also right for one that is made only in part. */
export async function removeNetwork({ name }: Network): Promise<void> {
  await removeNamespace(name);
  await stopForwarding();
}

/** The words in front of a command that make it run inside the network, and its environment variable. */
export function enterCommand({ name }: Network): { command: string[]; env: Record<string, string> } {
  return { command: ["nsenter", `--net=/run/netns/${name}`], env: { [VARIABLE]: name } };
}

/** The network that this process was started in by {@link enterCommand}; undefined outside of one. */
export function currentNetwork(): Network | undefined {
  const name = process.env[VARIABLE];
  return name !== undefined && runOf(name) !== undefined ? { name } : undefined;
}

/**
 * The addresses of the package mirrors in the machine's own apt sources, as this machine resolves them. The
 * sandbox's DNS serves them to the guest, so that its apt-get works without any other name being resolved.
 *
 * Call it outside of the network.
 */
export async function mirrorAddresses(mirrors: readonly URL[]): Promise<Map<string, string[]>> {
  const { lookup } = await import("node:dns/promises");
  const addresses = new Map<string, string[]>();
  for (const host of new Set(mirrors.map((mirror) => mirror.hostname))) {
    const found = await lookup(host, { all: true, family: 4 });
    addresses.set(
      host,
      found.map(({ address }) => address),
    );
  }
  return addresses;
}

const CLOUD_RULES = `
table ip smarthost {
  chain outgoing { type nat hook postrouting priority srcnat; ip saddr ${SUBNET_CIDR} oifname "up0" masquerade; }
  chain blocked {
    iifname "br0" tcp dport 25 counter drop
  }
  chain input { type filter hook input priority filter; jump blocked; }
  chain forward { type filter hook forward priority filter; jump blocked; }
}
`;

function hostRules(name: string, host: string, uplink: string): string {
  return `
table ip ${name} {
  chain outgoing { type nat hook postrouting priority srcnat; ip saddr ${uplink}/30 oifname != "${host}" masquerade; }
  chain forward {
    type filter hook forward priority filter;
    iifname "${host}" tcp dport { 80, 443 } accept
    iifname "${host}" meta l4proto { tcp, udp } th dport 53 accept
    iifname "${host}" drop
  }
}
`;
}

const LINKS = z.array(z.object({ addr_info: z.array(z.object({ local: z.string().optional() })) }));

/** Two addresses of a /30 that no other link of this machine has: the outside end's and the inside end's. */
async function freeUplink(): Promise<[string, string]> {
  const { stdout } = await execa("ip", ["-j", "-4", "addr"]);
  const used = new Set(
    LINKS.parse(JSON.parse(stdout)).flatMap((link) => link.addr_info.map(({ local }) => local)),
  );
  // Two that start at the same moment begin to look in different places.
  for (let step = 0; step < UPLINKS; step++) {
    const base = ((process.pid + step) % UPLINKS) * 4;
    const outside = `${UPLINK_PREFIX}${base + 1}`;
    if (!used.has(outside)) {
      return [outside, `${UPLINK_PREFIX}${base + 2}`];
    }
  }
  throw new Error(
    `All uplink addresses in ${UPLINK_PREFIX}0/24 are taken: ${UPLINKS} sandboxes run, or left their links.`,
  );
}
