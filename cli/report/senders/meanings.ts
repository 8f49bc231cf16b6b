import type { Resource } from "../../../mail-resources/resource";
import { showValue } from "../../../mail-resources/value";
import type { Meaning } from "../senders";

/** An authenticated domain. */
export const identityMeaning: Meaning = ({ before, after, name, replaceReasons }, how) => {
  switch (how) {
    case "added":
      return { meaning: "SendGrid signs mail of the domain once its records are seen and validated." };
    case "adopted":
      return { meaning: "An identity that is there already is taken over as it is." };
    case "removed":
      return {
        meaning: "SendGrid no longer signs mail of the domain.",
        findings: [
          {
            severity: "warning",
            path: name,
            message: `SendGrid no longer authenticates ${domainOf(before)}: its mail can't pass DMARC`,
            next: "Check that nothing sends from the domain by SendGrid any more.",
          },
        ],
      };
    case "replaced":
      return {
        meaning:
          "SendGrid gets a new identity with other targets for its records: mail is signed by the new one once its records are seen and validated.",
        findings: [
          {
            severity: "warning",
            path: name,
            message: `the identity of ${domainOf(after ?? before)} is replaced (${replaceReasons.join(", ") || "the provider asks for it"}): until the new records are seen everywhere, which takes their TTL, mail can fail SPF and DKIM`,
            next: "Update at a time with little mail, and lower an enforcing DMARC policy to none meanwhile.",
          },
        ],
      };
    default:
      return {};
  }
};

/** Links of a domain's own in mail. */
export const linkMeaning: Meaning = ({ before, after, name, changed }, how) => {
  if (how === "added") {
    return { meaning: `Links in mail lead through ${linkName(after)} once its records are validated.` };
  }
  const isMoved = how === "replaced" && changed.some((path) => /^(domain|subdomain)\b/.test(path));
  if (how !== "removed" && !isMoved) {
    return {};
  }
  return {
    meaning: isMoved
      ? `Links in mail lead through ${linkName(after)} instead of ${linkName(before)}.`
      : "Links in mail lead through SendGrid's own name.",
    findings: [
      {
        severity: "warning",
        path: name,
        message: `links in mail that was sent before lead to ${linkName(before)}, which SendGrid no longer answers for`,
        next: "Keep it as long as people may follow links in old mail.",
      },
    ],
  };
};

function linkName(resource: Resource | undefined): string {
  const { subdomain, domain } = resource?.inputs ?? {};
  return `${subdomain === undefined ? "" : `${showValue(subdomain)}.`}${showValue(domain)}`;
}

/** SendGrid looks for the records and says whether the identity counts. */
export const validationMeaning: Meaning = ({ after }, how) => {
  if (how !== "added" && how !== "replaced") {
    return {};
  }
  const limit = after?.inputs.timeoutSeconds;
  const atMost = limit === undefined ? "" : `, at most ${showValue(limit)} seconds`;
  return { meaning: `The update waits until SendGrid sees the records${atMost}.` };
};

/** One address that SendGrid lets send. */
export const verifiedSenderMeaning: Meaning = ({ before, after, changed }, how) => {
  const address = showValue((after ?? before)?.inputs.fromEmail);
  if (how === "removed") {
    return {
      meaning: `SendGrid refuses mail from ${address} from then on, unless its domain is authenticated.`,
    };
  }
  const isAsked =
    how === "added" || how === "replaced" || changed.some((path) => /^(fromEmail|resend)\b/.test(path));
  return isAsked
    ? { meaning: `SendGrid sends ${address} a mail with a link that somebody has to follow.` }
    : {};
};

/** An account below the account. */
export const subuserMeaning: Meaning = ({ before, after, name }, how) => {
  if (how === "removed") {
    return {
      meaning: "The subuser is deleted with its keys and statistics.",
      findings: [
        {
          severity: "warning",
          path: name,
          message: `the subuser ${showValue(before?.inputs.username)} is deleted, and its mail is refused`,
          next: "Check that nothing sends as this subuser any more.",
        },
      ],
    };
  }
  return before?.inputs.disabled !== true && after?.inputs.disabled === true
    ? { meaning: "SendGrid refuses the subuser's mail while it is disabled." }
    : {};
};

function domainOf(resource: Resource | undefined): string {
  return showValue(resource?.inputs.domain);
}
