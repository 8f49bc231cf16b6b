/** RFC 1035 section 3.3: a character string holds at most 255 octets. */
const LONGEST_STRING = 255;

/** The text as the character strings that a TXT record carries. */
export function txtStrings(text: string): string[] {
  const bytes = Buffer.from(text);
  const strings: string[] = [];
  for (let at = 0; at < bytes.length; at += LONGEST_STRING) {
    strings.push(bytes.subarray(at, at + LONGEST_STRING).toString("latin1"));
  }
  return strings.length > 0 ? strings : [""];
}

/** The text in zone file form: `"first 255" "rest"`, quotes and backslashes escaped (RFC 1035 section 5.1). */
export function quotedTxt(text: string): string {
  return txtStrings(text)
    .map((part) => `"${part.replace(/[\\"]/g, "\\$&")}"`)
    .join(" ");
}

/** The text of a TXT record in zone file form; a text without quotes is taken as it is. */
export function unquotedTxt(content: string): string {
  const strings = [...content.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner = ""]) => unescapeTxt(inner));
  return strings.length > 0 && content.trimStart().startsWith('"') ? strings.join("") : content;
}

function unescapeTxt(inner: string): string {
  return inner.replace(/\\(\d{3}|.)/gs, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
  );
}
