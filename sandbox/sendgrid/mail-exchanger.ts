import { z } from "zod";
import type { Resolve } from "../dns";

/** A server that takes mail for a domain. */
export interface MailExchanger {
  host: string;
  address: string;
}

/** The domain takes no mail, now and later (RFC 5321, section 5.1; RFC 7505): a permanent failure. */
export class NoMailExchanger extends Error {
  override readonly name = "NoMailExchanger";

  constructor(domain: string, reason: string) {
    super(`${domain} takes no mail: ${reason}`);
  }
}

const MX = z.array(z.object({ exchange: z.string(), priority: z.number() }));
const ADDRESSES = z.array(z.string());

/**
 * The servers that take mail for a domain, the preferred first; without MX the domain's own address.
 *
 * @throws NoMailExchanger when DNS says that there is none, the resolver's error when DNS does not answer.
 */
export async function findMailExchangers(domain: string, resolve: Resolve): Promise<MailExchanger[]> {
  const listed = MX.parse(await orNone(resolve(domain, "MX")));
  if (listed.some(({ exchange }) => exchange === "" || exchange === ".")) {
    throw new NoMailExchanger(domain, "it says so by a null MX");
  }
  const hosts = listed.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
  const found: MailExchanger[] = [];
  for (const host of hosts.length > 0 ? hosts : [domain]) {
    const addresses = ADDRESSES.parse(await orNone(resolve(host, "A")));
    found.push(...addresses.map((address) => ({ host, address })));
  }
  if (found.length === 0) throw new NoMailExchanger(domain, "no MX and no address in DNS");
  return found;
}

/** An empty list where the name or the type does not exist. */
async function orNone(lookUp: Promise<unknown>): Promise<unknown> {
  try {
    return await lookUp;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOTFOUND" || code === "ENODATA") return [];
    throw error;
  }
}
