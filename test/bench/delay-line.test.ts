import { expect, test } from "vitest";
import { type Clock, DelayLine } from "../../bench/relay/delay-line";

/** A clock that stands still until it is told. */
class ToldClock implements Clock {
  #now = 0;
  #timers: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  later(milliseconds: number, call: () => void): void {
    this.#timers.push({ at: this.#now + milliseconds, call });
  }

  /** Lets time pass up to a moment, and calls what is due on its way there. */
  until(moment: number): void {
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > moment) {
        this.#now = moment;
        return;
      }
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.call();
    }
  }
}

test("each arrives one delay after it was sent, however many are under way", () => {
  const clock = new ToldClock();
  const line = new DelayLine(10, clock);
  const arrived: [what: number, at: number][] = [];
  for (const moment of [0, 3, 6, 30]) {
    clock.until(moment);
    line.send(() => arrived.push([moment, clock.now()]));
  }
  clock.until(100);
  expect(arrived).toEqual([
    [0, 10],
    [3, 13],
    [6, 16],
    [30, 40],
  ]);
});

test("nothing arrives before its time", () => {
  const clock = new ToldClock();
  const line = new DelayLine(10, clock);
  let arrived = false;
  line.send(() => {
    arrived = true;
  });
  clock.until(9);
  expect(arrived).toBe(false);
});

test("what is under way is not overtaken when the delay is taken away", () => {
  const clock = new ToldClock();
  const line = new DelayLine(10, clock);
  const arrived: string[] = [];
  line.send(() => arrived.push("first"));
  line.delayMs = 0;
  line.send(() => arrived.push("second"));
  clock.until(100);
  expect(arrived).toEqual(["first", "second"]);
});

test("thousands keep their order", () => {
  const clock = new ToldClock();
  const line = new DelayLine(5, clock);
  const arrived: number[] = [];
  for (let index = 0; index < 5_000; index++) {
    clock.until(Math.floor(index / 7));
    line.send(() => arrived.push(index));
  }
  clock.until(10_000);
  expect(arrived).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
});

test("without a delay it arrives at once", () => {
  const line = new DelayLine(0, new ToldClock());
  let arrived = false;
  line.send(() => {
    arrived = true;
  });
  expect(arrived).toBe(true);
});
