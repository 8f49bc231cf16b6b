import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectWithTls, rootCertificates, type TLSSocket } from "node:tls";
import type { DnsResolver } from "../../../components/mail-dns/resolver";
import type { Dialing } from "../doctor-world";

/** A server that did not take the connection in time; its packets go nowhere, as behind a firewall. */
export class ConnectTimeout extends Error {
  override readonly name = "ConnectTimeout";
  readonly code = "ETIMEDOUT";
}

/** A name without an address. */
export class NoAddress extends Error {
  override readonly name = "NoAddress";
  readonly code = "ERESOLVE";
}

/**
 * Opens a TCP connection. A name is looked up by the resolver that is given, and not by the system's, so that all
 * questions of a run go to the same one; all its addresses are tried (RFC 8305).
 *
 * @throws NoAddress, ConnectTimeout, or the socket's own error, with its `code`
 */
export async function connectTcp(
  { host, port }: { host: string; port: number },
  { to, timeoutMs }: Dialing,
  resolver: DnsResolver,
): Promise<Socket> {
  const target = to(host, port);
  const addresses = isIP(target.host) ? [target.host] : await addressesOf(target.host, resolver);
  const lookup: LookupFunction = (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  const socket = connect({ ...target, lookup, autoSelectFamily: true });
  return await settled(socket, "connect", timeoutMs);
}

/**
 * Begins TLS on a connection, at least 1.2. The certificate is looked at by the caller: a wrong one breaks nothing off.
 *
 * @throws ConnectTimeout or the error of the handshake
 */
export async function connectTls(
  socket: Socket,
  { host, ca, timeoutMs }: { host: string; ca?: readonly string[]; timeoutMs: number },
): Promise<TLSSocket> {
  const encrypted = connectWithTls({
    socket,
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca && { ca: [...rootCertificates, ...ca] }),
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
  });
  return await settled(encrypted, "secureConnect", timeoutMs);
}

async function addressesOf(host: string, resolver: DnsResolver): Promise<string[]> {
  const answers = await Promise.allSettled([resolver.lookUp(host, "A"), resolver.lookUp(host, "AAAA")]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value.records : []));
  if (addresses.length === 0) {
    const failed = answers.find((answer) => answer.status === "rejected");
    throw new NoAddress(failed ? String(failed.reason) : `${host} has no address in DNS`);
  }
  return addresses;
}

async function settled<S extends Socket>(socket: S, event: string, timeoutMs: number): Promise<S> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve).once("error", reject);
      socket.once("close", () => reject(new Error("the server closed the connection")));
      controller.signal.addEventListener("abort", () =>
        reject(new ConnectTimeout(`no answer within ${timeoutMs / 1_000} s`)),
      );
    });
  } catch (error) {
    // Errors that come late are not to end the process.
    socket.on("error", () => {});
    socket.destroy();
    throw flattened(error);
  } finally {
    clearTimeout(timer);
  }
  socket.on("error", () => {});
  return socket;
}

/** Where several addresses were tried, the first one's error stands for all. */
function flattened(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] ?? error) : error;
}
