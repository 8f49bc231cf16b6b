/** A dedicated address of an account. */
export interface DedicatedIp {
  readonly ip: string;
  readonly subusers: Set<string>;
  readonly pools: Set<string>;
}

/** The addresses that an account has from the start; it can get no more here. */
const IPS = ["192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"];

/** The dedicated addresses of an account, and which subusers and pools have them. No mail leaves from them. */
export class DedicatedIps {
  readonly #ips = new Map(
    IPS.map((ip): [string, DedicatedIp] => [ip, { ip, subusers: new Set(), pools: new Set() }]),
  );

  all(): DedicatedIp[] {
    return [...this.#ips.values()];
  }

  find(ip: string): DedicatedIp | undefined {
    return this.#ips.get(ip);
  }

  of(kind: "subusers" | "pools", name: string): string[] {
    return this.all()
      .filter((each) => each[kind].has(name))
      .map(({ ip }) => ip);
  }

  /** Gives a subuser or a pool these addresses and no others. */
  assign(kind: "subusers" | "pools", name: string, ips: readonly string[]): void {
    for (const each of this.all()) {
      if (ips.includes(each.ip)) each[kind].add(name);
      else each[kind].delete(name);
    }
  }
}
