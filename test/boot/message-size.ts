import { contentOf, type Letter } from "./client";

const LINE_BYTES = 78;

/**
 * The letter with a content of exactly so many bytes, as SMTP counts them: every line with its CRLF, without the final
 * dot (RFC 1870 section 5). At least a few hundred bytes.
 */
export function ofSize(letter: Letter, bytes: number): Letter {
  const head = Buffer.from(contentOf({ ...letter, body: "" }));
  const body = bytes - head.length;
  const lines = Math.floor(body / LINE_BYTES);
  if (lines < 1)
    throw new Error(`bytes: ${bytes} is too small for a message of ${head.length} bytes of header`);
  // The first line takes what is left over, so that all others are whole.
  const first = `${"x".repeat(LINE_BYTES - 2 + (body % LINE_BYTES))}\r\n`;
  const others = `${"x".repeat(LINE_BYTES - 2)}\r\n`.repeat(lines - 1);
  return { ...letter, content: Buffer.concat([head, Buffer.from(first + others)]) };
}
