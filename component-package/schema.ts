import * as z from "zod";
import { bare, isRequired, membersOf, metaOf } from "../providers/kit/property";
import type { PackageSchema } from "../providers/kit/schema";
import type { PackagedComponent } from "./components";

/** What the schema says of the package itself. */
export interface PackageHead {
  /** Semantic version, without v. */
  version: string;
  /** Where the engine downloads the plugins from when it has to, such as `github://api.github.com/OWNER/NAME`. */
  pluginDownloadURL?: string;
}

type Properties = Record<string, Record<string, unknown>>;
type Types = Map<string, Record<string, unknown>>;

/**
 * The Pulumi package schema of the components. What may be an output is said in the arguments; everything else is
 * `plain`, so that the SDKs take no output where only a plain value can be used.
 */
export function componentSchema(
  components: ReadonlyMap<string, PackagedComponent>,
  { version, pluginDownloadURL }: PackageHead,
): PackageSchema {
  const types: Types = new Map();
  const resources = [...components].map(([token, { description, arguments: args, outputs }]) => {
    const inputs = propertiesOf(args, types, true);
    const results = propertiesOf(outputs, types, false);
    return [
      token,
      {
        description,
        isComponent: true,
        inputProperties: inputs.properties,
        requiredInputs: inputs.required,
        properties: results.properties,
        required: results.required,
      },
    ];
  });
  return {
    name: "smarthost",
    displayName: "Smarthost",
    version,
    description:
      "A mail path that authenticates: a SendGrid sender identity, its DNS records and a Postfix relay to a smart host.",
    keywords: [
      "pulumi",
      "category/network",
      "kind/component",
      "sendgrid",
      "postfix",
      "smtp",
      "spf",
      "dkim",
      "dmarc",
    ],
    license: "Apache-2.0",
    ...(pluginDownloadURL !== undefined && { pluginDownloadURL }),
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { packageName: "pulumi-smarthost-sdk", respectSchemaVersion: true },
      python: { packageName: "pulumi_smarthost", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: {
        importBasePath: "pulumi-smarthost/sdk/go/smarthost",
        respectSchemaVersion: true,
        generateResourceContainerTypes: false,
      },
      csharp: { rootNamespace: "PulumiSmarthost", respectSchemaVersion: true },
    },
    types: Object.fromEntries([...types].sort(([a], [b]) => (a < b ? -1 : 1))),
    resources: Object.fromEntries(resources),
  };
}

function propertiesOf(object: z.ZodObject, types: Types, areInputs: boolean) {
  const properties: Properties = {};
  const required: string[] = [];
  for (const [name, schema] of membersOf(object)) {
    const { description, secret } = metaOf(schema);
    properties[name] = {
      ...typeOf(schema, types, areInputs),
      ...(description !== undefined && { description }),
      ...(secret && { secret }),
    };
    if (isRequired(schema)) required.push(name);
  }
  return { properties, required };
}

function typeOf(schema: z.ZodType, types: Types, areInputs: boolean): Record<string, unknown> {
  const { input, typeName } = metaOf(schema);
  if (input !== undefined) return { type: input };
  const plain = areInputs ? { plain: true } : {};
  const shape = bare(schema);
  const nested = (member: unknown) =>
    member instanceof z.ZodType ? typeOf(member, types, areInputs) : { $ref: "pulumi.json#/Any" };
  if (shape instanceof z.ZodString || shape instanceof z.ZodEnum) return { type: "string", ...plain };
  if (shape instanceof z.ZodBoolean) return { type: "boolean", ...plain };
  if (shape instanceof z.ZodNumber) return { type: "integer", ...plain };
  if (shape instanceof z.ZodArray) return { type: "array", items: nested(shape.element), ...plain };
  if (shape instanceof z.ZodRecord) {
    return { type: "object", additionalProperties: nested(shape.valueType), ...plain };
  }
  if (!(shape instanceof z.ZodObject) || typeName === undefined) {
    throw new Error(
      `the schema has no form for ${schema.description ?? "a property"}: give its object a typeName`,
    );
  }
  const token = `smarthost:index:${typeName}`;
  if (!types.has(token)) {
    const { description } = shape.meta() ?? {};
    types.set(token, { type: "object", description, ...propertiesOf(shape, types, areInputs) });
  }
  return { $ref: `#/types/${token}`, ...plain };
}
