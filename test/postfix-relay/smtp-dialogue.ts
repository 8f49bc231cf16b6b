import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where a dialogue takes place. */
export interface DialoguePlace {
  host: string;
  port: number;
  localAddress?: string;
}

/**
 * Says SMTP commands one after the other and gives back the answers, whole: that of the connection first. After a
 * `STARTTLS` that is taken it goes on over TLS. The certificate is not verified. When the server closes the connection, its
 * last words are the last answer.
 */
export async function smtpDialogue(place: DialoguePlace, commands: readonly string[]): Promise<string[]> {
  let socket: Socket = connect(place);
  const answers: string[] = [];
  try {
    answers.push(await answer(socket));
    for (const command of commands) {
      socket.write(`${command}\r\n`);
      const said = await answer(socket);
      answers.push(said);
      if (command === "STARTTLS" && said.startsWith("220")) {
        socket = connectTls({ socket, rejectUnauthorized: false });
        await once(socket, "secureConnect");
      }
      if (said.startsWith("421")) break;
    }
    return answers;
  } finally {
    socket.destroy();
  }
}

/** One answer; its last line has a space after the code (RFC 5321 section 4.2.1). */
function answer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const end = (outcome: () => void) => {
      socket.off("data", onData).off("error", onError).off("close", onClose);
      outcome();
    };
    const onData = (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (/(^|\n)\d{3} [^\n]*\n$/.test(text)) end(() => resolve(text));
    };
    const onError = (error: Error) => end(() => reject(error));
    const onClose = () => end(() => reject(new Error(`closed after: ${text}`)));
    socket.on("data", onData).on("error", onError).on("close", onClose);
  });
}
