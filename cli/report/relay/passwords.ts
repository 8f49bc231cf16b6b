import type { ResourceChange } from "../../../mail-resources/preview";
import { isReplaced, isUpdated, ofType, type RelayParts, TYPE } from "./parts";
import type { RelayAspect } from "./relay-report";

/** The servers look for a changed password so often (smarthost-credential.timer). */
const LOOK = "The servers take it over within five minutes; until then they use the old one.";

/** What changed secrets in Parameter Store mean for a relay that stays. */
export function passwordAspect(parts: RelayParts): RelayAspect {
  const changed = ofType(parts, TYPE.parameter).filter(
    (change) => (isUpdated(change) || isReplaced(change)) && isSecret(change) && changesValue(change),
  );
  if (changed.length === 0) {
    return {};
  }
  const passwords = changed.filter(({ name }) => /-password(-[\w-]+)?$/.test(name));
  return {
    meaning: [
      ...(passwords.length > 0
        ? [`The smart host's password changes. ${LOOK} If it is refused, mail waits and is not returned.`]
        : []),
      ...(passwords.length < changed.length ? [`Logins or certificate of the relay change. ${LOOK}`] : []),
    ],
  };
}

function isSecret({ before, after }: ResourceChange): boolean {
  return (after ?? before)?.inputs.type === "SecureString";
}

function changesValue({ changed, operation }: ResourceChange): boolean {
  return operation === "replace" || changed.length === 0 || changed.some((path) => path.startsWith("value"));
}
