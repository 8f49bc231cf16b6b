import SMTPConnection from "nodemailer/lib/smtp-connection";
import { ADDRESS } from "../../sandbox/machine/addresses";

/** A client of the submission ports. */
export interface Submitter {
  /** The relay's address. */
  address: string;
  /** Certificate authority that it trusts, PEM. */
  ca: string;
  /** The name that the certificate has to have. */
  serverName: string;
  /** Default 587; 465 begins with TLS, and 25 goes without. */
  port?: number;
  /** Undefined for no login. */
  user?: string;
  password?: string;
  method?: "PLAIN" | "LOGIN";
  /** Envelope sender. Default app@example.com. */
  from?: string;
  /** Default the stranger's, which is outside of the relay's ranges. */
  localAddress?: string;
  subject?: string;
}

/** Hands in one message as a mail program does, with the certificate verified. Gives back the relay's last answer. */
export function submit(submitter: Submitter): Promise<string> {
  const { address, ca, serverName, port = 587, user, password = "", from = "app@example.com" } = submitter;
  const connection = new SMTPConnection({
    host: address,
    port,
    secure: port === 465,
    requireTLS: port === 587,
    ignoreTLS: port === 25,
    localAddress: submitter.localAddress ?? ADDRESS.stranger,
    name: "laptop.example.org",
    tls: { ca, servername: serverName },
    logger: false,
  });
  const content = `From: <${from}>\r\nTo: <someone@example.net>\r\nSubject: ${submitter.subject ?? "test"}\r\n\r\nHello\r\n`;
  return new Promise((resolve) => {
    const end = (said: string) => {
      connection.close();
      resolve(said);
    };
    const send = () =>
      connection.send({ from, to: ["someone@example.net"] }, content, (error, info) =>
        end(error ? String(error) : info.response),
      );
    connection.on("error", (error) => end(String(error)));
    connection.connect((error) => {
      if (error) return end(String(error));
      if (user === undefined) return send();
      connection.login(
        { user, method: submitter.method ?? "PLAIN", credentials: { user, pass: password } },
        (refused) => (refused ? end(String(refused)) : send()),
      );
    });
  });
}
