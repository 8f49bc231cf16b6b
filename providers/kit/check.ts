import * as z from "zod";
import { formatPath, type PropertyPath } from "./path";
import { bare, catchallOf, isRequired, memberOf, membersOf, metaOf } from "./property";
import { containsUnknown, UNKNOWN } from "./unknown";

/** One thing that is wrong with an input. */
export interface Fault {
  /** Property path, e.g. `settings.urls[2]`; empty for the resource as a whole. */
  property: string;
  /** What is wrong, with the value unless it is secret, and what to do about it. */
  reason: string;
}

/** A rule over several properties. It runs once all of them are known and without a fault of their own. */
export interface Rule<Inputs> {
  /** The properties that the rule reads. */
  properties: readonly (keyof Inputs & string)[];
  /** The property that a fault is reported at; the first of `properties` if not given. */
  at?: string;
  /** The reason, or undefined if all is well. */
  fault(inputs: Inputs): string | undefined;
}

/** What a check found: all the faults, and the inputs with defaults and normalised spellings where they are known. */
export interface Checked {
  faults: Fault[];
  values: Record<string, unknown>;
}

/** How a check is made. */
export interface CheckOptions {
  rules?: readonly Rule<Record<string, unknown>>[];
  /** Whether a top-level property's value must not be shown in a reason; none by default. */
  isSecret?(property: string): boolean;
  /** What the properties belong to, for messages; "this resource" by default. */
  owner?: string;
}

/**
 * Checks values against a definition and finds every fault in one go. Unknown values are skipped: they are
 * checked again once they are known.
 */
export function check(
  schema: z.ZodObject,
  values: Record<string, unknown>,
  { rules = [], isSecret = () => false, owner = "this resource" }: CheckOptions = {},
): Checked {
  const found: { path: PropertyPath; reason: string }[] = [];
  const checked = checkObject(schema, values, [], {
    report: (path, reason) => found.push({ path, reason }),
    mayShow: (path) => !isSecret(String(path[0])),
    owner,
  });
  for (const rule of rules) {
    const ready = rule.properties.every(
      (property) => !containsUnknown(checked[property]) && !found.some(({ path }) => path[0] === property),
    );
    const reason = ready ? rule.fault(checked) : undefined;
    if (reason !== undefined) found.push({ path: [rule.at ?? rule.properties[0] ?? ""], reason });
  }
  return {
    faults: found.map(({ path, reason }) => ({ property: formatPath(path), reason })),
    values: checked,
  };
}

type Report = (path: PropertyPath, reason: string) => void;
interface Visit {
  report: Report;
  mayShow(path: PropertyPath): boolean;
  owner: string;
}

function checkValue(schema: z.ZodType, value: unknown, path: PropertyPath, visit: Visit): unknown {
  if (value === UNKNOWN) return UNKNOWN;
  // The parts come first: there every unknown property is found, and what is known beside what is unknown.
  const counted = countingReport(visit);
  const parts = checkParts(bare(schema), value, path, counted.visit);
  if (counted.count() > 0 || containsUnknown(value)) return parts;
  return parse(schema, value, path, visit);
}

function checkParts(shape: z.ZodType, value: unknown, path: PropertyPath, visit: Visit): unknown {
  const part = (key: string | number, item: unknown) => {
    const member = memberOf(shape, String(key));
    return member === undefined ? item : checkValue(member, item, [...path, key], visit);
  };
  if (shape instanceof z.ZodObject && isObject(value)) return checkObject(shape, value, path, visit);
  if (shape instanceof z.ZodArray && Array.isArray(value))
    return value.map((item, index) => part(index, item));
  if (shape instanceof z.ZodRecord && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, part(key, item)]));
  return value;
}

function checkObject(
  schema: z.ZodObject,
  value: Record<string, unknown>,
  path: PropertyPath,
  visit: Visit,
): Record<string, unknown> {
  const checked: Record<string, unknown> = {};
  const members = membersOf(schema);
  for (const [name, member] of members) {
    const at = [...path, name];
    if (value[name] !== undefined) checked[name] = checkValue(member, value[name], at, visit);
    else if (isRequired(member)) visit.report(at, `is missing${supply(metaOf(member))}`);
    else checked[name] = member.parse(undefined);
  }
  const known = new Set(members.map(([name]) => name));
  const catchall = catchallOf(schema);
  for (const [name, extra] of Object.entries(value)) {
    if (known.has(name) || extra === undefined) continue;
    if (catchall !== undefined) checked[name] = checkValue(catchall, extra, [...path, name], visit);
    else
      visit.report(
        [...path, name],
        `is no property of ${path.length === 0 ? visit.owner : formatPath(path)}${suggestion(name, [...known])}`,
      );
  }
  return checked;
}

function parse(schema: z.ZodType, value: unknown, path: PropertyPath, visit: Visit): unknown {
  const result = schema.safeParse(value, { error: (issue) => reasonOf(issue, visit.mayShow(path)) });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const at = [...path, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
    visit.report(at, issue.message);
  }
  return value;
}

/** The reason for one of zod's own issues; messages that a definition gives come before it. */
function reasonOf(issue: z.core.$ZodRawIssue, mayShow: boolean): string | undefined {
  const shown = (value: unknown) => (mayShow ? `, not ${describe(value)}` : "");
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? "is missing"
        : `must be ${article(issue.expected)}${shown(issue.input)}`;
    case "invalid_value":
      return `must be ${oneOf(issue.values)}${shown(issue.input)}`;
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small" ? issue.minimum : issue.maximum;
      const unit = issue.origin === "string" ? " character" : issue.origin === "array" ? " item" : "";
      const units = unit && bound !== 1 ? `${unit}s` : unit;
      const size =
        typeof issue.input === "string" || Array.isArray(issue.input) ? issue.input.length : undefined;
      const actual = size === undefined ? shown(issue.input) : `, not ${size}`;
      return `must ${unit ? "have" : "be"} ${issue.code === "too_small" ? "at least" : "at most"} ${bound}${units}${actual}`;
    }
    case "invalid_union": {
      const alternatives = issue.errors.flatMap((issues) => issues.slice(0, 1).map(({ message }) => message));
      return alternatives.length === 0 ? undefined : [...new Set(alternatives)].join(", or ");
    }
    case "unrecognized_keys":
      return `has no property ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
    case "invalid_format":
      return `must be a valid ${issue.format}${shown(issue.input)}`;
    default:
      return undefined;
  }
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? `the string ${JSON.stringify(value)}` : `${value}`;
}

function article(expected: string): string {
  const name = { int: "whole number", record: "object" }[expected] ?? expected;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function oneOf(values: readonly unknown[]): string {
  const names = values.map((value) => (typeof value === "bigint" ? `${value}` : JSON.stringify(value)));
  return names.length === 1 ? `${names[0]}` : `one of ${names.join(", ")}`;
}

/** Where a missing provider setting can come from. */
function supply(meta: z.GlobalMeta): string {
  return meta.env === undefined ? "" : `: set it, or the environment variable ${meta.env.join(" or ")}`;
}

function suggestion(name: string, candidates: readonly string[]): string {
  const closest = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance < candidate.length / 2 && distance <= 3)
    .sort((a, b) => a.distance - b.distance)[0];
  if (closest !== undefined) return `; did you mean ${closest.candidate}?`;
  return candidates.length === 0 ? "" : `; it has ${candidates.join(", ")}`;
}

/** Levenshtein distance, by one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function countingReport(visit: Visit): { visit: Visit; count(): number } {
  let faults = 0;
  const report: Report = (path, reason) => {
    faults++;
    visit.report(path, reason);
  };
  return { visit: { ...visit, report }, count: () => faults };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
