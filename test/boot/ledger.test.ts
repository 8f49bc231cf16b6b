import fc from "fast-check";
import { expect, test } from "vitest";
import { balance, itemOf } from "./ledger";

const a = itemOf("<a@x>", "one@example.net");
const b = itemOf("<b@x>", "one@example.net");

test("what was accepted and taken once is delivered, and nothing else is said of it", () => {
  expect(balance({ accepted: [a, b], taken: [b, a] })).toEqual({
    accepted: 2,
    delivered: 2,
    queued: 0,
    returned: 0,
    lost: [],
    duplicated: [],
    repeating: [],
    allowed: 0,
    stray: [],
  });
});

test("a message that is nowhere is lost", () => {
  expect(balance({ accepted: [a, b], taken: [a] })).toMatchObject({ delivered: 1, lost: [b] });
});

test("one that waits is queued, one with a notice is returned, and neither is lost", () => {
  const books = { accepted: [a, b], taken: [], queued: [a], returned: [b] };
  expect(balance(books)).toMatchObject({ delivered: 0, queued: 1, returned: 1, lost: [] });
});

test("one that is delivered and still in the queue counts as delivered, and may come once more", () => {
  expect(balance({ accepted: [a, b], taken: [a, b], queued: [a] })).toMatchObject({
    delivered: 2,
    queued: 0,
    repeating: [a],
  });
});

test("a second copy is a duplicate", () => {
  expect(balance({ accepted: [a, b], taken: [a, b, a] })).toMatchObject({
    delivered: 2,
    duplicated: [a],
    allowed: 0,
  });
});

test("a second copy after a broken connection is allowed, a third is a duplicate", () => {
  const mayRepeat = new Map([[a, 1]]);
  expect(balance({ accepted: [a], taken: [a, a], mayRepeat })).toMatchObject({ allowed: 1, duplicated: [] });
  expect(balance({ accepted: [a], taken: [a, a, a], mayRepeat })).toMatchObject({
    allowed: 1,
    duplicated: [a],
  });
});

test("one that was taken and never accepted is a stray", () => {
  expect(balance({ accepted: [a], taken: [a, b] })).toMatchObject({ delivered: 1, stray: [b] });
});

test("the same message to another recipient is another item", () => {
  const other = itemOf("<a@x>", "two@example.net");
  expect(balance({ accepted: [a, other], taken: [a] })).toMatchObject({ lost: [other], duplicated: [] });
});

test("what goes in is what is delivered, queued, returned and lost, whatever happens", () => {
  const items = fc.array(fc.constantFrom("1", "2", "3", "4", "5", "6"));
  fc.assert(
    fc.property(items, items, items, items, (accepted, taken, queued, returned) => {
      const found = balance({ accepted, taken, queued, returned });
      const sum = found.delivered + found.queued + found.returned + found.lost.length;
      expect(sum).toBe(new Set(accepted).size);
      expect(found.delivered + found.stray.length).toBe(new Set(taken).size);
    }),
  );
});
