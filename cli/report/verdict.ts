import { count } from "../quantities";
import { type MailEffect, type RelayReport, worstEffect } from "./relay/relay-report";
import type { MailReport } from "./report";

const EFFECTS: Record<MailEffect, string> = {
  "goes on": "mail goes on",
  waits: "mail waits during the update",
  stops: "a relay stops taking mail",
  "at risk": "mail in the queue is at risk",
};

/** The report in one line: what happens to mail, and how many findings there are. */
export function verdict(report: MailReport): string {
  const counts = (["error", "warning"] as const).flatMap((severity) => {
    const number = report.findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [count(number, severity)];
  });
  return counts.length === 0 ? outcome(report) : `${outcome(report)} (${counts.join(", ")})`;
}

function outcome({ refused, unchanged, relays, domains, senders }: MailReport): string {
  if (refused) {
    return "the preview was refused";
  }
  if (unchanged) {
    return "nothing about mail changes";
  }
  if (relays.length > 0) {
    return relays.every(({ fate }) => fate === "new")
      ? count(relays.length, "new relay")
      : EFFECTS[worstEffect(relays.map(({ mail }) => mail))];
  }
  if (domains.length > 0) {
    return `records of ${count(domains.length, "domain")} change`;
  }
  return senders.length > 0 ? "what SendGrid knows of the senders changes" : "mail goes on";
}

/** A relay's fate and what becomes of its mail, such as `replaced, mail waits`. */
export function relayVerdict({ fate, mail }: RelayReport): string {
  if (fate === "new") {
    return fate;
  }
  return `${fate}, mail ${mail === "at risk" ? "is at risk" : mail}`;
}
