import type { Resource } from "../../../mail-resources/resource";
import { listOf, numberOf, showValue, UNKNOWN } from "../../../mail-resources/value";
import type { Meaning } from "../senders";

/** The scope that sending needs. */
const SENDING = "mail.send";
/** How often a relay looks for a new password, in seconds. */
const RELAY_LOOKS_EVERY = 300;

/** What the update does to an API key. The key's text is in no report. */
export const keyMeaning: Meaning = ({ before, after, name }, how) => {
  switch (how) {
    case "added":
      return { meaning: `A key is made with ${scopesOf(after)}.` };
    case "rotated":
    case "replaced":
      return replaced(name, before);
    case "removed":
      return {
        meaning: "The key is deleted: SendGrid refuses mail of whoever still logs in with it.",
        findings: [
          {
            severity: "warning",
            path: name,
            message: "the API key is deleted, and SendGrid refuses mail of whoever still uses it (535)",
            next: "Check that nothing uses it any more.",
          },
        ],
      };
    default:
      return scopeChange(name, before, after);
  }
};

function replaced(name: string, before: Resource | undefined) {
  const grace = numberOf(before?.inputs.gracePeriodSeconds) ?? 0;
  const then = grace === 0 ? "at once" : `${grace} seconds later`;
  const meaning = `A new key is made, what depends on it is updated, and the old key is deleted ${then}.`;
  if (grace >= RELAY_LOOKS_EVERY) {
    return { meaning };
  }
  return {
    meaning,
    findings: [
      {
        severity: "info" as const,
        path: `${name}.gracePeriodSeconds`,
        message: `the old key is deleted ${then}, and a relay looks for a new one every five minutes: mail waits until it has it`,
        next: "Nothing to do, or set a grace period of 600 seconds before the rotation.",
      },
    ],
  };
}

function scopeChange(name: string, before: Resource | undefined, after: Resource | undefined) {
  const [was, is] = [before, after].map((side) => side?.inputs.scopes);
  if (is === undefined || is === UNKNOWN || was === undefined) {
    return {};
  }
  const [old, next] = [listOf(was).map(showValue), listOf(is).map(showValue)];
  const gone = old.filter((scope) => !next.includes(scope));
  const added = next.filter((scope) => !old.includes(scope));
  const lost = gone.includes(SENDING);
  if (gone.length + added.length === 0) {
    return {};
  }
  const parts = [
    ...(added.length > 0 ? [`gets ${listed(added)}`] : []),
    ...(gone.length > 0 ? [`loses ${listed(gone)}`] : []),
  ];
  const message = `the API key ${parts.join(" and ")}${lost ? ": SendGrid refuses mail that is sent with it" : ""}`;
  const next_ = lost
    ? "Leave mail.send to a key that sends."
    : "Give a key what its users need, and no more.";
  return {
    meaning: `The key ${parts.join(" and ")}.`,
    findings: [
      {
        severity: lost ? ("error" as const) : added.length > 0 ? ("warning" as const) : ("info" as const),
        path: `${name}.scopes`,
        message,
        next: next_,
      },
    ],
  };
}

function listed(scopes: readonly string[]): string {
  return `the scope${scopes.length === 1 ? "" : "s"} ${scopes.join(", ")}`;
}

function scopesOf(after: Resource | undefined): string {
  const scopes = after?.inputs.scopes;
  if (scopes === undefined) {
    return "full access";
  }
  return Array.isArray(scopes)
    ? `the scopes ${scopes.map(showValue).join(", ")}`
    : `scopes ${showValue(scopes)}`;
}
