import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  firstPageScript,
  nextPageScript,
  PAGE,
  parseFirstPage,
  unpack,
} from "../../cli/transport/output-pages";

const sh = async (script: string) => (await execa("sh", ["-c", script], { stripFinalNewline: false })).stdout;

/** Runs a line as the transport does, page by page. */
async function fetched(line: string) {
  const first = parseFirstPage(await sh(firstPageScript(line)));
  if (first === undefined) throw new Error("no header");
  let { text } = first;
  let pages = 1;
  for (; text.length < first.size; pages += 1) {
    text += (await sh(nextPageScript(first.folder, text.length, text.length + PAGE >= first.size))).trim();
  }
  return { ...first, output: unpack(text, true), text, pages };
}

describe("output in pages", () => {
  it("of little text is one page, with the command's exit code, and leaves nothing behind", async () => {
    const result = await fetched("echo one; echo two; (exit 7)");
    expect(result).toMatchObject({ exitCode: 7, lines: 2, output: "one\ntwo\n", pages: 1 });
    expect(existsSync(result.folder)).toBe(false);
  });

  it("of nothing is nothing", async () => {
    expect(await fetched("true")).toMatchObject({ exitCode: 0, lines: 0, output: "" });
  });

  it("of much text is whole, and leaves nothing behind", async () => {
    // Hexadecimal digits shrink to half at best.
    const text = randomBytes(60_000)
      .toString("hex")
      .replace(/.{100}/g, "$&\n");
    const result = await fetched(`printf %s '${text}'`);
    expect(result.pages).toBeGreaterThan(3);
    expect(result.output).toBe(text);
    expect(existsSync(result.folder)).toBe(false);
  });

  it("that was not fetched to its end has the whole lines of its beginning", async () => {
    const line = "0123456789 0123456789";
    const { text } = await fetched(`yes '${line}' | head -n 100000 | sed =`);
    const part = unpack(text.slice(0, Math.floor(text.length / 8) * 4), false);
    expect(part.length).toBeGreaterThan(1_000);
    expect(part.endsWith(`${line}\n`) || /\n\d+\n$/.test(part)).toBe(true);
    expect(part.startsWith(`1\n${line}\n2\n${line}\n`)).toBe(true);
  });

  it("can be read by root only while it waits for its next page", async () => {
    const first = parseFirstPage(await sh(firstPageScript("head -c 60000 /dev/urandom")));
    try {
      expect((await execa("stat", ["-c", "%a", first?.folder ?? ""])).stdout).toBe("700");
    } finally {
      await execa("rm", ["-r", first?.folder ?? "/nonexistent"]);
    }
  });
});

describe("a first page", () => {
  it.each([
    "",
    "0 5 1 /var/tmp/smarthost-output.0123456789",
    "0 5 1 /etc/passwd\nH4sI",
    "0 5 1 /var/tmp/smarthost-output.01234567;9\nH4sI",
    "x 5 1 /var/tmp/smarthost-output.0123456789\nH4sI",
  ])("that the script would not write is none: %j", (answer) => {
    expect(parseFirstPage(answer)).toBeUndefined();
  });

  it("of any text is read or none", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseFirstPage(text)));
  });
});
