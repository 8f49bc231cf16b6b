import type { Fault } from "../../faults";
import type { Finding } from "../finding";
import type { MailRecord } from "../record";
import type { DkimKeyType } from "./public-key";
import { dkimFaults, dkimName, dkimText } from "./record";

/** A public key under its selector. */
export interface DkimKey {
  /** One or more labels, such as `s1` or `2031-05`. */
  selector: string;
  /** Base64, as the tag p carries it. */
  publicKey: string;
  /** Default rsa. */
  keyType?: DkimKeyType;
}

/**
 * The second key of a rotation. `next`: published, does not sign yet. `retiring`: signs no more, and mail
 * that it signed is still on its way. `revoked`: published with an empty p, which says that its signatures
 * are void.
 */
export interface DkimOtherKey extends DkimKey {
  stage: "next" | "retiring" | "revoked";
}

/** The keys of a domain: the one that signs, and the one that comes or goes. */
export interface DkimRotation {
  /** In A-labels. */
  domain: string;
  active: DkimKey;
  /** Left out before and after a rotation; then only the active key is published. */
  other?: DkimOtherKey;
}

const STEPS: Record<DkimOtherKey["stage"], [message: string, next: string]> = {
  next: [
    "is published and does not sign yet",
    "When it is visible everywhere (after the longest TTL), sign with it, make it active and let the other retire.",
  ],
  retiring: [
    "signs no more; receivers still need it for mail on its way, five days in most queues",
    "After a week set its stage to revoked, or remove it.",
  ],
  revoked: [
    "is revoked: mail that it signed fails DKIM",
    "Remove it when no report names the selector any more.",
  ],
};

/**
 * The key records of a rotation by two selectors, so that at no time mail is signed with a key that is not in
 * the DNS (RFC 6376 section 3.1). Nothing is looked up; changing the signer's selector is up to the signer.
 * @param path of the rotation in the settings, for faults and findings
 */
export function planDkimRotation(
  { domain, active, other }: DkimRotation,
  path: string,
): { records: MailRecord[]; faults: Fault[]; findings: Finding[] } {
  const record = ({ selector }: DkimKey, value: string, purpose: string): MailRecord => ({
    key: `dkim-${selector.toLowerCase()}`,
    purpose,
    name: dkimName(selector, domain),
    type: "TXT",
    value,
  });
  const records = [record(active, dkimText(active.publicKey, active.keyType), "DKIM: the key that signs")];
  const faults = dkimFaults(active, `${path}.active`);
  if (!other) {
    return { records, faults, findings: [] };
  }
  faults.push(...dkimFaults(other, `${path}.other`));
  if (other.selector.toLowerCase() === active.selector.toLowerCase()) {
    faults.push({
      path: `${path}.other.selector`,
      value: other.selector,
      reason: "is the selector of the active key, and a selector has one key",
      next: "Give the new key a selector of its own.",
    });
  }
  const text = dkimText(other.stage === "revoked" ? "" : other.publicKey, other.keyType);
  records.push(record(other, text, `DKIM: a key that is ${other.stage}`));
  const [message, next] = STEPS[other.stage];
  const finding: Finding = {
    severity: "info",
    path: `${path}.other`,
    message: `the key ${other.selector} ${message}`,
    next,
  };
  return { records, faults, findings: [finding] };
}
