/** An SMTP answer that refuses a command. */
export class SmtpRefusal extends Error {
  override readonly name = "SmtpRefusal";

  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** A trouble that the next SMTP clients run into. */
export interface SmtpFault {
  /** Refuse the login, or the message after its DATA. */
  at: "auth" | "data";
  /** The SMTP code, 400 to 599. */
  code: number;
  message: string;
  /** How often. Default 1. */
  times?: number;
}

/** SendGrid's answer to a login when the plan's messages are used up; a client keeps its mail and tries again. */
export const CREDITS_EXCEEDED: SmtpFault = {
  at: "auth",
  code: 451,
  message: "Authentication failed: Maximum credits exceeded",
};

/** The faults put in the way of the SMTP side's clients. */
export class SmtpFaults {
  readonly #waiting: { fault: SmtpFault; left: number }[] = [];

  /** Lets the next logins or messages fail; faults wait in the order they were given. */
  next(fault: SmtpFault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Drops every fault that still waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** @throws SmtpRefusal when a fault waits at this place; it is used up. */
  throwAt(place: SmtpFault["at"]): void {
    const index = this.#waiting.findIndex(({ fault }) => fault.at === place);
    const entry = this.#waiting[index];
    if (!entry) return;
    entry.left--;
    if (entry.left <= 0) this.#waiting.splice(index, 1);
    throw new SmtpRefusal(entry.fault.code, entry.fault.message);
  }
}
