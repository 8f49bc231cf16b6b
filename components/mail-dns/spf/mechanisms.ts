import { type IPv4, type IPv6, parse } from "ipaddr.js";
import { expandDomain, type MacroContext, macroLetters, reverseName } from "./macro";
import { SpfError, type SpfSession, type SpfSpending } from "./session";
import { type AddressDirective, type HostDirective, NAME_LIMIT } from "./terms";

/** Whether an `ip4` or `ip6` directive matches; one of the other IP version never does (RFC 7208 section 5.6). */
export function matchesAddress(directive: AddressDirective, ip: IPv4 | IPv6): boolean {
  const kind = directive.mechanism === "ip4" ? "ipv4" : "ipv6";
  return ip.kind() === kind && isWithin(ip, directive.network, directive.prefix);
}

/** Whether an `a` or `mx` directive matches (RFC 7208 sections 5.3 and 5.4). `name` is its target-name. */
export async function matchesHost(
  session: SpfSession,
  directive: HostDirective,
  name: string,
  spending: SpfSpending,
): Promise<boolean> {
  const isFour = session.ip.kind() === "ipv4";
  const hosts = directive.mechanism === "a" ? [name] : await exchanges(session, name, spending);
  const addresses = await Promise.all(
    hosts.map((host) => session.ask(host, isFour ? "A" : "AAAA", spending)),
  );
  const prefix = isFour ? directive.prefix4 : directive.prefix6;
  return addresses.flat().some((address) => isWithin(session.ip, address, prefix));
}

/** The names of the domain's mail exchangers, the null MX (RFC 7505) left out. */
async function exchanges(session: SpfSession, domain: string, spending: SpfSpending): Promise<string[]> {
  const records = await session.ask(domain, "MX", spending);
  if (records.length > NAME_LIMIT) {
    throw new SpfError(
      "permerror",
      `${spending.path}: ${domain} has ${records.length} MX records, and ${NAME_LIMIT} are allowed`,
    );
  }
  return records.map(({ exchange }) => exchange).filter((exchange) => exchange !== "");
}

/** Whether a `ptr` directive matches (RFC 7208 section 5.5). `name` is its target-name. */
export async function matchesPtr(session: SpfSession, name: string, spending: SpfSpending): Promise<boolean> {
  const target = name.toLowerCase();
  const names = await validatedNames(session, spending);
  return names.some((found) => found === target || found.endsWith(`.${target}`));
}

/**
 * The names of the client whose addresses include its own, at most ten, lower case. Names that nobody knows are
 * skipped: who sends must not be able to turn a check into an error with the PTR records of an address.
 */
async function validatedNames(session: SpfSession, spending: SpfSpending): Promise<string[]> {
  const type = session.ip.kind() === "ipv4" ? "A" : "AAAA";
  const names = await ignoringTemporary(session.ask(reverseName(session.ip), "PTR", spending));
  const validated = await Promise.all(
    names.slice(0, NAME_LIMIT).map(async (name) => {
      const addresses = await ignoringTemporary(session.ask(name, type, spending));
      return addresses.some((address) => isWithin(session.ip, address, undefined)) ? [name] : [];
    }),
  );
  return validated.flat().map((name) => name.toLowerCase());
}

async function ignoringTemporary(records: Promise<string[]>): Promise<string[]> {
  try {
    return await records;
  } catch (error) {
    if (error instanceof SpfError && error.result === "temperror") {
      return [];
    }
    throw error;
  }
}

/**
 * What a domain-spec of a record at `domain` stands for; the domain itself where the term has none. The macro p
 * is looked up only where it is used (RFC 7208 section 7.3).
 */
export async function targetName(
  session: SpfSession,
  spec: string | undefined,
  domain: string,
  spending: SpfSpending,
): Promise<string> {
  return spec === undefined
    ? domain
    : expandDomain(spec, await macroContext(session, spec, domain, spending));
}

/** The values of the macros that `text` uses. */
export async function macroContext(
  session: SpfSession,
  text: string,
  domain: string,
  spending: SpfSpending,
): Promise<MacroContext> {
  const { ip, sender, helo } = session;
  const names = macroLetters(text).has("p") ? await validatedNames(session, spending) : [];
  const own = domain.toLowerCase();
  const validatedName =
    names.find((name) => name === own) ?? names.find((name) => name.endsWith(`.${own}`)) ?? names[0];
  return { ip, sender, helo, domain, validatedName };
}

/** Whether the address lies in the network; without prefix, whether it is the same. Two versions never match. */
function isWithin(ip: IPv4 | IPv6, network: string, prefix: number | undefined): boolean {
  const base = parse(network);
  if (base.kind() !== ip.kind()) {
    return false;
  }
  const length = prefix ?? (ip.kind() === "ipv4" ? 32 : 128);
  const bytes = base.toByteArray();
  return ip.toByteArray().every((byte, index) => {
    const bits = Math.min(Math.max(length - index * 8, 0), 8);
    return byte >> (8 - bits) === (bytes[index] ?? 0) >> (8 - bits);
  });
}
