import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { AnyFunction } from "../providers/kit";
import type { FunctionSchema, PropertyType, ProviderSchema } from "./provider-schema";

/**
 * The schema of a provider, completed by functions that it lacks: they are read from the declarations of the
 * provider's SDK. These know property names, types and what is required, and not whether a number is an integer.
 *
 * @param folder the SDK's package, such as node_modules/@pulumi/aws
 * @throws Error for a function that the SDK does not declare, or a type that is none of a schema
 */
export function withDeclaredFunctions<Session>(
  schema: ProviderSchema,
  functions: readonly AnyFunction<Session>[],
  folder: string,
): ProviderSchema {
  const missing = functions.filter(({ token }) => schema.functions[token] === undefined);
  if (missing.length === 0) return schema;
  const declarations = new Declarations(folder);
  const declared = missing.map(({ token }) => [token, declarations.functionSchema(token)] as const);
  return {
    ...schema,
    functions: { ...schema.functions, ...Object.fromEntries(declared) },
    types: { ...declarations.types, ...schema.types },
  };
}

type Members = { properties: Record<string, PropertyType>; required: string[] };
type Kind = "input" | "output";

class Declarations {
  /** The nested types that were met, by the names of a schema: `output:route53.GetRecordsResourceRecordSet`. */
  readonly types: Record<string, Members> = {};
  readonly #files = new Map<string, ts.SourceFile>();

  constructor(private readonly folder: string) {}

  /** @param token `aws:route53/getRecords:getRecords`, declared in route53/getRecords.d.ts */
  functionSchema(token: string): FunctionSchema {
    const [, module = "", name = ""] = token.split(":");
    const file = this.#file(`${module.replace(/^index\//, "")}.d.ts`);
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const inputs = this.#members(find(file.statements, [`${title}Args`], file));
    const outputs = this.#members(find(file.statements, [`${title}Result`], file));
    return { inputs: inputs.properties, requiredInputs: inputs.required, outputs: outputs.properties };
  }

  #members(declaration: ts.InterfaceDeclaration): Members {
    const signatures = declaration.members.filter(ts.isPropertySignature);
    const entries = signatures.map(({ name, type }) => [name.getText(), this.#type(type)] as const);
    const required = signatures.filter(({ questionToken }) => questionToken === undefined);
    return { properties: Object.fromEntries(entries), required: required.map(({ name }) => name.getText()) };
  }

  #type(node: ts.TypeNode | undefined): PropertyType {
    switch (node?.kind) {
      case ts.SyntaxKind.StringKeyword:
        return { type: "string" };
      case ts.SyntaxKind.NumberKeyword:
        return { type: "number" };
      case ts.SyntaxKind.BooleanKeyword:
        return { type: "boolean" };
    }
    if (node !== undefined && ts.isArrayTypeNode(node))
      return { type: "array", items: this.#type(node.elementType) };
    if (node !== undefined && ts.isTypeReferenceNode(node)) return this.#reference(node.typeName.getText());
    if (node !== undefined && ts.isTypeLiteralNode(node)) {
      const [index] = node.members.filter(ts.isIndexSignatureDeclaration);
      if (index !== undefined) return { type: "object", additionalProperties: this.#type(index.type) };
    }
    throw new Error(
      `${node?.getText() ?? "no type"} is no type of a provider's schema that can be read here`,
    );
  }

  /** @param name `outputs.route53.GetRecordsResourceRecordSet` */
  #reference(name: string): PropertyType {
    const [first = "", ...path] = name.split(".");
    const kind: Kind = first === "inputs" ? "input" : "output";
    const ref = `${kind}:${path.join(".")}`;
    if (this.types[ref] === undefined) {
      const file = this.#file(`types/${kind}.d.ts`);
      // Kept before its members are read: a type can contain itself.
      const members: Members = { properties: {}, required: [] };
      this.types[ref] = members;
      Object.assign(members, this.#members(find(file.statements, path, file)));
    }
    return { ref };
  }

  #file(path: string): ts.SourceFile {
    const parsed =
      this.#files.get(path) ??
      ts.createSourceFile(path, readFileSync(join(this.folder, path), "utf8"), ts.ScriptTarget.Latest, true);
    this.#files.set(path, parsed);
    return parsed;
  }
}

/** The interface at a path through namespaces. */
function find(
  statements: readonly ts.Statement[],
  [name = "", ...rest]: readonly string[],
  file: ts.SourceFile,
): ts.InterfaceDeclaration {
  for (const statement of statements) {
    if (ts.isInterfaceDeclaration(statement) && rest.length === 0 && statement.name.text === name)
      return statement;
    const body =
      ts.isModuleDeclaration(statement) && statement.name.text === name ? statement.body : undefined;
    if (body !== undefined && ts.isModuleBlock(body) && rest.length > 0)
      return find(body.statements, rest, file);
  }
  throw new Error(`${file.fileName} declares no interface ${name}`);
}
