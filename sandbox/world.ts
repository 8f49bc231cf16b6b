import { serve } from "../providers/kit";
import { type AwsAccount, awsProvider } from "./aws";
import { CloudflareAccount, cloudflareProvider, type DnsStore } from "./cloudflare";
import { type DnsServer, type Resolve, resolver, startDns, Zones } from "./dns";
import { type Inbox, startInbox } from "./inbox";
import { ADDRESS } from "./machine/addresses";
import type { Authority } from "./pki";
import {
  createKeyText,
  SendGridAccount,
  type SendGridApi,
  type SendGridSmtp,
  startSendGridApi,
  startSendGridSmtp,
} from "./sendgrid";

/** The domain that the sandbox's stack sends from. */
export const DOMAIN = "example.com";
/** The recipient's domain, whose mail server is the inbox. */
export const RECIPIENT_DOMAIN = "recipient.example";
/** The user's zone at Cloudflare. */
export const ZONE_ID = "023e105f4ecef8ad9ca31a8372d0c353";

/** Where the world's servers listen. */
export interface WorldAddresses {
  dns: { address: string; port: number }[];
  smartHost: { address: string; ports: SmartHostPort[] };
  inbox: { address: string; port: number };
}

interface SmartHostPort {
  port: number;
  tls?: "starttls" | "wrapper";
}

/** Everything on 127.0.0.1 with free ports: for whoever needs no booted server. */
export const ON_LOOPBACK: WorldAddresses = {
  dns: [{ address: "127.0.0.1", port: 0 }],
  smartHost: { address: "127.0.0.1", ports: [{ port: 0 }] },
  inbox: { address: "127.0.0.1", port: 0 },
};

/** Every host at its own address and port: for the network namespace that plays the cloud. */
export const IN_NETWORK: WorldAddresses = {
  dns: [
    { address: ADDRESS.dns, port: 53 },
    { address: "127.0.0.1", port: 0 },
  ],
  smartHost: {
    address: ADDRESS.smartHost,
    ports: [{ port: 587 }, { port: 2525 }, { port: 25 }, { port: 465, tls: "wrapper" }],
  },
  inbox: { address: ADDRESS.inbox, port: 25 },
};

export interface WorldOptions {
  /** The user's domain, an empty zone at Cloudflare. */
  domain: string;
  aws: AwsAccount;
  /** Signs the certificates of SendGrid and of the inbox. */
  authority: Authority;
  addresses?: WorldAddresses;
  /** More names with their addresses, such as the package mirror's. */
  hosts?: ReadonlyMap<string, readonly string[]>;
}

/** The account on one machine: SendGrid, Cloudflare, AWS, DNS and the recipient's inbox. */
export interface World {
  readonly domain: string;
  /** Signs the certificates of SendGrid and of the inbox. */
  readonly authority: Authority;
  readonly zones: Zones;
  readonly dns: DnsServer;
  readonly resolve: Resolve;
  readonly sendgrid: { account: SendGridAccount; api: SendGridApi; smtp: SendGridSmtp };
  readonly cloudflare: CloudflareAccount;
  readonly aws: AwsAccount;
  readonly inbox: Inbox;
  /** Ports of the substitute providers, by package name. */
  readonly attachedProviders: Record<string, number>;
  /** Serves a wrong value for a name of the user's zone, until the returned function mends it. */
  tamper(name: string, wrong: string): () => void;
  /** Settings of the stack that differ from world to world: who answers its questions to DNS. */
  readonly settings: Record<string, string>;
  /** What the SendGrid provider needs in its environment. The key is secret. */
  readonly environment: Record<string, string>;
  close(): Promise<void>;
}

/** Starts all of it. What was started is stopped again when something fails. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { domain, aws, authority, addresses = ON_LOOPBACK, hosts = new Map() } = options;
  const opened: { close(): Promise<unknown> }[] = [];
  const keep = async <T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    opened.unshift(started);
    return started;
  };
  const close = async () => {
    for (const server of opened) {
      await server.close();
    }
  };
  try {
    const zones = makeZones(domain, addresses.inbox.address, hosts);
    const dns = await keep(startDns({ zones, listen: addresses.dns }));
    const where = dns.addresses.at(-1) ?? { address: "127.0.0.1", port: dns.port };
    const resolve = resolver(where.address, where.port);

    const adminKey = createKeyText();
    const account = new SendGridAccount({ zones, adminKey, outbound: [addresses.smartHost.address] });
    const api = await keep(startSendGridApi({ account, resolver: resolve }));
    const inbox = await keep(
      startInbox({
        ...addresses.inbox,
        resolver: resolve,
        domains: [RECIPIENT_DOMAIN],
        certificate: await authority.issue([`mx.${RECIPIENT_DOMAIN}`]),
      }),
    );
    const smtp = await keep(
      startSendGridSmtp({
        account,
        resolver: resolve,
        certificate: await authority.issue(["smtp.sendgrid.net", "smtp.eu.sendgrid.net"]),
        listen: addresses.smartHost.ports.map((port) => ({ ...port, address: addresses.smartHost.address })),
        localAddress: addresses.smartHost.address,
        mxPort: inbox.port,
      }),
    );
    const wrongValues = new Map<string, string>();
    const cloudflare = new CloudflareAccount(
      [{ id: ZONE_ID, name: domain }],
      tamperedStore(zones, wrongValues),
    );
    const awsServer = await keep(serve(awsProvider(aws)));
    const cloudflareServer = await keep(serve(cloudflareProvider(cloudflare)));
    return {
      domain,
      authority,
      zones,
      dns,
      resolve,
      sendgrid: { account, api, smtp },
      cloudflare,
      aws,
      inbox,
      attachedProviders: { aws: awsServer.port, cloudflare: cloudflareServer.port },
      tamper: (name, wrong) => {
        wrongValues.set(name, wrong);
        return () => {
          wrongValues.delete(name);
          for (const { type, content } of cloudflare
            .records(ZONE_ID)
            .filter((record) => record.name === name)) {
            zones.zone(domain).set(name, type, [{ value: content }]);
          }
        };
      },
      settings: { dnsResolver: `${where.address}:${where.port}` },
      environment: { SENDGRID_API_KEY: adminKey, SENDGRID_BASE_URL: api.url },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The zones as Cloudflare's records reach them, with some values replaced on the way. */
function tamperedStore(zones: Zones, wrongValues: ReadonlyMap<string, string>): DnsStore {
  return {
    add: (record) => zones.add({ ...record, value: wrongValues.get(record.name) ?? record.value }),
    remove: (record) => zones.remove(record),
  };
}

function makeZones(domain: string, inbox: string, hosts: ReadonlyMap<string, readonly string[]>): Zones {
  const zones = new Zones();
  zones.create(domain);
  const exchanger = `mx.${RECIPIENT_DOMAIN}`;
  zones.create(RECIPIENT_DOMAIN, [
    { name: RECIPIENT_DOMAIN, type: "MX", value: exchanger, priority: 10 },
    { name: exchanger, type: "A", value: inbox },
  ]);
  for (const [name, addresses] of hosts) {
    zones.create(
      name,
      addresses.map((value) => ({ name, type: "A", value })),
    );
  }
  return zones;
}
