import { canonicalTest } from "./canonical";
import type { Note } from "./findings";
import { macroLetters } from "./macro";
import { buildTerm } from "./record";
import { isAll, isDirective, modifierValue, type SpfDirective, type SpfTerm } from "./terms";

/** What each term of the record does, and what it does to the others. */
export function termFindings(text: string, terms: readonly SpfTerm[], domain: string, note: Note): void {
  const directives = terms.filter(isDirective);
  allFindings(terms, directives, note);
  repetitionFindings(directives, note);
  costlyFindings(terms, directives, domain, note);
  spellingFindings(text, terms, note);
}

function allFindings(terms: readonly SpfTerm[], directives: readonly SpfDirective[], note: Note): void {
  const at = directives.findIndex(isAll);
  const all = directives[at];
  const redirect = modifierValue(terms, "redirect");
  if (all === undefined) {
    if (redirect === undefined) {
      note(
        "warning",
        'without "all" and "redirect" the record says nothing about everybody else',
        'End it with "~all".',
      );
    }
    return;
  }
  if (all.qualifier === "+") {
    note(
      "error",
      `"${buildTerm(all)}" lets everybody in the world send as this domain`,
      'Write "~all" or "-all".',
    );
  } else if (all.qualifier === "?") {
    note(
      "warning",
      '"?all" says nothing about everybody else, as if there was no record',
      'Write "~all" or "-all".',
    );
  }
  const unreachable = directives.slice(at + 1).map(buildTerm);
  if (unreachable.length > 0) {
    note("warning", `nothing after "all" is tried: ${unreachable.join(" ")}`, 'Move "all" to the end.');
  }
  if (redirect !== undefined) {
    note(
      "warning",
      `"redirect=${redirect}" is ignored beside "all" (RFC 7208 section 6.1)`,
      `Remove one of them, or write "include:${redirect}" before "all".`,
    );
  }
}

function repetitionFindings(directives: readonly SpfDirective[], note: Note): void {
  const first = new Map<string, SpfDirective>();
  for (const directive of directives) {
    const test = canonicalTest(directive);
    const same = first.get(test);
    if (same !== undefined && directive.mechanism !== "all") {
      note(
        "warning",
        `"${buildTerm(directive)}" has no effect after "${buildTerm(same)}", which is about the same senders`,
        "Remove it.",
      );
    }
    first.set(test, same ?? directive);
  }
}

function costlyFindings(
  terms: readonly SpfTerm[],
  directives: readonly SpfDirective[],
  domain: string,
  note: Note,
): void {
  for (const directive of directives.filter(({ mechanism }) => mechanism === "ptr")) {
    note(
      "warning",
      `"${buildTerm(directive)}" is slow, unreliable and ignored by some receivers (RFC 7208 section 5.5 says not to use it)`,
      "Name the addresses with ip4: and ip6:, or the hosts with a:.",
    );
  }
  if (terms.some((term) => macroLetters(buildTerm(term)).has("p"))) {
    note(
      "warning",
      "the macro p needs the PTR records of the sender (RFC 7208 section 7.2 says not to use it)",
      "Use the macro i.",
    );
  }
  for (const directive of directives) {
    if (directive.mechanism === "include" && directive.domain.toLowerCase().replace(/\.$/, "") === domain) {
      note("error", `"${buildTerm(directive)}" includes the record in itself`, "Remove it.");
    }
  }
}

const MECHANISMS = new Set(["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"]);
const KNOWN_MODIFIERS = new Set(["redirect", "exp"]);

function spellingFindings(text: string, terms: readonly SpfTerm[], note: Note): void {
  for (const term of terms) {
    if (!("modifier" in term) || KNOWN_MODIFIERS.has(term.modifier)) {
      continue;
    }
    if (MECHANISMS.has(term.modifier)) {
      note(
        "error",
        `"${buildTerm(term)}" is an unknown modifier, which receivers ignore; a mechanism has a colon`,
        `Write "${term.modifier}:${term.value}".`,
      );
    } else {
      note(
        "info",
        `"${buildTerm(term)}" is a modifier that receivers ignore (RFC 7208 section 6)`,
        "Remove it.",
      );
    }
  }
  const capitals = text.split(" ").filter((word) => /[A-Z]/.test(word.replace(/%\{[^}]*\}/g, "")));
  if (capitals.length > 0) {
    note(
      "info",
      `capitals make no difference, and some tools compare records by letter: ${capitals.join(" ")}`,
      "Write the record in lower case.",
    );
  }
}
