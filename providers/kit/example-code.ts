import type { AnyResource } from "./definition";
import { Reference } from "./example";

type Resource = AnyResource<never>;

/**
 * A resource's first example as a TypeScript program for its documentation, the resources that it refers to
 * included; undefined for a resource without examples.
 */
export function exampleCode(resource: Resource, all: readonly Resource[]): string | undefined {
  const inputs = firstExample(resource);
  if (inputs === undefined) return undefined;
  const lines: string[] = [];
  const names = new Map<string, string>();
  const variableOf = (reference: Reference): string => {
    const key = JSON.stringify([reference.resource, reference.inputs]);
    const known = names.get(key);
    if (known !== undefined) return known;
    const referred = all.find((each) => nameOf(each) === reference.resource);
    const example = referred && firstExample(referred);
    if (referred === undefined || example === undefined)
      throw new Error(`${resource.token}: an example refers to ${reference.resource}, which has no example`);
    const base = lowerFirst(reference.resource);
    const count = [...names.values()].filter((name) => name.startsWith(base)).length;
    const variable = count === 0 ? base : `${base}${count + 1}`;
    lines.push(construct(referred, variable, { ...example, ...reference.inputs }));
    names.set(key, variable);
    return variable;
  };
  const construct = ({ token }: Resource, variable: string, values: object) => {
    const [packageName] = token.split(":");
    const code = literal(values, (reference) => `${variableOf(reference)}.${reference.output}`);
    return `const ${variable} = new ${packageName}.${nameOf({ token })}("${variable}", ${code});`;
  };
  const last = construct(resource, "example", inputs);
  return [...lines, last].join("\n");
}

function firstExample({ examples }: Resource): Record<string, unknown> | undefined {
  const [first] = examples ?? [];
  return first === undefined || first instanceof Reference ? undefined : { ...first };
}

const nameOf = ({ token }: Pick<Resource, "token">): string => token.split(":").at(-1) ?? token;
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** A value as a TypeScript literal, two spaces a level. */
function literal(value: unknown, refer: (reference: Reference) => string, indent = ""): string {
  const deeper = `${indent}  `;
  if (value instanceof Reference) return refer(value);
  if (Array.isArray(value)) return `[${value.map((each) => literal(each, refer, indent)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, each]) =>
      `${deeper}${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${literal(each, refer, deeper)},`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n${indent}}`;
}
