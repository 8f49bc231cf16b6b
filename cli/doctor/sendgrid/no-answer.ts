import { plainText } from "../../plain-text";

/** Why nothing of SendGrid's was looked at, without a key. */
export const NO_KEY =
  "SENDGRID_API_KEY is not set: set it to a key of the account that may read, with the scopes whitelabel.read and api_keys.read";

/** Why something was not looked at, with the scope that is missing. */
export function unreadable({ scope, message }: { scope: string; message: string }): string {
  return `the key in SENDGRID_API_KEY may not read it; add the scope ${scope} to that key, or use another. ${plainText(message)}`;
}
