import * as z from "zod";
import type { Finding } from "../../../components/mail-dns/finding";
import { plainText } from "../../plain-text";
import { count } from "../../quantities";
import { type Check, resultOf, skipped } from "../check";
import type { SendGridAnswer } from "../sendgrid-reader";
import type { SendGridKey } from "../subject";
import { NO_KEY, unreadable } from "./no-answer";
import { whyNotAsked } from "./own-scopes";

/** The documentation wraps a single key in a list; the API has also been seen to send it as it is. */
const Key = z.object({ name: z.string(), scopes: z.array(z.string()) });
const OneKey = z.union([
  Key,
  z.object({ result: z.array(Key).min(1) }).transform(({ result: [key] }) => Key.parse(key)),
]);
type OneKey = z.output<typeof OneKey>;

/** SendGrid adds these to every key by itself. */
const ADDED_BY_SENDGRID = ["sender_verification_eligible", "sender_verification_exempt", "2fa_required"];
/** All that a relay needs. */
const SEND = "mail.send";
/** Scopes with which other keys, users and logins can be made: full access has them. */
const GRANTS = /^(api_keys|subusers|teammates|credentials|sso)\b.*\.(create|update)$/;

/** The API keys that the stack made: whether they exist, and may do no more than they need. */
export const sendGridKeys: Check = {
  name: "sendgrid-keys",
  title: "SendGrid API keys",
  async run({ keys }, world) {
    const { sendGrid } = world;
    if (keys.length === 0) {
      return skipped("the stack has no API key at SendGrid");
    }
    const made = keys.filter((key): key is SendGridKey & { id: string } => key.id !== undefined);
    if (made.length === 0) {
      return skipped("the keys are not made yet; `pulumi up` makes them");
    }
    const whyNot = await whyNotAsked(world, "api_keys.read");
    if (!sendGrid || whyNot !== undefined) {
      return skipped(whyNot ?? NO_KEY);
    }
    const answers = await Promise.all(
      made.map(async (key) => ({
        key,
        answer: await sendGrid.get(`/v3/api_keys/${encodeURIComponent(key.id)}`, OneKey, "api_keys.read"),
      })),
    );
    const forbidden = answers.map(({ answer }) => answer).find(({ kind }) => kind === "forbidden");
    if (forbidden?.kind === "forbidden") {
      return skipped(unreadable(forbidden));
    }
    const scopes = answers.map(({ key }) => (key.scopes ?? ["unknown"]).join(", "));
    return resultOf(
      answers.flatMap(({ key, answer }) => keyFindings(key, answer)),
      `${count(made.length, "key")} (${[...new Set(scopes)].join("; ")})`,
    );
  },
};

function keyFindings({ name, id, scopes: wanted }: SendGridKey, answer: SendGridAnswer<OneKey>): Finding[] {
  const finding = (severity: Finding["severity"], message: string, next: string): Finding[] => [
    { severity, path: `API key ${JSON.stringify(plainText(name))}`, message, next },
  ];
  if (answer.kind === "missing") {
    return finding(
      "error",
      `SendGrid has no key ${id} any more, and refuses the login of whoever uses it`,
      "Run `pulumi up --refresh`, which makes a new one and hands it to the relay.",
    );
  }
  if (answer.kind !== "found") {
    return finding("warning", plainText(answer.message), "Run the doctor again.");
  }
  const has = answer.value.scopes.filter((scope) => !ADDED_BY_SENDGRID.includes(scope));
  const declared = (wanted ?? [SEND]).filter((scope) => !ADDED_BY_SENDGRID.includes(scope));
  const more = has.filter((scope) => !declared.includes(scope));
  const less = declared.filter((scope) => !has.includes(scope));
  return [
    ...(more.length > 0
      ? finding(
          "error",
          `it may do more than the stack says: ${summary(more)}; whoever gets hold of it can too`,
          "Run `pulumi up --refresh`, which takes the scopes back; if somebody may have used them, rotate the key.",
        )
      : []),
    ...(less.length > 0
      ? finding(
          "error",
          `it lacks ${summary(less)}${less.includes(SEND) ? ", and SendGrid refuses the mail that is sent with it" : ""}`,
          "Run `pulumi up --refresh`, which gives it the scopes of the stack.",
        )
      : []),
    ...(more.length === 0 && declared.includes(SEND) && declared.length > 1
      ? finding(
          declared.some((scope) => GRANTS.test(scope)) ? "warning" : "info",
          `the stack gives it ${summary(declared)}, and a relay needs ${SEND} alone`,
          `Give a key that only sends the scope ${SEND}, and other tasks a key of their own.`,
        )
      : []),
  ];
}

function summary(scopes: readonly string[]): string {
  const shown = scopes.toSorted().slice(0, 5).join(", ");
  return scopes.length > 5 ? `${scopes.length} scopes, such as ${shown}` : shown;
}
