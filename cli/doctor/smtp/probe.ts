import { hostname } from "node:os";
import type { Dialing, DoctorWorld } from "../doctor-world";
import { type PeerCertificate, peerCertificate } from "./certificate";
import { connectTcp, connectTls } from "./connect";
import { SmtpDialogue, type SmtpReply } from "./dialogue";

/** What EHLO announced: the parameters by keyword in capitals (RFC 5321 section 4.1.1.1). */
export type Extensions = ReadonlyMap<string, string>;

/** Which server is asked, and how TLS begins there. */
export interface SmtpServer {
  /** The name that the certificate has to show, or an address. */
  host: string;
  port: number;
  /** `starttls`: asked for where it is offered. `wrapper`: from the first octet (RFC 8314). */
  tls: "starttls" | "wrapper";
}

/** What a session of greeting, EHLO, TLS and EHLO again showed. */
export interface SmtpSession {
  /** The greeting. */
  banner: SmtpReply;
  /** From the connection's begin to the greeting's first line, TLS wrapper included, in milliseconds. */
  greetingMs: number;
  /** What EHLO announced before TLS; empty with the wrapper. */
  inClear: Extensions;
  /** Undefined where the session stayed in clear text. */
  tls?: { version: string; cipher: string; certificate: PeerCertificate };
  /** The reply to STARTTLS where that was refused. */
  refusedTls?: SmtpReply;
  /** What EHLO announced at the end, encrypted where there is TLS. */
  extensions: Extensions;
}

/** At which step a session broke off. */
export type ProbeStep = "resolve" | "connect" | "greeting" | "EHLO" | "STARTTLS" | "TLS handshake";

/** A session, or where it broke off and why. */
export type ProbeResult =
  | { kind: "spoke"; session: SmtpSession }
  | { kind: "failed"; step: ProbeStep; code: string; message: string };

/**
 * Speaks with a server without a login and without mail: greeting, EHLO, STARTTLS, EHLO, QUIT. A certificate that is not
 * valid breaks nothing off; it is told. Never rejects for what the server does.
 */
export async function probeSmtp(
  server: SmtpServer,
  { dial, resolvers }: Pick<DoctorWorld, "dial" | "resolvers">,
): Promise<ProbeResult> {
  let step: ProbeStep = "connect";
  const opened: { destroy(): unknown }[] = [];
  try {
    const session = await converse(server, dial, {
      connect: () => connectTcp(server, dial, resolvers[0].resolver),
      at: (next) => {
        step = next;
      },
      keep: (socket) => {
        opened.push(socket);
      },
    });
    return { kind: "spoke", session };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", step: code === "ERESOLVE" ? "resolve" : step, code, message };
  } finally {
    for (const socket of opened) {
      socket.destroy();
    }
  }
}

interface Hooks {
  connect: () => ReturnType<typeof connectTcp>;
  at: (step: ProbeStep) => void;
  keep: (socket: { destroy(): unknown }) => void;
}

async function converse(
  { host, tls }: SmtpServer,
  { ca, timeoutMs }: Dialing,
  { connect, at, keep }: Hooks,
): Promise<SmtpSession> {
  const started = performance.now();
  const socket = await connect();
  keep(socket);
  const secure = async (plain: typeof socket) => {
    at("TLS handshake");
    const encrypted = await connectTls(plain, { host, ca, timeoutMs });
    keep(encrypted);
    return encrypted;
  };
  let encrypted = tls === "wrapper" ? await secure(socket) : undefined;
  let dialogue = new SmtpDialogue(encrypted ?? socket, timeoutMs);
  at("greeting");
  const banner = await dialogue.reply();
  const greetingMs = Math.round(performance.now() - started);
  if (banner.code !== 220) {
    return { banner, greetingMs, inClear: new Map(), extensions: new Map() };
  }
  at("EHLO");
  let extensions = extensionsOf(await dialogue.ask(`EHLO ${helloName()}`));
  const inClear: Extensions = encrypted ? new Map() : extensions;
  let refusedTls: SmtpReply | undefined;
  if (!encrypted && extensions.has("STARTTLS")) {
    at("STARTTLS");
    const reply = await dialogue.ask("STARTTLS");
    if (reply.code === 220) {
      encrypted = await secure(dialogue.detach());
      dialogue = new SmtpDialogue(encrypted, timeoutMs);
      at("EHLO");
      extensions = extensionsOf(await dialogue.ask(`EHLO ${helloName()}`));
    } else {
      refusedTls = reply;
    }
  }
  await dialogue.quit();
  const { standardName, name } = encrypted?.getCipher() ?? {};
  return {
    banner,
    greetingMs,
    inClear,
    ...(encrypted && {
      tls: {
        version: encrypted.getProtocol() ?? "",
        cipher: standardName ?? name ?? "",
        certificate: peerCertificate(encrypted, host),
      },
    }),
    ...(refusedTls && { refusedTls }),
    extensions,
  };
}

/** The keywords of an EHLO reply; none where the server does not know EHLO. */
function extensionsOf({ code, lines }: SmtpReply): Extensions {
  const announced = code === 250 ? lines.slice(1) : [];
  return new Map(
    announced.map((line) => {
      // `AUTH=PLAIN` is how servers announced it before RFC 2554.
      const [keyword = "", ...parameters] = line.trim().split(/[ =]/);
      return [keyword.toUpperCase(), parameters.join(" ")];
    }),
  );
}

/** The name for EHLO: this machine's, or the literal that stands for no name (RFC 5321 section 4.1.4). */
function helloName(): string {
  const name = hostname();
  return /^[a-z\d-]+(\.[a-z\d-]+)+$/i.test(name) ? name : "[127.0.0.1]";
}
