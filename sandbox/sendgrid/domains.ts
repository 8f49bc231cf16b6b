import { generateKeyPair, randomInt } from "node:crypto";
import { promisify } from "node:util";
import type { DnsRecord, Zone } from "../dns";
import { Refusal } from "./refusal";

/** One DNS record that the user has to publish, in the API's words. */
export interface RequiredRecord {
  valid: boolean;
  type: "a" | "cname" | "mx" | "txt";
  host: string;
  data: string;
}

/** What a domain is created from; the API's defaults are filled in. */
export interface NewDomain {
  owner: string;
  userId: number;
  domain: string;
  subdomain?: string;
  ips: string[];
  customSpf: boolean;
  isDefault: boolean;
  automaticSecurity: boolean;
  customDkimSelector?: string;
}

/** An authenticated domain of the account. */
export interface AuthenticatedDomain extends Omit<NewDomain, "subdomain" | "customDkimSelector"> {
  readonly id: number;
  readonly subdomain: string;
  /** The records by their keys in the API: mail_cname, dkim1, dkim2, or mail_server, subdomain_spf, … */
  readonly dns: Record<string, RequiredRecord>;
  /** The selector that messages are signed with, and its private key. */
  readonly signing: { selector: string; privateKey: string };
  valid: boolean;
  /** Epoch seconds of the latest validation. */
  lastValidationAttemptAt?: number;
}

/** The authenticated domains of an account; fills SendGrid's own zone with what the CNAMEs point to. */
export class AuthenticatedDomains {
  readonly #domains = new Map<number, AuthenticatedDomain>();
  readonly #targets = new Map<number, DnsRecord[]>();
  readonly #zone: Zone;
  readonly #outbound: readonly string[];
  #nextId = randomInt(20_000_000, 30_000_000);
  #nextCluster = 101;

  /**
   * @param zone the zone sendgrid.net.
   * @param outbound IPv4 addresses that mail leaves from; SPF names them.
   * @param createKey makes the DKIM keys, by default a fresh RSA-2048 key each time
   */
  constructor(
    zone: Zone,
    outbound: readonly string[],
    private readonly createKey: () => Promise<DkimKey> = createDkimKey,
  ) {
    this.#zone = zone;
    this.#outbound = outbound;
  }

  /** All domains in the order of their creation, of one owner where one is named. */
  list(owner?: string): AuthenticatedDomain[] {
    return [...this.#domains.values()].filter((each) => owner === undefined || each.owner === owner);
  }

  /** @throws Refusal 404 when there is no such domain, or it is another user's. */
  get(id: number, owner?: string): AuthenticatedDomain {
    const domain = this.#domains.get(id);
    if (!domain || (owner !== undefined && domain.owner !== owner)) {
      throw new Refusal(404, [{ message: "Domain whitelabel does not exist." }]);
    }
    return domain;
  }

  /**
   * Creates a domain with fresh RSA-2048 keys.
   *
   * @throws Refusal 400 when this domain and subdomain exist already.
   */
  async create(wanted: NewDomain): Promise<AuthenticatedDomain> {
    const subdomain = wanted.subdomain ?? `em${randomInt(1000, 10_000)}`;
    const [first, second] = await Promise.all([this.createKey(), this.createKey()]);
    // Checked after the wait, so that of two requests at once only one wins.
    if (this.list().some((each) => each.domain === wanted.domain && each.subdomain === subdomain)) {
      throw new Refusal(400, [
        { message: "An authenticated domain already exists for this URL. Please use a unique subdomain." },
      ]);
    }
    const id = this.#nextId++;
    const { customDkimSelector, ...kept } = wanted;
    const identity = { domain: wanted.domain, host: `${subdomain}.${wanted.domain}` };
    const [dns, selector] = wanted.automaticSecurity
      ? this.#automatic(id, wanted, identity, [first.publicKey, second.publicKey])
      : manual(wanted, identity, first.publicKey);
    const signing = { selector, privateKey: first.privateKey };
    const domain: AuthenticatedDomain = { ...kept, id, subdomain, dns, signing, valid: false };
    this.#domains.set(id, domain);
    if (domain.isDefault) this.#makeDefault(domain);
    return domain;
  }

  /** Changes what PATCH can change. */
  update(domain: AuthenticatedDomain, change: { isDefault?: boolean; customSpf?: boolean }): void {
    if (change.customSpf !== undefined) domain.customSpf = change.customSpf;
    if (change.isDefault !== undefined) domain.isDefault = change.isDefault;
    if (domain.isDefault) this.#makeDefault(domain);
    renewSpf(domain);
  }

  /** Puts other addresses into the custom SPF record. @throws Refusal 400 for a domain that has none. */
  changeIps(domain: AuthenticatedDomain, ips: string[]): void {
    if (!domain.customSpf) throw new Refusal(400, [{ message: "custom_spf must be enabled." }]);
    domain.ips = ips;
    renewSpf(domain);
  }

  /** Removes a domain and the targets of its CNAMEs. */
  delete(domain: AuthenticatedDomain): void {
    this.#domains.delete(domain.id);
    for (const record of this.#targets.get(domain.id) ?? []) this.#zone.remove(record);
    this.#targets.delete(domain.id);
  }

  /** The validated domain of a sender's address. Subdomains of it are not covered. */
  verifiedFor(fromDomain: string): AuthenticatedDomain | undefined {
    return this.list().find(({ valid, domain }) => valid && domain === fromDomain.toLowerCase());
  }

  #makeDefault(domain: AuthenticatedDomain): void {
    for (const other of this.list(domain.owner)) other.isDefault = other === domain;
  }

  /** Three CNAMEs into SendGrid's zone, whose targets are published there: keys, SPF, MX. */
  #automatic(
    id: number,
    { userId, customDkimSelector }: NewDomain,
    { domain, host }: { domain: string; host: string },
    publicKeys: [string, string],
  ): [AuthenticatedDomain["dns"], string] {
    const first = customDkimSelector ?? "s1";
    const second = customDkimSelector ? `${customDkimSelector}2` : "s2";
    const target = `u${userId}.wl${this.#nextCluster++}.${this.#zone.origin}`;
    const records: DnsRecord[] = [
      ...this.#outbound.map((value): DnsRecord => ({ name: target, type: "A", value })),
      { name: target, type: "MX", value: `mx.${this.#zone.origin}`, priority: 10 },
      { name: target, type: "TXT", value: `${spfOf(this.#outbound)} -all` },
      { name: `${first}.domainkey.${target}`, type: "TXT", value: dkimText(publicKeys[0]) },
      { name: `${second}.domainkey.${target}`, type: "TXT", value: dkimText(publicKeys[1]) },
    ];
    for (const record of records) this.#zone.add(record);
    this.#targets.set(id, records);
    const cname = (host: string, data: string): RequiredRecord => ({
      valid: false,
      type: "cname",
      host,
      data,
    });
    return [
      {
        mail_cname: cname(host, target),
        dkim1: cname(`${first}._domainkey.${domain}`, `${first}.domainkey.${target}`),
        dkim2: cname(`${second}._domainkey.${domain}`, `${second}.domainkey.${target}`),
      },
      first,
    ];
  }
}

/** Manual security: the user publishes SPF and the key in the own zone. */
function manual(
  { customDkimSelector, customSpf, ips }: NewDomain,
  { domain, host }: { domain: string; host: string },
  publicKey: string,
): [AuthenticatedDomain["dns"], string] {
  const selector = customDkimSelector ?? "m1";
  const txt = (host: string, data: string): RequiredRecord => ({ valid: false, type: "txt", host, data });
  return [
    {
      mail_server: { valid: false, type: "mx", host, data: "mx.sendgrid.net." },
      subdomain_spf: txt(host, subdomainSpf({ customSpf, ips })),
      domain_spf: txt(domain, `v=spf1 include:${host} -all`),
      dkim: txt(`${selector}._domainkey.${domain}`, dkimText(publicKey)),
    },
    selector,
  ];
}

/** SPF of the return path with manual security. */
function subdomainSpf({ customSpf, ips }: Pick<NewDomain, "customSpf" | "ips">): string {
  return customSpf ? `${spfOf(ips)} -all` : "v=spf1 include:sendgrid.net ~all";
}

function renewSpf(domain: AuthenticatedDomain): void {
  if (domain.dns.subdomain_spf) domain.dns.subdomain_spf.data = subdomainSpf(domain);
}

/** The start of an SPF record that names these addresses; the qualifier of `all` is the caller's. */
export function spfOf(addresses: readonly string[]): string {
  return ["v=spf1", ...addresses.map((address) => `ip4:${address}`)].join(" ");
}

function dkimText(publicKey: string): string {
  return `k=rsa; t=s; p=${publicKey}`;
}

/** A private key in PEM, secret, and its public key in base64. */
export interface DkimKey {
  privateKey: string;
  publicKey: string;
}

export async function createDkimKey(): Promise<DkimKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  };
}
