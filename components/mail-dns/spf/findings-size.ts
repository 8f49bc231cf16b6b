import type { Note } from "./findings";
import { SMALL_ANSWER, type SpfSize } from "./size";

/** What the length of the record means for queries. */
export function sizeFindings({ text, strings, answer }: SpfSize, note: Note): void {
  if (strings > 1) {
    note(
      "info",
      `the record has ${text} octets and is published as ${strings} strings of at most 255 (RFC 7208 section 3.3)`,
      "Nothing to do: receivers join them without a space.",
    );
  }
  if (answer > SMALL_ANSWER) {
    note(
      "warning",
      `the answer with all TXT records of the name has ${answer} octets; over ${SMALL_ANSWER} it needs EDNS or TCP, which some receivers lack (RFC 7208 section 3.4)`,
      "Shorten the record, or move other TXT records to names of their own.",
    );
  }
}
