import * as z from "zod";

/** What a request was for: half a sentence for messages, and the permission that it takes. */
export interface Purpose {
  /** E.g. `create the API key "relay"`; never with a secret. */
  task: string;
  /** The API key scope that the request needs, e.g. `whitelabel.create`. */
  scope: string;
  /** What else a 403 can mean here, as a sentence. */
  forbidden?: string;
}

/** A request that failed for good. The message says what was tried, what SendGrid said and what to do next. */
export class SendGridError extends Error {
  constructor(
    message: string,
    /** HTTP status, or undefined where no answer came. */
    readonly status: number | undefined,
    /** Whether SendGrid may have done what was asked all the same: no answer, or an internal error. */
    readonly mayHaveHappened: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "SendGridError";
  }
}

/** The error for an answer with a status of 400 or above. */
export function refused(
  purpose: Purpose,
  baseUrl: string,
  status: number,
  body: unknown,
  resetAt?: Date,
): SendGridError {
  const said = sayings(body);
  const answer = `SendGrid at ${baseUrl} answered ${status}${said.length > 0 ? `: ${said.join("; ")}` : ""}`;
  const message = `Could not ${purpose.task}. ${sentence(answer)} ${nextAction(purpose, status, said, resetAt)}`;
  return new SendGridError(message, status, status >= 500);
}

/** The error for a request that got no answer. */
export function unanswered(purpose: Purpose, baseUrl: string, cause: Error): SendGridError {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const next =
    {
      ECONNREFUSED: "Nothing listens there: check the setting sendgrid:baseUrl (SENDGRID_BASE_URL)",
      ENOTFOUND: "The name has no address: check the setting sendgrid:baseUrl and this machine's DNS",
      EAI_AGAIN:
        "Names can't be resolved at the moment: check this machine's DNS and run the same command again",
      ECONNABORTED:
        "No answer came in time: check the network, proxies included, and run the same command again",
    }[code] ??
    (/CERT|SELF_SIGNED|UNABLE_TO|TLS/.test(code)
      ? "The server's certificate is not trusted: check sendgrid:baseUrl and proxies; NODE_EXTRA_CA_CERTS adds an authority"
      : "Check the network, proxies included, and run the same command again");
  const said = code && !cause.message.includes(code) ? `${code}: ${cause.message}` : cause.message || code;
  const message = `Could not ${purpose.task}. No answer from SendGrid at ${baseUrl} (${said}). ${next}.`;
  return new SendGridError(message, undefined, code !== "ECONNREFUSED" && code !== "ENOTFOUND", { cause });
}

/** The error for an answer that is not what the API's documentation says. */
export function misunderstood(purpose: Purpose, baseUrl: string, error: z.ZodError): SendGridError {
  const faults = error.issues.map(({ path, message }) => `${path.join(".") || "(answer)"}: ${message}`);
  const message =
    `Could not ${purpose.task}: SendGrid at ${baseUrl} answered something unexpected (${faults.join("; ")}). ` +
    "Check sendgrid:baseUrl; if it is right, the API has changed and this provider needs an update.";
  return new SendGridError(message, undefined, true);
}

const Fault = z.object({ message: z.string(), field: z.string().nullish() });
const ErrorBody = z.union([
  z
    .object({ errors: z.array(Fault).nonempty() })
    .transform(({ errors }) =>
      errors.map(({ message, field }) => (field ? `${field}: ${message}` : message)),
    ),
  // { errors: { name: "…" } }, and { errors: { name: ["…"] } }
  z
    .object({ errors: z.record(z.string(), z.union([z.string(), z.array(z.string())])) })
    .transform(({ errors }) =>
      Object.entries(errors).map(([field, text]) => `${field}: ${[text].flat().join(", ")}`),
    ),
  z.object({ message: z.string() }).transform(({ message }) => [message]),
  z.object({ error: z.string() }).transform(({ error }) => [error]),
  z.object({ error: Fault }).transform(({ error }) => [error.message]),
  z.object({ error_id: z.string() }).transform(({ error_id }) => [`error ${error_id}`]),
]);

/** What an error answer says, in any of the forms that SendGrid uses. */
export function sayings(body: unknown): string[] {
  const parsed = ErrorBody.safeParse(body);
  if (parsed.success) return parsed.data;
  return typeof body === "string" && body.trim() !== "" ? [body.trim().slice(0, 200)] : [];
}

function nextAction(
  { scope, forbidden }: Purpose,
  status: number,
  said: readonly string[],
  resetAt: Date | undefined,
): string {
  switch (status) {
    case 400:
      return "Correct the property that it names and run the same command again.";
    case 401:
      return "Check that the API key (sendgrid:apiKey or SENDGRID_API_KEY) is a current one of this account, and that sendgrid:region or sendgrid:baseUrl leads to where the account lives.";
    case 403:
      // A limit that is reached is no question of scopes.
      if (forbidden !== undefined && said.some((text) => /\bmore than \d|\blimit\b|\bmaximum\b/i.test(text)))
        return forbidden;
      return `Give the API key the scope ${scope}.${forbidden === undefined ? "" : ` ${forbidden}`}`;
    case 404:
      return "It does not exist any more: run `pulumi refresh`, then the same command again.";
    case 429:
      return `The rate limit is used up${resetAt ? ` until ${resetAt.toISOString()}` : ""}: run the same command again later.`;
    default:
      return status >= 500
        ? "The fault is on SendGrid's side (https://status.sendgrid.com): run the same command again later."
        : "Run the same command again; if it stays, look the status up in SendGrid's API reference.";
  }
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
