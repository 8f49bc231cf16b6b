import { execa } from "execa";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { AwsAccount } from "../../sandbox/aws/account";
import { type DnsServer, startDns, Zones } from "../../sandbox/dns";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { currentNetwork } from "../../sandbox/machine/network";
import { Servers } from "../../sandbox/machine/servers";
import { type Authority, createAuthority } from "../../sandbox/pki";
import { type BootedRelay, type BootOptions, bootRelay } from "./booted-relay";
import { type Attempt, type ClientOptions, handIn, type Letter } from "./client";
import { CROWD, PARAMETER, PASSWORD } from "./names";
import type { MirrorHosts } from "./network-run";
import { SmartHost, type SmartHostOptions } from "./smart-host";

/** How {@link startRelayWorld} sets the network up. */
export interface RelayWorldOptions {
  debian: 12 | 13;
  mirrors: MirrorHosts;
  /** Gets what happens, as short lines. Default: nobody. */
  say?: (line: string) => void;
}

/** A cloud in a network of its own, with everything that a relay talks to. */
export interface RelayWorld {
  readonly debian: 12 | 13;
  readonly account: AwsAccount;
  readonly servers: Servers;
  readonly zones: Zones;
  readonly authority: Authority;
  /** Makes a smart host, known to DNS by its name; it does not listen until it is opened. */
  addSmartHost(
    options: Omit<SmartHostOptions, "authority" | "password"> & { password?: string },
  ): Promise<SmartHost>;
  /** Gives this process a further address in the network, for a host or a client. */
  addAddress(address: string): Promise<void>;
  /** Writes a password into SSM. Default {@link PARAMETER}. */
  setPassword(password: string, parameter?: string): Promise<void>;
  /** Boots a relay from its real user data and waits until it takes mail. */
  bootRelay(settings?: Partial<RelaySettings>, options?: BootOptions): Promise<BootedRelay>;
  /** Hands in one message from the application's address, or another of this process's. */
  send(relay: BootedRelay, letter: Letter, options?: Omit<ClientOptions, "address">): Promise<Attempt>;
  /** Powers all relays off and ends all hosts. */
  close(): Promise<void>;
}

/**
 * Starts DNS, an AWS account with SSM and instance metadata, and a certificate authority that the servers trust. Runs in
 * the network of {@link runInNetwork}. The account has the role `relay`, which may read the parameters below
 * `/smarthost/`; {@link PARAMETER} holds {@link PASSWORD}.
 *
 *     const world = await startRelayWorld({ debian: 13, mirrors, say });
 *     const host = await world.addSmartHost({ name: SMART_HOST });
 *     await host.open();
 *     const relay = await world.bootRelay({ hideClients: true });
 *     await world.send(relay, { id: "<1@app.example.com>" });
 *
 * @throws Error outside of such a network
 */
export async function startRelayWorld({ debian, mirrors, say }: RelayWorldOptions): Promise<RelayWorld> {
  const network = currentNetwork();
  if (network === undefined) throw new Error("Run this inside the network, by runInNetwork.");
  const authority = await createAuthority();
  const zones = new Zones();
  const addName = (name: string, addresses: readonly string[]) =>
    zones.create(
      name,
      addresses.map((value) => ({ name, type: "A" as const, value })),
    );
  for (const [host, addresses] of mirrors) addName(host, addresses);
  const endpoints = ["ssm", "monitoring", "secretsmanager", "autoscaling", "ec2"].map(
    (service) => `${service}.eu-central-1.amazonaws.com`,
  );
  for (const endpoint of endpoints) addName(endpoint, [ADDRESS.awsApi]);
  const dns: DnsServer = await startDns({ zones, listen: [{ address: ADDRESS.dns, port: 53 }] });
  const servers = new Servers({
    network,
    authority: authority.ca,
    certificate: await authority.issue(endpoints),
    onProgress: say,
  });
  const account = new AwsAccount(servers);
  await servers.start(account);
  makeRole(account);
  const hosts: SmartHost[] = [];
  const addAddress = async (address: string) => {
    await execa("ip", ["addr", "replace", `${address}/32`, "dev", "br0"]);
  };
  for (const address of CROWD) await addAddress(address);
  const setPassword = async (value: string, name = PARAMETER) => {
    const written = { name, type: "SecureString" as const, value, description: undefined, tags: {} };
    await account.parameters.put(written, { overwrite: true });
  };
  await setPassword(PASSWORD);
  return {
    debian,
    account,
    servers,
    zones,
    authority,
    addAddress,
    setPassword,
    async addSmartHost(options) {
      const host = new SmartHost({ password: PASSWORD, ...options, authority });
      await addAddress(host.address);
      addName(host.name, [host.address]);
      hosts.push(host);
      return host;
    },
    bootRelay: (settings = {}, options = {}) => bootRelay({ account, servers, debian }, settings, options),
    send: ({ address }, letter, options = {}) =>
      handIn(letter, { address, ...options }, options.localAddress ?? ADDRESS.application),
    async close() {
      await Promise.all(hosts.map((host) => host.close()));
      await servers.stop();
      await dns.close();
    },
  };
}

function makeRole({ access, partition, region, id }: AwsAccount): void {
  const policy = (rest: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...rest }] });
  access.createRole({
    name: "relay",
    path: "/",
    description: undefined,
    maxSessionDuration: 3600,
    assumeRolePolicy: policy({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
    tags: {},
  });
  const resource = `arn:${partition}:ssm:${region}:${id}:parameter/smarthost/*`;
  access.putRolePolicy("relay", "passwords", policy({ Action: "ssm:GetParameter", Resource: resource }));
  access.createProfile({ name: "relay", path: "/", role: "relay", tags: {} });
}
