import * as z from "zod";
import type { PackageSchema } from "../providers/kit";

const Type = z.object({
  type: z.string().optional(),
  $ref: z.string().optional(),
  get items() {
    return Type.optional();
  },
  get additionalProperties() {
    return Type.optional();
  },
  get oneOf() {
    return z.array(Type).optional();
  },
});
type Type = z.output<typeof Type>;

const Property = z.intersection(
  Type,
  z.object({
    description: z.string().default(""),
    secret: z.boolean().default(false),
    willReplaceOnChanges: z.boolean().default(false),
  }),
);
const Properties = z.record(z.string(), Property).default({});
const Schema = z.object({
  types: z.record(
    z.string(),
    z.object({
      description: z.string().optional(),
      properties: Properties,
      enum: z.array(z.object({ value: z.unknown() })).optional(),
    }),
  ),
  resources: z.record(
    z.string(),
    z.object({
      description: z.string().default(""),
      inputProperties: Properties,
      requiredInputs: z.array(z.string()),
      properties: Properties,
    }),
  ),
  functions: z.record(
    z.string(),
    z.object({
      description: z.string().default(""),
      inputs: z.object({ properties: Properties, required: z.array(z.string()).default([]) }),
      outputs: z.object({ properties: Properties }),
    }),
  ),
});

/** The pages of docs/reference by their file names. */
export function referencePages(schema: PackageSchema): Map<string, string> {
  return new Map([["sendgrid.md", referencePage(schema, "sendgrid", "pulumi-smarthost/sendgrid")]]);
}

/**
 * A page that says of every resource and function of a package what its properties are and what a change of them
 * does. It follows from the schema alone.
 *
 * @param importFrom the package that programs import it from, for the examples
 */
function referencePage(schema: PackageSchema, name: string, importFrom: string): string {
  const { types, resources, functions } = Schema.parse(schema);
  const sections = [
    ...Object.entries(resources).map(
      ([token, { description, inputProperties, requiredInputs, properties }]) => {
        const outputs = Object.entries(properties).filter(([output]) => !(output in inputProperties));
        return [
          `## ${nameOf(token)}`,
          withImport(description, name, importFrom),
          table(
            ["Input", "Type", "A change", "What it is"],
            Object.entries(inputProperties).map(([input, property]) => [
              `\`${input}\`${requiredInputs.includes(input) ? "" : "?"}`,
              typeName(property, property.secret),
              property.willReplaceOnChanges ? "replaces" : "updates",
              property.description,
            ]),
          ),
          outputTable(outputs),
        ].join("\n\n");
      },
    ),
    ...Object.entries(functions).map(([token, { description, inputs, outputs }]) =>
      [
        `## ${nameOf(token)}`,
        withImport(description, name, importFrom),
        ...(Object.keys(inputs.properties).length === 0
          ? []
          : [
              table(
                ["Input", "Type", "What it is"],
                Object.entries(inputs.properties).map(([input, property]) => [
                  `\`${input}\`${inputs.required.includes(input) ? "" : "?"}`,
                  typeName(property, property.secret),
                  property.description,
                ]),
              ),
            ]),
        outputTable(Object.entries(outputs.properties)),
      ].join("\n\n"),
    ),
  ];
  const named = Object.entries(types).map(([token, { description = "", properties, enum: values = [] }]) =>
    [
      `### ${nameOf(token)}`,
      description,
      values.length > 0
        ? `One of ${values.map(({ value }) => `\`${JSON.stringify(value)}\``).join(", ")}.`
        : table(
            ["Property", "Type", "What it is"],
            Object.entries(properties).map(([property, each]) => [
              `\`${property}\``,
              typeName(each, each.secret),
              each.description,
            ]),
          ),
    ]
      .filter((part) => part !== "")
      .join("\n\n"),
  );
  return `${[
    "# Reference of the SendGrid provider",
    "Generated from the provider's schema by `npm run release -- api`. A `?` marks what can be left out.",
    ...sections,
    "## Types",
    ...named,
  ].join("\n\n")}\n`;
}

function outputTable(outputs: [string, z.output<typeof Property>][]): string {
  return table(
    ["Output", "Type", "What it is"],
    outputs.map(([output, property]) => [
      `\`${output}\``,
      typeName(property, property.secret),
      property.description,
    ]),
  );
}

/** The examples in a description as programs that stand alone. */
function withImport(description: string, name: string, importFrom: string): string {
  return description
    .replaceAll("```typescript\n", `\`\`\`ts\nimport * as ${name} from "${importFrom}";\n\n`)
    .replace(/^## Example$/m, "Example:");
}

function typeName(type: Type, secret = false): string {
  const name = (each: Type): string => {
    if (each.oneOf !== undefined) return each.oneOf.map(name).join(" or ");
    if (each.items !== undefined) return `${name(each.items)}[]`;
    if (each.additionalProperties !== undefined) return `map of ${name(each.additionalProperties)}`;
    if (each.$ref !== undefined) return each.$ref === "pulumi.json#/Any" ? "any" : nameOf(each.$ref);
    return each.type ?? "any";
  };
  return `${name(type)}${secret ? ", secret" : ""}`;
}

const nameOf = (token: string): string => token.split(":").at(-1) ?? token;

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells
      .map((cell) =>
        cell
          .trim()
          .replace(/\s*\n\s*/g, " ")
          .replaceAll("|", "\\|"),
      )
      .join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
