import type { Note } from "./findings";
import { covers, rangeOf } from "./ranges";
import { buildTerm } from "./record";
import type { AddressDirective, SpfTerm } from "./terms";

/** Prefixes below these hold more addresses than any one sender has: over 16 million, or over 2^96. */
const WIDEST = { ip4: 8, ip6: 32 } as const;

/** What the addresses of the record say beside each other, and of themselves. */
export function rangeFindings(terms: readonly SpfTerm[], note: Note): void {
  const ranges = terms
    .filter((term): term is AddressDirective => "mechanism" in term && /^ip[46]$/.test(term.mechanism))
    .map((term) => ({ term, text: buildTerm(term), range: rangeOf(term) }));
  for (const { term, text, range } of ranges) {
    if (range.prefix < WIDEST[term.mechanism] && term.qualifier === "+") {
      note(
        "error",
        `"${text}" lets a large part of the internet send as this domain`,
        "Name the range that sends.",
      );
    } else if (range.use !== "unicast") {
      note(
        "warning",
        `"${text}" is ${range.use} address space, which receivers on the internet never see`,
        "Name the addresses with which mail arrives there.",
      );
    }
    if (range.hasHostBits) {
      note(
        "info",
        `"${text}" has bits beyond its prefix, which make no difference`,
        "Write the network's address.",
      );
    }
  }
  ranges.forEach(({ text, range }, index) => {
    for (const other of ranges.slice(0, index)) {
      if (covers(other.range, range)) {
        note("info", `"${text}" has no effect: "${other.text}" before it covers it`, "Remove it.");
      } else if (covers(range, other.range)) {
        note(
          "info",
          `"${other.text}" lies within "${text}" after it`,
          "Remove it, unless its qualifier differs.",
        );
      }
    }
  });
}
