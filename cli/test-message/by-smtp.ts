import { createTransport } from "nodemailer";
import { plainText } from "../plain-text";
import { Problem, wrongUsage } from "../problem";
import type { TestMessage } from "./message";

export interface SmtpTarget {
  host: string;
  /** 25 or 587 on a relay, or what leads there. */
  port: number;
}

/**
 * Hands the message to the relay as a client does, with STARTTLS where the relay offers it. The relay's certificate is
 * its own, signed by nobody, so it is not verified.
 *
 * @returns the relay's answer and the queue id in it
 * @throws Problem with the relay's words where it refuses, or where it can't be reached
 */
export async function sendBySmtp(
  { host, port }: SmtpTarget,
  { from, to, raw }: TestMessage,
): Promise<{ answer: string; id?: string }> {
  const transport = createTransport({
    host,
    port,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    tls: { rejectUnauthorized: false },
  });
  try {
    const { response } = await transport.sendMail({ envelope: { from, to }, raw });
    return { answer: plainText(response), id: / queued as ([0-9A-Za-z]{6,20})$/.exec(response.trim())?.[1] };
  } catch (error) {
    throw smtpProblem(error, `${host}:${port}`);
  } finally {
    transport.close();
  }
}

/** The number of a port. @throws Problem for what is none */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw wrongUsage(`--port: ${JSON.stringify(text)} is no port`, "Give 587 or 25.");
  }
  return port;
}

function smtpProblem(error: unknown, where: string): unknown {
  if (!(error instanceof Error)) {
    return error;
  }
  const refused = "responseCode" in error && typeof error.responseCode === "number";
  return refused
    ? new Problem(
        `the relay ${where} refused the message: ${plainText(error.message)}`,
        "Clients outside the relay's ranges are refused, and senders outside its domains: compare `clients` and `senders`.",
      )
    : new Problem(
        `the relay ${where} did not take the message: ${plainText(error.message)}`,
        "Check --host and --port, and send from a machine among the relay's clients: others are kept out by its security group.",
      );
}
