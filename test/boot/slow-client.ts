import { setTimeout as sleep } from "node:timers/promises";
import { contentOf, type Letter, RECIPIENT, SENDER } from "./client";
import { Dialogue } from "./dialogue";

const PAUSE_MS = 10;

/** A client that sends one byte at a time, and stops in the middle of its message until it is told to go on. */
export class SlowClient {
  readonly #dialogue: Dialogue;
  readonly #content: string;

  constructor(letter: Letter, at: { address: string; localAddress: string }) {
    this.#content = String(contentOf(letter));
    this.#dialogue = new Dialogue(at);
  }

  /** Greets, names the envelope and sends the first half of the message. @throws Error when an answer is no success */
  async sendHalf(): Promise<void> {
    await this.#dialogue.answer();
    for (const line of ["EHLO slow.example.com", `MAIL FROM:<${SENDER}>`, `RCPT TO:<${RECIPIENT}>`, "DATA"]) {
      await this.#drip(`${line}\r\n`);
      const answer = await this.#dialogue.answer();
      if (!/^[23]/.test(answer)) throw new Error(`${line} was answered with ${answer}`);
    }
    await this.#drip(this.#content.slice(0, this.#content.length / 2));
  }

  /** Sends the rest. @returns the relay's answer to the whole message */
  async sendRest(): Promise<string> {
    await this.#drip(this.#content.slice(this.#content.length / 2));
    await this.#drip(".\r\n");
    const answer = await this.#dialogue.answer();
    this.#dialogue.close();
    return answer;
  }

  async #drip(text: string): Promise<void> {
    for (const byte of text) {
      await this.#dialogue.write(byte);
      await sleep(PAUSE_MS);
    }
  }
}
