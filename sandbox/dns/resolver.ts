import { NODATA } from "node:dns";
import { Resolver } from "node:dns/promises";

/** A DNS look-up as mailauth and the emulated SendGrid do it: the type's records, or an error with a `code`. */
export type Resolve = (name: string, type: string) => Promise<unknown>;

/**
 * Look-ups against one DNS server, with the results of node:dns `resolve` (TXT as string[][], MX as
 * { priority, exchange }[], names and addresses as string[]).
 *
 * Rejects with `code` ENOTFOUND for NXDOMAIN, ENODATA for a name without this type, ETIMEOUT when nobody
 * answers. Node gives an empty list where an answer holds nothing but a CNAME; that is ENODATA here.
 */
export function resolver(address: string, port: number): Resolve {
  const host = address.includes(":") ? `[${address}]` : address;
  const client = new Resolver({ timeout: 2000, tries: 2 });
  client.setServers([`${host}:${port}`]);
  return async (name, type) => {
    const records = await client.resolve(name, type);
    if (Array.isArray(records) && records.length === 0) {
      throw Object.assign(new Error(`query${type} ${NODATA} ${name}`), { code: NODATA, hostname: name });
    }
    return records;
  };
}
