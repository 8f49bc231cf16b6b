import * as z from "zod";
import { textOrEmpty } from "../api/answer";
import { fromApi } from "../api/case";
import { type Asking, Collection } from "../api/collection";
import { byLastSeenId } from "../api/paging";

/** A sender as the API shows it. */
const Sender = fromApi(
  z.object({
    id: z.number().transform(String),
    nickname: textOrEmpty,
    fromEmail: z.string(),
    fromName: textOrEmpty,
    replyTo: textOrEmpty,
    replyToName: textOrEmpty,
    address: textOrEmpty,
    address2: textOrEmpty,
    city: textOrEmpty,
    state: textOrEmpty,
    zip: textOrEmpty,
    country: textOrEmpty,
    verified: z.boolean(),
  }),
);
export type Sender = z.output<typeof Sender>;

const PATH = "/v3/verified_senders";

/**
 * The account's single senders. SendGrid's list of permissions has none for them by name: in the console they are
 * part of "Sender Authentication", whose scopes are those of `whitelabel`.
 */
export const senders = new Collection({
  noun: "verified sender",
  path: PATH,
  scope: "whitelabel",
  item: Sender,
  paging: byLastSeenId(),
});

/** The sender with an id. There is no path for one alone: the list is asked for it. */
export async function findSender(operation: Asking, id: string): Promise<Sender | undefined> {
  if (!/^\d+$/.test(id)) return undefined;
  const { session, signal } = operation;
  const answer = z.object({ results: z.array(Sender) });
  const purpose = senders.purpose("read", id);
  const found = await session.find({ method: "GET", path: PATH, query: { id }, answer, purpose, signal });
  return found?.results.find((each) => each.id === id);
}

/** As {@link findSender}. @throws Error that says what to do when it is gone */
export async function existingSender(operation: Asking, id: string): Promise<Sender> {
  const found = await findSender(operation, id);
  if (found === undefined) throw senders.gone(id);
  return found;
}

/** Has the mail with the link sent again. */
export async function resendMail({ session, signal }: Asking, id: string): Promise<void> {
  const purpose = { task: `resend the mail that verifies the sender ${id}`, scope: "whitelabel.create" };
  const path = `${PATH}/resend/${encodeURIComponent(id)}`;
  // A second mail does no harm.
  await session.request({ method: "POST", path, answer: z.unknown(), purpose, signal });
}
