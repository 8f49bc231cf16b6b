import type { GeneratedCase } from "./generated-zones";
import type { MemoryRecord, MemoryZone } from "./memory-zone";

/** Where pyspf 2.0.14 departs from RFC 7208, and a case without the occasion for it. */
export interface Difference {
  why: string;
  /** The same case without what the two see differently; a case that has nothing of it stays as it is. */
  without(generated: GeneratedCase): GeneratedCase;
}

/** Somebody who is never the client: it neither validates, nor is its look-up void. */
const ELSEWHERE: MemoryRecord = ["PTR", "elsewhere.example"];

/** Each is needed by at least one generated case; a disagreement that none of them removes fails the test. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "self-include": {
    why:
      "pyspf refuses a record that includes its own domain even where the include is never evaluated. Section 5.2 " +
      "evaluates it when it is reached, and ends it with the limit of lookups.",
    without: eachText((text, domain, { sender, helo }) => {
      const own = new Set([domain, "%{d}"]);
      const origin = sender.slice(sender.indexOf("@") + 1) || helo;
      if (helo === domain) own.add("%{h}");
      if (origin === domain) own.add("%{o}");
      if (domain.split(".").slice(-2).join(".") === domain) own.add("%{d2}");
      return text.replace(/(include:)(\S+)/gi, (whole, name: string, target: string) =>
        own.has(target.replace(/\.$/, "").toLowerCase()) ? `${name}missing.example` : whole,
      );
    }),
  },
  "repeated-modifier": {
    why: "pyspf allows every modifier once. Section 6 says so of redirect and exp only.",
    without: eachText((text) => {
      const seen = new Set<string>();
      return text
        .split(" ")
        .filter((word, index) => {
          const name = index === 0 ? undefined : /^([a-z][\w.-]*)=/i.exec(word)?.[1]?.toLowerCase();
          const again = name !== undefined && name !== "redirect" && name !== "exp" && seen.has(name);
          seen.add(name ?? "");
          return !again;
        })
        .join(" ");
    }),
  },
  "modifier-case": {
    why: "pyspf knows redirect and exp in lower case only. Strings of the grammar are of any case (RFC 5234).",
    without: eachText((text) => text.replace(/(?<= )(redirect|exp)=/gi, (name) => name.toLowerCase())),
  },
  "macro-case": {
    why: "pyspf knows the transformer r in lower case only. Strings of the grammar are of any case (RFC 5234).",
    without: eachText((text) =>
      text.replace(/%\{[a-z]\d*R/gi, (macro) => macro.slice(0, -1) + macro.slice(-1).toLowerCase()),
    ),
  },
  characters: {
    why: "pyspf lets control characters stand in domains. Section 7.1 has a macro-literal of %x21-24 and %x26-7E.",
    without: eachText((text) => text.replace(/\t/g, "")),
  },
  "macro-syntax": {
    why: "pyspf takes any text after the letter of a macro. Section 7.1 has digits, r and delimiters, in this order, and section 7.3 a number above zero.",
    without: eachText((text) =>
      text.replace(/%\{[^}]*\}/g, (macro) =>
        /^%\{[a-z](?:0*[1-9]\d*)?r?[-.+,/_=]*\}$/i.test(macro) ? macro : "%{q}",
      ),
    ),
  },
  "alias-void": {
    why:
      "pyspf counts a query that a CNAME leads to nothing twice, for the alias and for its target. Section 4.6.4 " +
      "counts answers.",
    without: (generated) => {
      const { zone } = generated;
      const target = (zone["alias.example.com"] ?? []).at(0);
      const name = Array.isArray(target) && target[0] === "CNAME" ? target[1] : "";
      const { "alias.example.com": _, ...others } = zone;
      const direct = zone[name];
      return {
        ...generated,
        zone: direct === undefined ? others : { ...others, "alias.example.com": direct },
      };
    },
  },
  "ptr-error": {
    why:
      "pyspf makes a temperror of a DNS error while it validates names. Section 5.5 lets the mechanism not match, " +
      "or skips the name.",
    without: (generated) => {
      const { zone } = generated;
      const repaired = Object.entries(zone).map(([name, entries]): [string, MemoryZone[string]] => {
        if (!name.endsWith(".arpa")) {
          return [name, entries];
        }
        const known = (entry: MemoryRecord) => entry[0] !== "PTR" || zone[entry[1]] !== "TIMEOUT";
        return [
          name,
          entries === "TIMEOUT" ? [ELSEWHERE] : entries.map((entry) => (known(entry) ? entry : ELSEWHERE)),
        ];
      });
      return {
        ...generated,
        zone: {
          ...Object.fromEntries(repaired),
          "elsewhere.example": [
            ["A", "127.0.0.9"],
            ["AAAA", "::9"],
          ],
        },
      };
    },
  },
  "early-p": {
    why:
      "pyspf looks the macro p up while it reads the record and its explanation, and once: errors and void lookups of " +
      "it count where the term is never reached, or the record is invalid. Section 7.3 says to look it up where it is " +
      "used, and section 4.6.4 does not count explanations.",
    without: eachText((text) => text.replace(/%\{p\}/gi, "unknown")),
  },
};

/** The case with all texts changed: those of records and of explanations. */
function eachText(change: (text: string, domain: string, generated: GeneratedCase) => string) {
  return (generated: GeneratedCase): GeneratedCase => ({
    ...generated,
    zone: Object.fromEntries(
      Object.entries(generated.zone).map(([domain, entries]) => [
        domain,
        entries === "TIMEOUT"
          ? entries
          : entries.map(
              (entry): MemoryRecord =>
                entry[0] === "TXT" ? ["TXT", change(entry[1], domain, generated)] : entry,
            ),
      ]),
    ),
  });
}

/** The case without any of the differences. */
export function withoutAny(generated: GeneratedCase): GeneratedCase {
  return Object.values(DIFFERENCES).reduce((each, difference) => difference.without(each), generated);
}
