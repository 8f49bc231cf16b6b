/** One entry of the `errors` list in SendGrid's answers. */
export interface ApiFault {
  message: string;
  /** The property at fault; null where SendGrid sends null, absent where it sends none. */
  field?: string | null;
}

/** A request that the API refuses, as SendGrid words it. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 429,
    readonly faults: ApiFault[],
  ) {
    super(faults.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join("; "));
  }
}
