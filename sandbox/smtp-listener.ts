import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** How a connection was encrypted. */
export interface TlsDetails {
  /** For example "TLSv1.3". */
  version: string;
  /** For example "TLS_AES_256_GCM_SHA384". */
  cipher: string;
}

/** A bound SMTP server. */
export interface SmtpListener {
  readonly address: string;
  readonly port: number;
  /** How the session with this id is encrypted; undefined in clear text. */
  tlsOf(sessionId: string): TlsDetails | undefined;
  /** Breaks the encrypted session with this id off, without another answer. */
  cut(sessionId: string): void;
  /** Stops listening and ends the open connections with 421. */
  close(): Promise<void>;
}

/**
 * Binds an SMTP server whose behaviour the options give; port 0 takes a free port.
 *
 * TLS 1.2 at least, no reverse look-ups, no log.
 *
 * @throws Error of the socket when the address cannot be bound.
 */
export async function listenSmtp(
  options: SMTPServerOptions,
  { address, port }: { address: string; port: number },
): Promise<SmtpListener> {
  const encrypted = new Map<string, TlsDetails>();
  const sockets = new Map<string, TLSSocket>();
  const server = new SMTPServer({
    minVersion: "TLSv1.2",
    ...options,
    disableReverseLookup: true,
    logger: false,
    // The shortest time there is: 0 would mean the default of 30 seconds.
    closeTimeout: 1,
    onSecure(socket, session, callback) {
      if (isTls(socket)) {
        sockets.set(session.id, socket);
        const cipher = socket.getCipher();
        encrypted.set(session.id, {
          version: socket.getProtocol() ?? "",
          cipher: cipher.standardName ?? cipher.name,
        });
      }
      callback();
    },
    onClose(session, callback) {
      options.onClose?.(session, callback);
      encrypted.delete(session.id);
      sockets.delete(session.id);
    },
  });
  // A client that breaks off, or speaks no TLS, is no fault of the server; a failed bind is awaited below.
  server.on("error", () => {});
  server.listen(port, address);
  await once(server.server, "listening");
  const bound = server.server.address();
  return {
    address,
    port: typeof bound === "object" && bound ? bound.port : port,
    tlsOf: (sessionId) => encrypted.get(sessionId),
    cut: (sessionId) => sockets.get(sessionId)?.destroy(),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The whole message that a client sends after DATA. */
export async function readMessage(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isTls(socket: object): socket is TLSSocket {
  return "getProtocol" in socket;
}
