import type { DnsResolver } from "../../components/mail-dns/resolver";
import type { Surroundings } from "../surroundings";
import type { Transport } from "../transport/transport";
import type { SendGridReader } from "./sendgrid-reader";

/** Who is asked, and under which name. */
export interface NamedResolver {
  /** For messages: "the system's resolver", "9.9.9.9". */
  name: string;
  resolver: DnsResolver;
}

/** How servers are reached by TCP. */
export interface Dialing {
  /** Where the connection really goes; names are still verified as `host`. Default: the same. Tests lead to loopback. */
  to(host: string, port: number): { host: string; port: number };
  /** PEM certificates of authorities that are trusted beside Node's own. */
  ca?: readonly string[];
  /** How long a connection or an answer may take, in milliseconds. */
  timeoutMs: number;
}

/** What the checks look at. Everything that leaves this process goes through it, so that a test can stand in. */
export interface DoctorWorld {
  /** The resolvers that are compared, the first of them for all other questions; at least one. */
  resolvers: readonly [NamedResolver, ...NamedResolver[]];
  /** Asks a name server itself, by its address; undefined with `--no-authoritative`. */
  nameServer?: (address: string) => DnsResolver;
  /** SendGrid's API; undefined without a key. */
  sendGrid?: SendGridReader;
  /** How the smart host and the relay are reached. */
  dial: Dialing;
  /**
   * A way to run programs on the relay, where the command line names one.
   *
   * @throws Problem where it can't be had
   */
  transport?: () => Promise<Transport>;
  /** What the command line says about a message, for the check of a received one. */
  message?: MessageRequest;
  /** Programs and environment of this machine, as the command line has them. */
  surroundings?: Pick<Surroundings, "locate" | "localEnv">;
  /** The time. */
  now(): Date;
}

/** A message to look at (`--message`), or to send first (`--send-to`). */
export interface MessageRequest {
  /** The message as its receiver stored it, headers included. */
  received?: Buffer;
  /** Whose Authentication-Results are believed (`--authserv-id`). Default: the topmost ones. */
  authservId?: string;
  /** The recipient of a test message. */
  sendTo?: string;
  /** The sender of a test message, an address of the stack's domain. */
  sendFrom?: string;
}
