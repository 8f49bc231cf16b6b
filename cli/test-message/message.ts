import { randomUUID } from "node:crypto";
import { describeFaults } from "../../components/faults";
import { checkPlainAddress } from "../../components/postfix-relay/postfix/plain-address";
import { wrongUsage } from "../problem";

/** A message that can be found again in the relay's log. */
export interface TestMessage {
  from: string;
  to: string;
  /** With angle brackets. */
  messageId: string;
  /** Letters, digits and hyphens of the Message-ID that are in no other. */
  token: string;
  /** Header and body, lines ended by CR LF. */
  raw: string;
}

/**
 * Composes the test message (RFC 5322).
 *
 * @throws Problem that names each address that is none, or that a shell could take for more than one
 */
export function composeTestMessage({ from, to }: { from: string; to: string }, now: Date): TestMessage {
  const faults = [...checkPlainAddress(from, "--from"), ...checkPlainAddress(to, "--to")];
  if (faults.length > 0) {
    throw wrongUsage(
      describeFaults("smarthost relay test", faults),
      "Correct it, and run the command again.",
    );
  }
  const token = `smarthost-test-${randomUUID()}`;
  const messageId = `<${token}@${from.slice(from.lastIndexOf("@") + 1)}>`;
  const raw = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: Test of the mail relay`,
    `Date: ${now.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: ${messageId}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "This message tests the way through the mail relay to the smart host. Nobody has to answer it.",
    "",
  ].join("\r\n");
  return { from, to, messageId, token, raw };
}
