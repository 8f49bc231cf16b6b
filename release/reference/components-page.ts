import * as z from "zod";
import { type Anchors, anchorsOf, linkedType, table } from "./markdown";

const Type = z.object({
  type: z.string().optional(),
  $ref: z.string().optional(),
  /** No output can be given for it. */
  plain: z.boolean().default(false),
  get items() {
    return Type.optional();
  },
  get additionalProperties() {
    return Type.optional();
  },
});
type Type = z.output<typeof Type>;

const Property = Type.extend({
  description: z.string().default(""),
  secret: z.boolean().default(false),
});
const Properties = z.record(z.string(), Property);
const Names = z.array(z.string()).default([]);

/** The component package's schema, as far as the reference says of it. */
export const ComponentSchema = z.object({
  resources: z.record(
    z.string(),
    z.object({
      description: z.string().default(""),
      inputProperties: Properties,
      requiredInputs: Names,
      properties: Properties,
    }),
  ),
  types: z.record(
    z.string(),
    z.object({ description: z.string().default(""), properties: Properties, required: Names }),
  ),
});
export type ComponentSchema = z.output<typeof ComponentSchema>;

/** The last part of a token: `smarthost:index:MailDns` is `MailDns`. */
export const nameOf = (token: string) => token.split(":").at(-1) ?? token;

/** A page that says what programs in other languages give to the components, from the package's schema alone. */
export function componentsPage({ resources, types }: ComponentSchema): string {
  const title = "Reference of the component package";
  const names = [...Object.keys(resources), "Types", ...Object.keys(types)].map(nameOf);
  const anchors = anchorsOf([title, ...names]);
  const outputs = outputTypes({ resources, types });
  const blocks = [
    `# ${title}`,
    "For programs in YAML, Python, Go, C# and Java. Generated from the package's schema by `npm run release -- api`. A `?` " +
      "marks what can be left out. Where it says `Input of`, an output of a resource can be given; elsewhere a plain value.",
    ...Object.entries(resources).flatMap(
      ([token, { description, inputProperties, requiredInputs, properties }]) => [
        `## ${nameOf(token)}`,
        description,
        propertyTable("Input", inputProperties, requiredInputs, anchors),
        propertyTable("Output", properties, Object.keys(properties), anchors),
      ],
    ),
    "## Types",
    ...Object.entries(types).flatMap(([token, { description, properties, required }]) => [
      `### ${nameOf(token)}`,
      description,
      propertyTable(outputs.has(token) ? "Output" : "Input", properties, required, anchors),
    ]),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** The tokens of types that the components' results have. */
function outputTypes({ resources, types }: ComponentSchema): Set<string> {
  const found = new Set<string>();
  const visit = (properties: z.output<typeof Properties>) => {
    for (const [, token = ""] of JSON.stringify(properties).matchAll(/"#\/types\/([^"]+)"/g)) {
      if (found.has(token)) continue;
      found.add(token);
      visit(types[token]?.properties ?? {});
    }
  };
  for (const { properties } of Object.values(resources)) visit(properties);
  return found;
}

function propertyTable(
  what: "Input" | "Output",
  properties: z.output<typeof Properties>,
  required: readonly string[],
  anchors: Anchors,
): string {
  const rows = Object.entries(properties).map(([name, property]) => {
    const type = linkedType(typeText(property, what === "Input"), anchors);
    return [
      `\`${name}\`${required.includes(name) ? "" : "?"}`,
      property.secret ? `${type}, secret` : type,
      property.description,
    ];
  });
  return rows.length === 0 ? "" : table([what, "Type", "What it is"], rows);
}

function typeText({ type, $ref, items, additionalProperties, plain }: Type, isInput: boolean): string {
  const inner = () => {
    if (items !== undefined) return `list of ${typeText(items, isInput)}`;
    if (additionalProperties !== undefined) return `map of ${typeText(additionalProperties, isInput)}`;
    if ($ref !== undefined) return $ref === "pulumi.json#/Any" ? "any" : nameOf($ref);
    return type ?? "any";
  };
  return isInput && !plain ? `Input of ${inner()}` : inner();
}
