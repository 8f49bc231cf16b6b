import * as z from "zod";
import { fromApi } from "../api/case";
import { type Asking, Collection } from "../api/collection";
import { byLastSeenId } from "../api/paging";

/** What SendGrid leaves out or leaves empty means the same. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** A sender as the API shows it. */
const Sender = fromApi(
  z.object({
    id: z.number().transform(String),
    nickname: text,
    fromEmail: z.string(),
    fromName: text,
    replyTo: text,
    replyToName: text,
    address: text,
    address2: text,
    city: text,
    state: text,
    zip: text,
    country: text,
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
  if (found !== undefined) return found;
  throw new Error(`The verified sender ${id} is gone: run \`pulumi refresh\`, then the same command again.`);
}

/** As {@link findSender}, for a refresh, where readers share one list. */
export async function readSender(operation: Asking, id: string): Promise<Sender | undefined> {
  const all = async () => new Map((await senders.list(operation)).map((each) => [each.id, each]));
  return await operation.session.shared(PATH, id, () => findSender(operation, id), all);
}

/** Has the mail with the link sent again. */
export async function resendMail({ session, signal }: Asking, id: string): Promise<void> {
  const purpose = { task: `resend the mail that verifies the sender ${id}`, scope: "whitelabel.create" };
  const path = `${PATH}/resend/${encodeURIComponent(id)}`;
  // A second mail does no harm.
  await session.request({ method: "POST", path, answer: z.unknown(), purpose, signal });
}
