// The grammar of RFC 7208 section 12 as far as it is about text inside a term.

/** A macro-expand, of `%{...}` form. `%{d0}` is no macro: section 7.3 asks for a number of parts above zero. */
const macro = (letters: string) => `%\\{[${letters}](?:0*[1-9]\\d*)?r?[-.+,/_=]*\\}`;
const ESCAPE = "%[%_-]";
const LITERAL = "[\\x21-\\x24\\x26-\\x7e]";
/** Section 7.2: c, r and t are for explanations only. */
const IN_TERMS = "slodiphv";
const IN_EXPLANATIONS = "slodiphvcrt";
const TOPLABEL = "(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])";

const part = `(?:${LITERAL}|${ESCAPE}|${macro(IN_TERMS)})`;
const MACRO_STRING = new RegExp(`^${part}*$`, "i");
const DOMAIN_SPEC = new RegExp(`^${part}*(?:\\.${TOPLABEL}\\.?|${ESCAPE}|${macro(IN_TERMS)})$`, "i");
const EXPLAIN_STRING = new RegExp(`^(?:${LITERAL}| |${ESCAPE}|${macro(IN_EXPLANATIONS)})*$`, "i");

/** Whether the text is a macro-string, as the value of an unknown modifier is. It may be empty. */
export function isMacroString(text: string): boolean {
  return MACRO_STRING.test(text);
}

/** Whether the text is an explain-string (RFC 7208 section 6.2): printable ASCII and macros. */
export function isExplainString(text: string): boolean {
  return EXPLAIN_STRING.test(text);
}

/**
 * What keeps the text from being a domain-spec (RFC 7208 section 7.1), or undefined when it is one. A
 * domain-spec ends in a dot and a top-level label, or in a macro.
 */
export function domainSpecFault(text: string): string | undefined {
  if (DOMAIN_SPEC.test(text)) {
    return undefined;
  }
  if (text === "") {
    return "the domain is empty";
  }
  if (/[^\x21-\x7e]/.test(text)) {
    return "the domain has a character that is not printable ASCII";
  }
  if (!MACRO_STRING.test(text)) {
    return "the domain has a % that begins no macro of RFC 7208 section 7.2";
  }
  if (/^\d+(\.\d+){3}$/.test(text) || /^[0-9a-f:]*:[0-9a-f:.]+$/i.test(text)) {
    return "an address stands where a domain belongs; addresses go into ip4: and ip6:";
  }
  if (!/.\../.test(text)) {
    return "the domain has a single label";
  }
  return "the domain does not end in a valid top-level label";
}
