import type { IPv4, IPv6 } from "ipaddr.js";
import { isQueryable } from "../dns-name";
import type { DnsData, DnsResolver, DnsType } from "../resolver";
import { isSpf } from "./record";
import { LOOKUP_LIMIT, VOID_LIMIT } from "./terms";

/** A term that spent one of the ten lookups. */
export interface SpfSpending {
  /** From the domain on: `example.com include:_spf.google.com > include:_netblocks.google.com`. */
  path: string;
  /** Which of the lookups, from 1. */
  number: number;
  /** Queries of the term that found nothing (RFC 7208 section 4.6.4). */
  voids: number;
}

/** Why an evaluation ends without a statement about the sender (RFC 7208 sections 2.6.6 and 2.6.7). */
export class SpfError extends Error {
  override readonly name = "SpfError";

  constructor(
    readonly result: "permerror" | "temperror",
    message: string,
  ) {
    super(message);
  }
}

/** One evaluation: whom it is about, and what it has spent so far. */
export class SpfSession {
  readonly spendings: SpfSpending[] = [];
  voids = 0;

  constructor(
    readonly resolver: DnsResolver,
    /** IPv4-mapped addresses are IPv4 here. */
    readonly ip: IPv4 | IPv6,
    readonly sender: string,
    readonly helo: string,
    private readonly voidLimit: number = VOID_LIMIT,
  ) {}

  /** Counts a term that causes queries. @throws SpfError for the eleventh */
  spend(path: string): SpfSpending {
    const spending: SpfSpending = { path, number: this.spendings.length + 1, voids: 0 };
    this.spendings.push(spending);
    if (spending.number > LOOKUP_LIMIT) {
      throw new SpfError(
        "permerror",
        `${path}: is lookup ${spending.number}, and ${LOOKUP_LIMIT} are allowed`,
      );
    }
    return spending;
  }

  /**
   * The records of a term's query. Every query that finds nothing counts as void, several of one term each.
   *
   * @throws SpfError temperror when nobody knows, permerror for the third void query
   */
  async ask<T extends DnsType>(name: string, type: T, spending: SpfSpending): Promise<DnsData[T][]> {
    if (!isQueryable(name)) {
      return [];
    }
    const records = await this.look(name, type, spending.path);
    if (records.length === 0) {
      this.voids += 1;
      spending.voids += 1;
      if (this.voids > this.voidLimit) {
        throw new SpfError(
          "permerror",
          `${spending.path}: nothing at ${name} (${type}) is void lookup ${this.voids}, and ${this.voidLimit} are allowed`,
        );
      }
    }
    return records;
  }

  /**
   * The SPF record of a domain, or undefined when there is none (RFC 7208 sections 4.3 to 4.5).
   *
   * @throws SpfError permerror for several, temperror when nobody knows
   */
  async recordOf(domain: string, path: string): Promise<string | undefined> {
    if (!isCheckable(domain)) {
      return undefined;
    }
    const [record, ...more] = (await this.look(domain, "TXT", path)).filter(isSpf);
    if (more.length > 0) {
      throw new SpfError(
        "permerror",
        `${path}: ${domain} has ${more.length + 1} SPF records, and one is allowed`,
      );
    }
    return record;
  }

  private async look<T extends DnsType>(name: string, type: T, path: string): Promise<DnsData[T][]> {
    try {
      return (await this.resolver.lookUp(name, type)).records;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new SpfError("temperror", `${path}: nobody answers for ${name} (${type}): ${why}`);
    }
  }
}

/** Whether a domain can have an SPF record: several labels, no address literal (RFC 7208 section 4.3). */
export function isCheckable(domain: string): boolean {
  const name = domain.replace(/\.$/, "");
  return isQueryable(name) && name.includes(".") && !/[[\]]/.test(name);
}
