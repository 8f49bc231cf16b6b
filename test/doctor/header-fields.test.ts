import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { authorDomain, headerFields, headerValues } from "../../cli/doctor/message/header-fields";

const message = (...lines: string[]) => Buffer.from(lines.join("\r\n"));

describe("a header field's values", () => {
  test("are found whatever the case of the name, in their order, and only above the body", () => {
    const raw = message("Received: one", "received : two", "Subject: x", "", "Received: no header");
    expect(headerValues(headerFields(raw), "RECEIVED")).toEqual(["one", "two"]);
  });

  test("are unfolded", () => {
    expect(headerValues(headerFields(message("Subject: a", "\tb", " c", "", "")), "Subject")).toEqual([
      "a\tb c",
    ]);
  });

  test("come from lines that end in LF alone, too", () => {
    expect(headerValues(headerFields(Buffer.from("To: a\nSubject: b\n\nbody")), "Subject")).toEqual(["b"]);
  });

  test("never come from the body", () => {
    fc.assert(
      fc.property(fc.string(), (body) => {
        expect(headerValues(headerFields(message("To: a", "", body)), "To")).toEqual(["a"]);
      }),
    );
  });
});

describe("the author's domain", () => {
  test.each([
    ["a bare address", ["From: noreply@Example.COM"], "example.com"],
    ["a name and an address", ["From: Sender <noreply@example.com>"], "example.com"],
    ["a name that looks like an address", ['From: "x@evil.test" <noreply@example.com>'], "example.com"],
    ["no From", ["To: reader@inbox.test"], undefined],
    ["two From fields", ["From: a@example.com", "From: b@example.com"], undefined],
    ["two addresses", ["From: a@example.com, b@example.org"], undefined],
    ["an address without domain", ["From: noreply"], undefined],
  ])("of %s", (_, lines, expected) => {
    expect(authorDomain(headerFields(message(...lines, "", "body")))).toBe(expected);
  });
});
