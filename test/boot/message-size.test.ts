import fc from "fast-check";
import { expect, test } from "vitest";
import { ofSize } from "./message-size";

test("a message has exactly the size, and every line of it ends with CRLF", () => {
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 20_000 }), (bytes) => {
      const content = Buffer.from(ofSize({ id: "<1@boot.example.com>" }, bytes).content ?? "");
      expect(content.length).toBe(bytes);
      expect(content.toString("latin1")).toMatch(/^(?:[^\r\n]{0,998}\r\n)+$/);
    }),
  );
});

test("a size without room for the header is refused", () => {
  expect(() => ofSize({ id: "<1@boot.example.com>" }, 100)).toThrow("bytes: 100 is too small");
});
