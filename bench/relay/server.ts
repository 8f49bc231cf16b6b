import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../../sandbox/machine/machine";

const QUEUE = "/var/spool/postfix";

/** The messages that are handed in. */
export interface Load {
  messages: number;
  /** Bytes of a message's body. */
  size: number;
  /** Connections that hand in mail at the same time, each one message after the other. */
  clients: number;
}

/** Which of the two it is: the project's relay, or Debian's Postfix with what the provider's guide sets. */
export type Side = "relay" | "stock";

/** A booted server with a Postfix that relays, as the benchmark handles it. */
export class MailServer {
  constructor(
    readonly side: Side,
    readonly machine: Machine,
  ) {}

  /** The server's first process, seen from outside. */
  get leader(): number {
    return Number(this.machine.enterCommand()[2]);
  }

  /**
   * Hands mail in on loopback, by Postfix's own smtp-source(1): a client in C, which leaves most of the processors to
   * what is measured.
   *
   * @returns when the first connection began and the last message was taken, in milliseconds since 1970
   */
  async handIn({ messages, size, clients }: Load): Promise<{ begin: number; end: number }> {
    const options = ["-d", "-s", String(clients), "-m", String(messages), "-l", String(size)];
    const addresses = ["-f", "app@example.com", "-t", "someone@example.net"];
    const begin = Date.now();
    await this.command(["smtp-source", ...options, ...addresses, "127.0.0.1:25"]);
    return { begin, end: Date.now() };
  }

  /** Changes main.cf and has it read. An empty value takes a parameter out. */
  async configure(parameters: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(parameters);
    const set = entries.filter(([, value]) => value !== "").map(([name, value]) => `${name}=${value}`);
    const unset = entries.filter(([, value]) => value === "").map(([name]) => name);
    if (set.length > 0) {
      await this.command(["postconf", "-e", ...set]);
    }
    if (unset.length > 0) {
      await this.command(["postconf", "-X", ...unset]);
    }
    await this.command(["postfix", "reload"]);
    // A reload replaces the queue manager, and what reaches the old one is lost with it.
    await sleep(2_000);
  }

  /** Messages in some of Postfix's queues. */
  async count(...queues: ("incoming" | "active" | "deferred" | "hold")[]): Promise<number> {
    const folders = queues.map((queue) => `${QUEUE}/${queue}`);
    const found = await this.command(["find", ...folders, "-type", "f", "-printf", "."]);
    return found.length;
  }

  /** Tries now what is deferred. */
  async flush(): Promise<void> {
    await this.command(["postqueue", "-f"]);
  }

  /** Deletes all mail. */
  async empty(): Promise<void> {
    await this.command(["postsuper", "-d", "ALL"]);
  }

  /** Writes a file that only root can read, whole or not at all, and its folder where that is missing. */
  async writeSecret(path: string, content: string): Promise<void> {
    const script = 'umask 077; mkdir -p "$(dirname "$1")"; cat > "$1.new"; mv "$1.new" "$1"';
    await this.command(["sh", "-c", script, "sh", path], content);
  }

  /** @throws Error with the command's own words when it fails */
  async command(words: readonly string[], input?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.machine.run(words, input);
    if (exitCode !== 0) {
      throw new Error(`${this.side}: ${words[0]} ended with ${exitCode}: ${stderr}`);
    }
    return String(stdout);
  }
}
