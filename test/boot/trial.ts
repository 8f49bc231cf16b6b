import { setTimeout as sleep } from "node:timers/promises";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { until } from "../../sandbox/until";
import { bodyDigest } from "./body-digest";
import type { BootedRelay } from "./booted-relay";
import { type Attempt, type ClientOptions, contentOf, type Letter, RECIPIENT, SENDER } from "./client";
import { type Balance, balance, type Item, itemOf } from "./ledger";
import { handInAll, type LoadOptions, type LoadResult } from "./load";
import { queuedItems } from "./queue";
import type { RelayWorld } from "./relay-world";
import type { RelayKind, Relays } from "./relays";
import type { SmartHost, TakenMessage } from "./smart-host";

/** Something that a fault has to show beside its balance. */
export interface Check {
  /** What has to hold, in words. */
  what: string;
  holds: boolean;
}

/** Hosts and relays that every trial can use. */
export interface Surroundings {
  world: RelayWorld;
  relays: Relays;
  /** The first smart host, and the second, behind it on the relay `fallback`. */
  hosts: { first: SmartHost; second: SmartHost };
  say: (line: string) => void;
}

/** Times are limits for what hangs. */
const SETTLE_SECONDS = 240;
/** How often a queue is flushed while it is waited for. */
const FLUSH_MS = 3_000;

/** One fault under way: it counts what goes in and comes out, under Message-IDs of its own. */
export class Trial {
  readonly checks: Check[] = [];
  /** The most items that were seen waiting. */
  kept = 0;
  /** The relay whose queue is counted; another one after a replacement. */
  relay: BootedRelay;
  readonly #accepted: Item[] = [];
  /** Envelope sender and body's digest of what was accepted, by Message-ID. */
  readonly #contents = new Map<string, { from: string; body: string }>();
  readonly #mayRepeat = new Map<Item, number>();
  readonly #mayReturn = new Set<Item>();
  readonly #tag: string;
  #count = 0;

  constructor(
    readonly name: string,
    readonly surroundings: Surroundings,
    relay: BootedRelay,
  ) {
    this.relay = relay;
    this.#tag = `${name}@boot.example.com`;
  }

  get world(): RelayWorld {
    return this.surroundings.world;
  }

  get hosts(): Surroundings["hosts"] {
    return this.surroundings.hosts;
  }

  /** The relay of another kind. */
  other(kind: RelayKind): Promise<BootedRelay> {
    return this.surroundings.relays.get(kind);
  }

  /** A letter with an id of this trial. */
  letter(parts: Omit<Letter, "id"> = {}): Letter {
    this.#count += 1;
    return { ...parts, id: `<${this.#count}.${this.#tag}>` };
  }

  /** So many letters. */
  letters(count: number, parts: Omit<Letter, "id"> = {}): Letter[] {
    return Array.from({ length: count }, () => this.letter(parts));
  }

  /** Hands in one message once, and books it. */
  async send(letter: Letter = this.letter(), options: Omit<ClientOptions, "address"> = {}): Promise<Attempt> {
    const attempt = await this.world.send(this.relay, letter, options);
    if (attempt.accepted) this.book(letter, attempt.recipients);
    return attempt;
  }

  /** Hands in messages until all are accepted, and books them. */
  async load(
    letters: number | Iterable<Letter>,
    options: Partial<Omit<LoadOptions, "address">> = {},
  ): Promise<LoadResult> {
    const list = typeof letters === "number" ? this.letters(letters) : letters;
    const result = await handInAll(list, {
      localAddresses: [ADDRESS.application],
      ...options,
      address: this.relay.address,
    });
    for (const letter of result.accepted) this.book(letter);
    for (const [id, times] of result.unknown) this.mayRepeat(itemOf(id, RECIPIENT), times);
    return result;
  }

  /** Books a letter as accepted for its recipients. */
  book(letter: Letter, recipients: readonly string[] = letter.to ?? [RECIPIENT]): void {
    const { id, from = SENDER } = letter;
    this.#contents.set(id, { from, body: bodyDigest(contentOf(letter)) });
    for (const recipient of recipients) this.#accepted.push(itemOf(id, recipient));
  }

  /** Says that SMTP allows further copies of an item. */
  mayRepeat(item: Item, times = 1): void {
    this.#mayRepeat.set(item, (this.#mayRepeat.get(item) ?? 0) + times);
  }

  /** Says that these messages' answers may not have reached the relay. */
  inDoubt(messages: readonly TakenMessage[]): void {
    for (const { id, to } of messages) for (const recipient of to) this.mayRepeat(itemOf(id, recipient));
  }

  /** Waits until the queue has a reason for delay that matches. */
  async untilDeferred(reason: RegExp): Promise<void> {
    await until(`a message of ${this.name} waits for a reason like ${reason.source}`, async () =>
      (await this.relay.reasons()).some((found) => reason.test(found)),
    );
  }

  /** Says that this message is to be given up with a notice. */
  expectNotice({ id, to = [RECIPIENT] }: Letter): void {
    for (const recipient of to) this.#mayReturn.add(itemOf(id, recipient));
  }

  /** Adds something that has to hold. */
  check(what: string, holds: boolean): void {
    this.checks.push({ what, holds });
  }

  /** Whether a Message-ID is of this trial. */
  owns(id: string): boolean {
    return id.endsWith(`.${this.#tag}>`);
  }

  /** The messages of this trial that smart hosts took. */
  taken(): TakenMessage[] {
    return [this.hosts.first, this.hosts.second].flatMap((host) =>
      host.taken.filter(({ id }) => this.owns(id)),
    );
  }

  /** Messages that a smart host took with another sender or body than the client's. */
  damaged(): string[] {
    return this.taken().flatMap(({ id, from, body }) => {
      const given = this.#contents.get(id);
      return given === undefined || (given.from === from && given.body === body) ? [] : [id];
    });
  }

  /** The balance now. While mail moves a message can be between two places, so what seems lost is looked for again. */
  async balance(): Promise<Balance> {
    for (let look = 1; ; look += 1) {
      const queued = queuedItems(await this.relay.queue());
      const found = balance({
        accepted: this.#accepted,
        taken: this.taken().flatMap(({ id, to }) => to.map((recipient) => itemOf(id, recipient))),
        queued,
        returned: this.#returned(),
        mayRepeat: this.#mayRepeat,
      });
      if (found.lost.length === 0 || look === 5) return found;
      await sleep(1_000);
    }
  }

  /** Balances while the fault is there: nothing may be lost or doubled, and all that is not delivered waits. */
  async during(what: string): Promise<Balance> {
    const found = await this.balance();
    this.kept = Math.max(this.kept, found.queued);
    this.check(`nothing is lost ${what}`, found.lost.length === 0);
    this.check(`nothing is given up ${what}`, found.returned === 0);
    return found;
  }

  /**
   * Waits until no accepted message waits any more, and none is in the queue that was delivered and may come once more.
   *
   * @returns the last balance, also when the time is up
   */
  async settle(): Promise<Balance> {
    await this.waitingAtMost(0, SETTLE_SECONDS);
    const accepted = new Set(this.#accepted);
    await this.#flushUntil(SETTLE_SECONDS, async () =>
      queuedItems(await this.relay.queue()).every((item) => !accepted.has(item)),
    );
    return this.balance();
  }

  /** Waits until at most so many accepted messages wait. @returns false when the time is up */
  waitingAtMost(count: number, seconds: number): Promise<boolean> {
    return this.#flushUntil(seconds, async () => {
      const items = new Set(
        this.taken().flatMap(({ id, to }) => to.map((recipient) => itemOf(id, recipient))),
      );
      const returned = this.#returned();
      return this.#accepted.filter((item) => !items.has(item) && !returned.has(item)).length <= count;
    });
  }

  /** Has the queue tried again and again until the condition holds. @returns false when the time is up */
  async #flushUntil(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
    const deadline = Date.now() + seconds * 1_000;
    let flushed = 0;
    for (;;) {
      if (await holds()) return true;
      if (Date.now() > deadline) return false;
      if (Date.now() - flushed > FLUSH_MS) {
        await this.relay.flush();
        flushed = Date.now();
      }
      await sleep(100);
    }
  }

  /** Accepted messages that were given up, and no one said that they would be. */
  unexpectedNotices(): Item[] {
    const returned = this.#returned();
    return this.#accepted.filter((item) => returned.has(item) && !this.#mayReturn.has(item));
  }

  /** Messages that were to be given up, and for which no notice came. */
  missingNotices(): Item[] {
    const returned = this.#returned();
    return [...this.#mayReturn].filter((item) => !returned.has(item));
  }

  /**
   * Items of this trial in notices: the message's header, and each recipient that a notice names. It names the sender
   * too, whose bounce could not be delivered and became the notice.
   */
  #returned(): Set<Item> {
    const items = new Set<Item>();
    for (const { subject, text } of [...this.hosts.first.taken, ...this.hosts.second.taken]) {
      if (!subject.startsWith("Postmaster Copy:")) continue;
      const id = [...text.matchAll(/^Message-ID: (<[^>]+>)/gim)].map(([, found = ""]) => found);
      const own = id.find((found) => this.owns(found));
      if (own === undefined) continue;
      for (const [, recipient = ""] of text.matchAll(/^Final-Recipient: rfc822; *(\S+)\r?$/gim)) {
        items.add(itemOf(own, recipient));
      }
    }
    return items;
  }
}
