import { describe, expect, it } from "vitest";
import { compareReports } from "../../release/api/compare-types";
import { parseReport } from "../../release/api/report";

const FILE = "index.api.md";
const report = (declarations: string) =>
  parseReport(`## API Report File for "some"\n\n\`\`\`ts\n${declarations}\n\`\`\`\n`, FILE);

/** The changes as lines: `breaking Args.size: removed`. */
function changes(before: string, after: string): string[] {
  return compareReports(FILE, report(before), report(after)).map(
    ({ weight, path, what }) => `${weight} ${path}: ${what}`,
  );
}

// What a program gives (Args), and what it is handed (Result).
const api = (args: string, result = "size: number;") => `
export interface Args { ${args} }
export interface Result { ${result} }
export function make(args: Args): Result;
`;

describe("the comparison of types", () => {
  it.each<[what: string, before: string, after: string, expected: string[]]>([
    ["a name that is new", "", "export function one(): void;", ["feature one: added"]],
    ["a name that is gone", "export function one(): void;", "", ["breaking one: removed"]],
    ["a name that is imported no more", "export type A = 1;", "type A = 1;", ["breaking A: removed"]],
    [
      "an argument that may be given",
      api("a: string;"),
      api("a: string; b?: number;"),
      ["feature Args.b: added"],
    ],
    [
      "an argument that has to be given",
      api("a: string;"),
      api("a: string; b: number;"),
      ["breaking Args.b: added, and required"],
    ],
    [
      "an argument that is gone",
      api("a: string; b?: number;"),
      api("a: string;"),
      ["breaking Args.b: removed"],
    ],
    [
      "an argument that can be left out now",
      api("a: string;"),
      api("a?: string;"),
      ["feature Args.a: can be absent now"],
    ],
    [
      "an argument that is required now",
      api("a?: string;"),
      api("a: string;"),
      ["breaking Args.a: is required now"],
    ],
    [
      "an argument of another type",
      api("a: string;"),
      api("a: number;"),
      ["breaking Args.a: is number instead of string"],
    ],
    [
      "an argument that takes more",
      api("a: string;"),
      api("a: string | number;"),
      ["feature Args.a: can be number too"],
    ],
    [
      "an argument that takes less",
      api('a: "x" | "y";'),
      api('a: "x";'),
      ['breaking Args.a: can no longer be "y"'],
    ],
    [
      "a result that has more",
      api("", "size: number;"),
      api("", "size: number; more: 1;"),
      ["feature Result.more: added"],
    ],
    ["a result that has less", api("", "size: number;"), api("", ""), ["breaking Result.size: removed"]],
    [
      "a result that can be absent",
      api("", "size: number;"),
      api("", "size?: number;"),
      ["breaking Result.size: can be absent now"],
    ],
    [
      "a result that can be something else",
      api("", "size: number;"),
      api("", "size: number | string;"),
      ["breaking Result.size: can be string too"],
    ],
    [
      "a parameter that has to be given",
      "export function f(a: string): void;",
      "export function f(a: string, b: number): void;",
      ["breaking f(b): added, and required"],
    ],
    [
      "a parameter that may be given",
      "export function f(a: string): void;",
      "export function f(a: string, b?: number): void;",
      ["feature f(b): added"],
    ],
    [
      "an overload more",
      "export function f(a: string): void;",
      "export function f(a: string): void;\nexport function f(a: number): void;",
      ["feature f: takes arguments in one more way"],
    ],
    [
      "a class's constructor and property",
      "export class C { constructor(a: string); readonly out: string; private hidden; }",
      "export class C { constructor(a: string, b?: string); readonly out: number; }",
      ["feature C.constructor(b): added", "breaking C.out: is number instead of string"],
    ],
    [
      "each of a method's overloads",
      "export class C { get(a: string): string; get(a: number): number; }",
      "export class C { get(a: string): boolean; get(a: number): number; get(a: Date): Date; }",
      ["breaking C.get: is boolean instead of string", "feature C.get#3: added"],
    ],
    [
      "the type of an argument's argument, in objects, lists and generics",
      "interface In { x: { y: string }[] }\nexport function f(a: Input<In>): void;",
      "interface In { x: { y: string; z: string }[] }\nexport function f(a: Input<In>): void;",
      ["breaking In.x[].z: added, and required"],
    ],
    [
      "what a callback of the program's is given, and gives",
      "export function f(call: (a: string) => 1): void;",
      "export function f(call: (a: string | number) => 1 | 2): void;",
      ["breaking f(call)(a): can be number too", "feature f(call): can be 2 too"],
    ],
  ])("tells %s", (_, before, after, expected) => {
    expect(changes(before, after).toSorted()).toEqual(expected.toSorted());
  });

  it("finds nothing where only comments, layout, parameters' names of a type and order differ", () => {
    const twice = "interface P<V> { a: (R<V> | R)[] }\nexport function f(): P<1>;";
    expect(changes(twice, twice)).toEqual([]);
    const before = `// @public\n${api('a: "x" | "y"; b?: number;')}`;
    const after = `// other words\n${api('\n  b?: number;\n\n  a:\n    | "y"\n    | "x";\n')}`;
    expect(changes(before, after)).toEqual([]);
  });

  it("refuses a text that is no report", () => {
    expect(() => parseReport("nothing", FILE)).toThrow(
      "index.api.md is no report of API Extractor. Next: run `npm run release -- api`.",
    );
  });
});
