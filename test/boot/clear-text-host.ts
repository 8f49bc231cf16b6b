import { createServer, type Socket } from "node:net";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { type Listening, listen } from "../../sandbox/machine/listening";

/** A host whose STARTTLS was taken away, as an attacker on the way does it. */
export interface ClearTextHost extends Listening {
  /** Every line that it got, in clear text as all of them were. */
  readonly lines: readonly string[];
}

/**
 * Listens as a smart host that offers a login and no STARTTLS, and that says yes to everything: it takes the password
 * and the mail of whoever gives them.
 *
 * @param at default port 587 of the first smart host's address
 */
export async function listenInClearText(
  at: { address: string; port: number } = { address: ADDRESS.smartHost, port: 587 },
): Promise<ClearTextHost> {
  const lines: string[] = [];
  const server = createServer((socket) => converse(socket, (line) => lines.push(line)));
  return { lines, ...(await listen(server, at)) };
}

function converse(socket: Socket, record: (line: string) => void): void {
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
      say(answerTo(line));
      if (/^QUIT$/i.test(line)) socket.end();
    }
  });
  say("220 smtp ESMTP");
}

function answerTo(line: string): string {
  if (/^EHLO /i.test(line)) return "250-smtp\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 SIZE 31457280";
  if (/^AUTH /i.test(line)) return "235 2.7.0 welcome";
  if (/^DATA$/i.test(line)) return "354 go on";
  return "250 2.0.0 yes";
}
