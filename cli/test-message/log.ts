import { z } from "zod";

/** A line of journald's JSON; MESSAGE is a list of bytes where it is not UTF-8, and null where it is too large. */
const ENTRY = z.object({ MESSAGE: z.union([z.string(), z.array(z.number()), z.null()]).optional() });

/** What a delivery agent logs about one recipient. */
export interface Delivery {
  recipient: string;
  /** The smart host with address and port, or `none` where none was reached. */
  relay: string;
  /** The enhanced status code (RFC 3463), such as `2.0.0`. */
  dsn: string;
  /** Such as `sent`, `deferred`, `bounced`, `expired`. */
  status: string;
  /** Seconds from the message's arrival to this. */
  delay: number;
  /** The smart host's answer, or why there was none. */
  answer: string;
}

/** The messages of `journalctl --output=json`; lines that are none of its are left out. */
export function logMessages(output: string): string[] {
  return output.split("\n").flatMap((line) => {
    const message = parseEntry(line)?.MESSAGE;
    if (message === undefined || message === null) {
      return [];
    }
    return typeof message === "string" ? [message] : [Buffer.from(message).toString("latin1")];
  });
}

/** The queue id under which cleanup(8) logged this Message-ID. */
export function queueIdOf(messages: readonly string[], messageId: string): string | undefined {
  const ending = `: message-id=${messageId}`;
  return messages
    .filter((message) => message.endsWith(ending))
    .map((message) => message.slice(0, -ending.length))
    .find((id) => /^[0-9A-Za-z]{6,20}$/.test(id));
}

const DELIVERY =
  /^(?<id>\w+): to=<(?<recipient>[^>]*)>,(?: orig_to=<[^>]*>,)? relay=(?<relay>[^,]+),(?: conn_use=\d+,)? delay=(?<delay>[\d.]+), .*?dsn=(?<dsn>[\d.]+), status=(?<status>\w+) \((?<answer>.*)\)$/;

/** The deliveries of a message that were tried, in their order. */
export function deliveriesOf(messages: readonly string[], id: string): Delivery[] {
  return messages.flatMap((message) => {
    const groups = DELIVERY.exec(message)?.groups;
    if (groups === undefined || groups.id !== id) {
      return [];
    }
    const { recipient = "", relay = "", dsn = "", status = "", delay = "", answer = "" } = groups;
    return [{ recipient, relay, dsn, status, delay: Number(delay), answer }];
  });
}

function parseEntry(line: string): z.infer<typeof ENTRY> | undefined {
  try {
    return ENTRY.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
