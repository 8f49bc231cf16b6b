import * as z from "zod";
import { ANYTHING, SendGridApi } from "../api/api";
import { SendGridError } from "../api/api-error";
import { Region } from "../api/base-url";
import { type Asking, Collection } from "../api/collection";
import { byOffset } from "../api/paging";
import { dedicatedIps } from "../delivery/dedicated-ips";

const Subuser = z.object({
  id: z.number().transform(String),
  username: z.string(),
  email: z.string(),
  disabled: z.boolean(),
  region: Region.nullish(),
});
type Subuser = z.output<typeof Subuser>;

/** The account's subusers. There is no reading of a single one. */
export const subusers = new Collection({
  noun: "subuser",
  path: "/v3/subusers",
  scope: "subusers",
  item: Subuser,
  created: z.object({ user_id: z.number().transform(String) }),
  paging: byOffset(),
  filter: { include_region: true },
  forbidden:
    "Subusers take a Pro or Premier plan, and only the parent account has them: leave onBehalfOf out.",
});

/** The subuser with a name, undefined if there is none. */
export async function findSubuser(operation: Asking, username: string): Promise<Subuser | undefined> {
  return (await subusers.list(operation, { username })).find((each) => each.username === username);
}

/** As {@link findSubuser}, with its addresses, for a refresh: many share the two lists. */
export async function readSubuser(operation: Asking & { id: string; inputs?: unknown }) {
  const { id, inputs, session } = operation;
  const isImport = inputs === undefined;
  const one = () => findSubuser(operation, id);
  const all = async () => new Map((await subusers.list(operation)).map((each) => [each.username, each]));
  const found = await (isImport ? one() : session.shared("/v3/subusers", id, one, all));
  if (found === undefined) return undefined;
  const its = async () => (await dedicatedIps.list(operation, { subuser: id })).map(({ ip }) => ip);
  const everyones = async () => {
    const list = await dedicatedIps.list(operation);
    const names = [...new Set(list.flatMap((each) => each.subusers))];
    const ipsOf = (name: string) => list.filter((each) => each.subusers.includes(name)).map(({ ip }) => ip);
    return new Map(names.map((name) => [name, ipsOf(name)]));
  };
  const ips = await (isImport ? its() : session.shared("/v3/ips of subusers", id, its, everyones));
  return { ...found, ips: ips ?? [] };
}

/** Replaces the addresses that a subuser sends from. */
export async function assignIps(operation: Asking, username: string, ips: readonly string[]): Promise<void> {
  const { session, signal } = operation;
  const purpose = subusers.purpose("update", username);
  const path = `${subusers.pathOf(username)}/ips`;
  await session.request({ method: "PUT", path, body: ips, answer: ANYTHING, purpose, signal });
}

/** Allows or forbids the use of SendGrid's website. */
export async function allowWebsite(operation: Asking, username: string, allowed: boolean): Promise<void> {
  const { session, signal } = operation;
  const purpose = subusers.purpose("update", username);
  const path = `${subusers.pathOf(username)}/website_access`;
  await session.request({
    method: "PATCH",
    path,
    body: { disabled: !allowed },
    answer: ANYTHING,
    purpose,
    signal,
  });
}

/** Changes the address of a subuser, which only it can do itself: the request acts on its behalf. */
export async function changeEmail(operation: Asking, username: string, email: string): Promise<void> {
  const purpose = { task: `change the email of the subuser ${username}`, scope: "user.email.update" };
  await asSubuser(operation, username).request({
    method: "PUT",
    path: "/v3/user/email",
    body: { email },
    answer: ANYTHING,
    purpose,
    signal: operation.signal,
  });
}

/** Changes the password of a subuser, as {@link changeEmail}. It takes the one before. */
export async function changePassword(
  operation: Asking,
  username: string,
  before: string,
  after: string,
): Promise<void> {
  const session = asSubuser(operation, username);
  const put = (old_password: string) =>
    session.request({
      method: "PUT",
      path: "/v3/user/password",
      body: { old_password, new_password: after },
      answer: ANYTHING,
      purpose: { task: `change the password of the subuser ${username}`, scope: "user.password.update" },
      signal: operation.signal,
      once: true,
    });
  await put(before).catch(async (error: unknown) => {
    // It is changed already where an earlier try, or a run that broke off, got no answer.
    const mayBeChanged = error instanceof SendGridError && (error.mayHaveHappened || error.status === 400);
    const isChanged =
      mayBeChanged &&
      (await put(after).then(
        () => true,
        () => false,
      ));
    if (!isChanged) throw error;
  });
}

function asSubuser({ session: { access, patience } }: Asking, onBehalfOf: string): SendGridApi {
  return new SendGridApi({ ...access, onBehalfOf }, { patience });
}
