/** Everything that a {@link DelayLine} needs of the world, so that a test can be its clock. */
export interface Clock {
  /** Milliseconds from any start; never goes back. */
  now(): number;
  /** Calls once after so many milliseconds, or a little later. */
  later(milliseconds: number, call: () => void): void;
}

const REAL: Clock = { now: () => performance.now(), later: (ms, call) => void setTimeout(call, ms) };

/** Timers of Node.js have whole milliseconds: what is due within half of one is done now, so that the mean is right. */
const SLACK_MS = 0.5;

/**
 * One direction of a wire: what is put in comes out after the delay, in its order, however much is under way. It adds
 * latency and no limit of bandwidth.
 */
export class DelayLine {
  #underWay: { due: number; deliver: () => void }[] = [];
  #head = 0;
  #waiting = false;

  /** @param delayMs one way; may be changed, and what is under way still arrives in its order */
  constructor(
    public delayMs: number,
    private readonly clock: Clock = REAL,
  ) {}

  /** Calls `deliver` after the delay, or at once where it is 0 and nothing is under way. */
  send(deliver: () => void, delayMs = this.delayMs): void {
    if (delayMs === 0 && this.#head === this.#underWay.length) {
      deliver();
      return;
    }
    const last = this.#underWay.at(-1)?.due ?? 0;
    this.#underWay.push({ due: Math.max(last, this.clock.now() + delayMs), deliver });
    this.#wait();
  }

  #wait(): void {
    const next = this.#underWay[this.#head];
    if (this.#waiting || next === undefined) {
      return;
    }
    this.#waiting = true;
    this.clock.later(Math.max(0, Math.round(next.due - this.clock.now())), () => {
      this.#waiting = false;
      this.#deliverDue();
      this.#wait();
    });
  }

  #deliverDue(): void {
    const until = this.clock.now() + SLACK_MS;
    for (let next = this.#underWay[this.#head]; next !== undefined && next.due <= until; ) {
      this.#head++;
      next.deliver();
      next = this.#underWay[this.#head];
    }
    if (this.#head > 1024 || this.#head === this.#underWay.length) {
      this.#underWay = this.#underWay.slice(this.#head);
      this.#head = 0;
    }
  }
}
