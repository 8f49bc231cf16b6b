import type { Fault } from "../../faults";
import { checkHostName } from "./host-name";
import { checkPlainAddress } from "./plain-address";

/** A login's name; Dovecot makes the letters small that a client sends (auth_username_format). */
const LOGIN = /^[a-z0-9._@-]{1,64}$/;

/**
 * Everything that is wrong with the senders of logins; paths begin with `submission.senders`.
 *
 * @param allowed the domains that the relay takes from anybody at all; undefined where it takes all
 */
export function checkLoginSenders(
  senders: Record<string, string[]> | undefined,
  allowed: readonly string[] | undefined,
): Fault[] {
  return Object.entries(senders ?? {}).flatMap(([login, own]) => {
    const path = `submission.senders.${login}`;
    if (!LOGIN.test(login)) {
      const reason = "is not a login's name: 1 to 64 small letters, digits and .-_@";
      return [{ path: "submission.senders", value: login, reason, next: "Give the name as in the users." }];
    }
    if (own.length === 0) {
      return [{ path, reason: "is empty", next: "Give a domain or an address, or remove the login." }];
    }
    return own.flatMap((sender, index) => checkSender(sender, `${path}[${index}]`, allowed));
  });
}

function checkSender(sender: string, path: string, allowed: readonly string[] | undefined): Fault[] {
  const faults = sender.includes("@") ? checkPlainAddress(sender, path) : checkHostName(sender, path);
  const domain = sender.slice(sender.lastIndexOf("@") + 1).toLowerCase();
  if (faults.length > 0 || allowed === undefined || allowed.some((each) => each.toLowerCase() === domain)) {
    return faults;
  }
  const reason = "is not of the domains in senders, so it is refused before this counts";
  return [{ path, value: sender, reason, next: `Add ${domain} to senders, or remove it here.` }];
}

/**
 * The option of smtpd(8) that holds logins to their senders, with a space before it; empty without any. A list of
 * restrictions that nothing else uses: Postfix goes through each at RCPT, and a login has said EHLO.
 */
export function loginSenderOption(senders: Record<string, string[]> | undefined): string {
  return senders === undefined
    ? ""
    : " -o smtpd_helo_restrictions=reject_authenticated_sender_login_mismatch";
}

/** The lines of main.cf that say which login owns which sender (smtpd_sender_login_maps). */
export function loginSenderLines(senders: Record<string, string[]> | undefined): string[] {
  if (senders === undefined) {
    return [];
  }
  const owners = new Map<string, Set<string>>();
  for (const [login, own] of Object.entries(senders)) {
    for (const sender of own) {
      const key = (sender.includes("@") ? sender : `@${sender}`).toLowerCase();
      owners.set(key, (owners.get(key) ?? new Set()).add(login));
    }
  }
  // An address of its own does not take the domain's owners away: Postfix looks no further than the first key.
  const entries = [...owners].map(([key, logins]) => {
    const ofDomain = owners.get(key.slice(key.lastIndexOf("@"))) ?? [];
    return `{ ${key} = ${[...new Set([...logins, ...ofDomain])].join(" ")} }`;
  });
  return [`smtpd_sender_login_maps = inline:{ ${entries.join(" ")} }`];
}
