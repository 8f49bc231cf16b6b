import { setTimeout as sleep } from "node:timers/promises";
import { contentOf, type Letter, RECIPIENT, SENDER } from "./client";
import { Dialogue } from "./dialogue";

const PAUSE_MS = 10;

/** A client that sends one byte at a time, and stops in the middle of its message until it is told to go on. */
export class SlowClient {
  private constructor(
    private readonly line: Dialogue,
    private readonly content: string,
  ) {}

  static async connect(letter: Letter, at: Parameters<typeof Dialogue.open>[0]): Promise<SlowClient> {
    return new SlowClient(await Dialogue.open(at), String(contentOf(letter)));
  }

  /** Greets, names the envelope and sends the first half of the message. @throws Error when an answer is no success */
  async sendHalf(): Promise<void> {
    await this.line.reply();
    for (const command of [
      "EHLO slow.example.com",
      `MAIL FROM:<${SENDER}>`,
      `RCPT TO:<${RECIPIENT}>`,
      "DATA",
    ]) {
      await this.#drip(`${command}\r\n`);
      const { code, text } = await this.line.reply();
      if (code < 200 || code >= 400) throw new Error(`${command} was answered with ${text}`);
    }
    await this.#drip(this.content.slice(0, this.content.length / 2));
  }

  /** Sends the rest. @returns the relay's answer to the whole message */
  async sendRest(): Promise<string> {
    await this.#drip(this.content.slice(this.content.length / 2));
    await this.#drip(".\r\n");
    const { text } = await this.line.reply();
    this.line.close();
    return text;
  }

  async #drip(text: string): Promise<void> {
    for (const byte of text) {
      this.line.write(byte);
      await sleep(PAUSE_MS);
    }
  }
}
