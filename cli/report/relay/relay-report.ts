import type { Difference, ReportFinding } from "../report";

/**
 * What an update does to a relay's mail, from the least to the worst. `goes on`: mail is taken and delivered throughout.
 * `waits`: accepted mail waits and is delivered afterwards, and clients may have to try again. `stops`: afterwards the
 * relay takes no more mail. `at risk`: mail that is in the queue can be lost.
 */
export const MAIL_EFFECTS = ["goes on", "waits", "stops", "at risk"] as const;
export type MailEffect = (typeof MAIL_EFFECTS)[number];

/** What becomes of a relay's servers: `refreshed` is a fleet whose servers are replaced in turns. */
export type RelayFate = "new" | "replaced" | "refreshed" | "removed" | "changed";

/** What an update means for one relay: a server, or a fleet of servers behind a balancer. */
export interface RelayReport {
  /** The component's URN, or the server's where it stands alone. */
  urn: string;
  name: string;
  /** `myhostname`, after the update where it changes. */
  hostName?: string;
  form: "server" | "fleet";
  fate: RelayFate;
  mail: MailEffect;
  /** What happens to mail, as sentences. */
  meaning: string;
  details: Difference[];
}

/** What one matter, such as the queue volume or the clients, adds to a relay's report. */
export interface RelayAspect {
  mail?: MailEffect;
  /** Sentences. */
  meaning?: string[];
  details?: Difference[];
  findings?: ReportFinding[];
}

/** The worst of the effects. */
export function worstEffect(effects: readonly (MailEffect | undefined)[]): MailEffect {
  return MAIL_EFFECTS.findLast((effect) => effects.includes(effect)) ?? "goes on";
}
