import { createServer, type Socket } from "node:net";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { type Listening, listen } from "../../sandbox/machine/listening";

/** A host whose STARTTLS was taken away or is refused, as an attacker on the way does it. */
export interface ClearTextHost extends Listening {
  /** Every line that it got, in clear text as all of them were. */
  readonly lines: readonly string[];
}

/** What there is in place of STARTTLS, and where; default port 587 of the first smart host's address. */
export interface ClearTextOptions {
  address?: string;
  port?: number;
  /** The answer to STARTTLS, which is then offered. Default: not offered. */
  startTls?: string;
}

/**
 * Listens as a smart host that offers a login and no working STARTTLS, and that says yes to everything else: it takes the
 * password and the mail of whoever gives them.
 */
export async function listenInClearText(options: ClearTextOptions = {}): Promise<ClearTextHost> {
  const { address = ADDRESS.smartHost, port = 587, startTls } = options;
  const lines: string[] = [];
  const server = createServer((socket) => converse(socket, startTls, (line) => lines.push(line)));
  return { lines, ...(await listen(server, { address, port })) };
}

function converse(socket: Socket, startTls: string | undefined, record: (line: string) => void): void {
  let rest = "";
  let inData = false;
  const say = (text: string) => socket.write(`${text}\r\n`);
  socket.on("error", () => {});
  socket.on("data", (octets) => {
    const lines = (rest + octets.toString("latin1")).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      record(line);
      if (inData) {
        inData = line !== ".";
        if (!inData) say("250 2.0.0 taken");
        continue;
      }
      inData = /^DATA$/i.test(line);
      say(answerTo(line, startTls));
      if (/^QUIT$/i.test(line)) socket.end();
    }
  });
  say("220 smtp ESMTP");
}

function answerTo(line: string, startTls: string | undefined): string {
  if (/^EHLO /i.test(line)) {
    const offer = startTls === undefined ? "" : "250-STARTTLS\r\n";
    return `250-smtp\r\n${offer}250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 SIZE 31457280`;
  }
  if (startTls !== undefined && /^STARTTLS$/i.test(line)) return startTls;
  if (/^AUTH /i.test(line)) return "235 2.7.0 welcome";
  if (/^DATA$/i.test(line)) return "354 go on";
  return "250 2.0.0 yes";
}
