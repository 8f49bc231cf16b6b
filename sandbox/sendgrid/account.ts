import { type Zone, Zones } from "../dns";
import { ApiKeys } from "./api-keys";
import { AuthenticatedDomains, type DkimKey, spfOf } from "./domains";
import { Faults } from "./faults";
import { Refusal } from "./refusal";
import { Subusers } from "./subusers";

export interface SendGridAccountOptions {
  /** The world's zones; the account makes `sendgrid.net` in them and fills it. Default: zones of its own. */
  zones?: Zones;
  /** Text of the first API key, which has every scope: a secret. */
  adminKey: string;
  /** The account's user name. Default "sandbox". */
  username?: string;
  /** The account's number, part of every CNAME target. Default 4711471. */
  userId?: number;
  /** Names of the subusers that exist from the start; `on-behalf-of` and `username` are accepted for subusers. */
  subusers?: string[];
  /** IPv4 addresses that the account's mail leaves from; SPF names them. Default ["127.0.0.1"]. */
  outbound?: string[];
  /** Makes DKIM keys. Default: fresh ones, which take the processor a tenth of a second each. */
  createDkimKey?: () => Promise<DkimKey>;
  /** Address that smtp.sendgrid.net and smtp.eu.sendgrid.net resolve to. Default: the first outbound address. */
  smtpAddress?: string;
}

/**
 * The state of one SendGrid account: domains, API keys, its zone in DNS. A substitute for SendGrid's side,
 * shared by the HTTP API and the SMTP side, so that a key made by the one logs in at the other.
 */
export class SendGridAccount {
  readonly username: string;
  readonly userId: number;
  readonly subusers: Subusers;
  readonly outbound: readonly string[];
  /** The name that outbound connections greet with. */
  readonly heloName = "o1.sendgrid.net";
  readonly domains: AuthenticatedDomains;
  readonly keys: ApiKeys;
  /** What a test or a rehearsal puts in the way of the API's clients. */
  readonly faults = new Faults();

  constructor(options: SendGridAccountOptions) {
    const {
      zones = new Zones(),
      outbound = ["127.0.0.1"],
      smtpAddress = outbound[0] ?? "127.0.0.1",
    } = options;
    this.username = options.username ?? "sandbox";
    this.userId = options.userId ?? 4_711_471;
    this.subusers = new Subusers(this.userId, options.subusers ?? []);
    this.outbound = outbound;
    this.domains = new AuthenticatedDomains(
      ownZone(zones, outbound, smtpAddress),
      outbound,
      options.createDkimKey,
    );
    this.keys = new ApiKeys(options.adminKey, this.username);
  }

  /** The user a request acts for. @throws Refusal 403 for a subuser that the account does not have. */
  actingUser(onBehalfOf?: string): string {
    if (onBehalfOf === undefined || onBehalfOf === this.username) return this.username;
    if (this.subusers.find(onBehalfOf) === undefined) {
      throw new Refusal(403, [{ field: null, message: "access forbidden" }]);
    }
    return onBehalfOf;
  }

  /** The number of the account or of one of its subusers. */
  userIdOf(user: string): number {
    return this.subusers.find(user)?.id ?? this.userId;
  }
}

function ownZone(zones: Zones, outbound: readonly string[], smtpAddress: string): Zone {
  const zone = zones.create("sendgrid.net");
  zone.add({ name: "sendgrid.net", type: "TXT", value: `${spfOf(outbound)} ~all` });
  for (const name of ["smtp.sendgrid.net", "smtp.eu.sendgrid.net"]) {
    zone.add({ name, type: "A", value: smtpAddress });
  }
  for (const name of ["mx.sendgrid.net", "o1.sendgrid.net"]) {
    for (const value of outbound) zone.add({ name, type: "A", value });
  }
  return zone;
}
