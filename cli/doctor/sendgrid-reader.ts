import type { z } from "zod";
import { SendGridApi, type SendGridApiOptions } from "../../providers/sendgrid/api/api";
import { SendGridError } from "../../providers/sendgrid/api/api-error";
import type { SendGridAccess } from "../../providers/sendgrid/api/client";

/** What SendGrid's API answered to a question. */
export type SendGridAnswer<T> =
  | { kind: "found"; value: T }
  /** 404: there is no such thing. */
  | { kind: "missing" }
  /** 401 or 403: the key may not ask. `message` says what SendGrid said, `scope` what the key needs. */
  | { kind: "forbidden"; scope: string; message: string }
  /** No answer, or one that nobody understands. */
  | { kind: "unknown"; message: string };

/** SendGrid's API, for questions only: nothing is ever changed. */
export interface SendGridReader {
  /** Where it is asked, for messages. */
  readonly baseUrl: string;
  /**
   * Asks, with a few retries where that can help. Never rejects.
   *
   * @param path below the base URL, such as `/v3/scopes`
   * @param scope the scope that the key needs for it
   */
  get<T>(path: string, answer: z.ZodType<T>, scope: string): Promise<SendGridAnswer<T>>;
}

/** A person waits: fewer tries than an update makes, and no longer waits. */
const PATIENCE = {
  retries: 2,
  backOffMs: 500,
  rateLimitWaitMs: 10_000,
  timeoutMs: 15_000,
  pollMs: 1_000,
  longestPollMs: 1_000,
};

/** Asks SendGrid with a key, which is in no message. */
export function openSendGrid(access: SendGridAccess, options: SendGridApiOptions = {}): SendGridReader {
  const api = new SendGridApi(access, { patience: PATIENCE, ...options });
  const { signal } = new AbortController();
  return {
    baseUrl: access.baseUrl,
    get: async (path, answer, scope) => {
      const purpose = { task: `read ${path}`, scope };
      try {
        return { kind: "found", value: await api.request({ method: "GET", path, answer, purpose, signal }) };
      } catch (error) {
        if (!(error instanceof SendGridError)) {
          throw error;
        }
        const { status, message } = error;
        if (status === 404) {
          return { kind: "missing" };
        }
        return status === 401 || status === 403
          ? { kind: "forbidden", scope, message }
          : { kind: "unknown", message };
      }
    },
  };
}
