import { setTimeout as delay } from "node:timers/promises";
import { createTransport } from "nodemailer";
import type { Resolve } from "../dns";
import { findMailExchangers, type MailExchanger, NoMailExchanger } from "./mail-exchanger";

/** One message for one recipient, as it leaves. */
export interface OutgoingMessage {
  from: string;
  recipient: string;
  raw: Buffer;
}

export interface DeliveryOptions {
  resolver: Resolve;
  /** The address that connections are made from; SPF has to name it. Default: the system's choice. */
  localAddress?: string;
  /** The name in EHLO. */
  heloName: string;
  /** Port of the recipients' servers. Default 25; another one where the sandbox may not bind 25. */
  mxPort?: number;
  /** First pause before another try, in milliseconds; doubled each time up to 16 times. Default 250. */
  retryMs?: number;
  /** How often a delivery is tried. Default 20. */
  attempts?: number;
}

/** What became of one recipient's message. */
export interface DeliveryOutcome {
  recipient: string;
  result: "delivered" | "bounced" | "expired";
  /** The recipient's server's answer, or the reason of the failure. */
  response: string;
  attempts: number;
}

/** Delivers accepted messages to the recipients' servers, later and again where they fail for a time. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #outcomes: DeliveryOutcome[] = [];
  readonly #stop = new AbortController();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Queues a message; returns at once. */
  enqueue(message: OutgoingMessage): void {
    const running = this.#deliver(message).then((outcome) => {
      this.#outcomes.push(outcome);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  outcomes(): DeliveryOutcome[] {
    return [...this.#outcomes];
  }

  /** Resolves when nothing waits for delivery any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Gives up what still waits. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #deliver(message: OutgoingMessage): Promise<DeliveryOutcome> {
    const { recipient } = message;
    const { retryMs = 250, attempts = 20 } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return { recipient, result: "delivered", response: await this.#try(message), attempts: attempt };
      } catch (error) {
        const response = error instanceof Error ? error.message : String(error);
        if (isPermanent(error)) return { recipient, result: "bounced", response, attempts: attempt };
        const isLast = attempt >= attempts || this.#stop.signal.aborted;
        if (isLast || (await this.#wait(retryMs * Math.min(2 ** (attempt - 1), 16)))) {
          return { recipient, result: "expired", response, attempts: attempt };
        }
      }
    }
  }

  /** True when the wait was cut short because the server closes. */
  async #wait(milliseconds: number): Promise<boolean> {
    try {
      await delay(milliseconds, undefined, { signal: this.#stop.signal });
      return false;
    } catch {
      return true;
    }
  }

  async #try(message: OutgoingMessage): Promise<string> {
    const { recipient } = message;
    const domain = recipient.slice(recipient.lastIndexOf("@") + 1);
    let failure: unknown;
    for (const exchanger of await findMailExchangers(domain, this.#options.resolver)) {
      try {
        return await this.#send(message, exchanger);
      } catch (error) {
        if (isPermanent(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async #send({ from, recipient, raw }: OutgoingMessage, { host, address }: MailExchanger): Promise<string> {
    const transport = createTransport({
      host: address,
      port: this.#options.mxPort ?? 25,
      name: this.#options.heloName,
      localAddress: this.#options.localAddress,
      // Between servers TLS is opportunistic: it hides mail from listeners and proves no identity (RFC 7435).
      opportunisticTLS: true,
      tls: { rejectUnauthorized: false, servername: host },
      connectionTimeout: 5000,
      socketTimeout: 15_000,
    });
    try {
      const { response } = await transport.sendMail({ envelope: { from, to: [recipient] }, raw });
      return response;
    } finally {
      transport.close();
    }
  }
}

/** A 5xx answer, or a domain without mail: another try would end the same. */
function isPermanent(error: unknown): boolean {
  if (error instanceof NoMailExchanger) return true;
  const code = error instanceof Error && "responseCode" in error ? error.responseCode : undefined;
  return typeof code === "number" && code >= 500;
}
