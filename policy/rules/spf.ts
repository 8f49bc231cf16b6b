import * as z from "zod";
import { isAll, isDirective, isSpf, modifierValue, parseSpf } from "../../components/mail-dns/spf/record";
import { type PublishedText, publishedTexts, severalAtOneName } from "../records";
import { defineRule, type RuleResource, type Violation } from "../rule";

/** Every SPF record of these resources. */
export function spfRecords(resources: readonly RuleResource[]): PublishedText[] {
  return publishedTexts(resources, isSpf);
}

/** The terms, or undefined where the record is no SPF that receivers understand. */
function terms(record: string) {
  try {
    return parseSpf(record);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

export const spfSyntax = defineRule({
  name: "spf-syntax",
  title: "SPF that receivers can read",
  description: "An SPF record is written as RFC 7208 says. Receivers take any other for a permanent error.",
  remediation: "Correct these terms.",
  level: "mandatory",
  severity: "high",
  scope: "resource",
  settings: z.object({}),
  check: (resources) =>
    spfRecords(resources).flatMap(({ urn, name, text }): Violation[] => {
      try {
        parseSpf(text);
        return [];
      } catch (error) {
        if (error instanceof SyntaxError) {
          return [{ urn, message: `${name}: ${error.message}` }];
        }
        throw error;
      }
    }),
});

export const spfAll = defineRule({
  name: "spf-all",
  title: "SPF that says who may not send",
  description:
    "An SPF record ends in -all, ~all, ?all or a redirect. With +all or a range of /0 everybody may send as the domain.",
  remediation: "End the record with ~all, or with -all where nobody forwards the mail.",
  level: "mandatory",
  severity: "critical",
  scope: "resource",
  settings: z.object({
    neutral: z
      .boolean()
      .default(true)
      .meta({ description: "Whether ?all is allowed, which says nothing about everybody else." }),
  }),
  check: (resources, { neutral }) =>
    spfRecords(resources).flatMap(({ urn, name, text }): Violation[] => {
      const found = openEnd(text, neutral);
      return found === undefined ? [] : [{ urn, message: `${name}: ${found}` }];
    }),
});

/** Why the record does not keep anybody from sending. */
function openEnd(record: string, neutral: boolean): string | undefined {
  const all = terms(record)?.find(isAll);
  if (all?.qualifier === "+") {
    return '"+all" lets everybody in the world send as this domain';
  }
  if (all?.qualifier === "?" && !neutral) {
    return '"?all" says nothing about everybody else';
  }
  const everywhere = terms(record)?.find(
    (term) =>
      isDirective(term) &&
      (term.mechanism === "ip4" || term.mechanism === "ip6") &&
      term.qualifier === "+" &&
      term.prefix === 0,
  );
  if (everywhere !== undefined) {
    return "a range with the prefix /0 lets everybody in the world send as this domain";
  }
  const read = terms(record);
  return read !== undefined && all === undefined && modifierValue(read, "redirect") === undefined
    ? 'without "all" and "redirect" the record says nothing about everybody else'
    : undefined;
}

export const spfSingle = defineRule({
  name: "spf-single",
  title: "One SPF record at a name",
  description:
    "A name has one SPF record, over all resources. Two are a permanent error (RFC 7208 section 4.5).",
  remediation: "Merge their terms into one record, and remove the others.",
  level: "mandatory",
  severity: "high",
  scope: "stack",
  settings: z.object({}),
  check: (resources) => severalAtOneName(spfRecords(resources), "SPF records"),
});

/** The names that have an SPF record of this stack, with the record; a name that has several is left out. */
export function singleSpfRecords(resources: readonly RuleResource[]): PublishedText[] {
  const all = spfRecords(resources);
  return all.filter(({ name }) => all.filter((other) => other.name === name).length === 1);
}
