import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { getHttpOperationsFromSpec } from "@stoplight/prism-http";
// Not in the package's index; the version is pinned for it.
import { validateInput, validateOutput } from "@stoplight/prism-http/dist/validator";
import type { Exchange } from "../sandbox/sendgrid";

type Operation = Awaited<ReturnType<typeof getHttpOperationsFromSpec>>[number];
type Method = Parameters<typeof validateInput>[0]["element"]["method"];
type Diagnostic = Extract<ReturnType<typeof validateInput>, { left: unknown }>["left"][number];

/** A contradiction between an exchange and the specification. */
export interface Finding {
  /** Method and path as the specification has them: `PATCH /v3/api_keys/{api_key_id}`. */
  operation: string;
  part: "request" | "response";
  status: number;
  /** Where in the part: `body.dns`. Empty for the part itself. */
  path: string;
  /** What kind: `required`, `type`, `unknown property`, `undocumented status`, … */
  code: string;
  message: string;
}

/** The operations of a set of OpenAPI files. */
export class Specification {
  private constructor(private readonly operations: readonly Operation[]) {}

  /** Reads every JSON file of a folder. @throws when there is none, or one is no OpenAPI file. */
  static async read(folder: string): Promise<Specification> {
    const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
    if (files.length === 0) throw new Error(`${folder} has no OpenAPI file (*.json)`);
    const documents = await Promise.all(
      files.map(async (file): Promise<object> => JSON.parse(await readFile(join(folder, file), "utf8"))),
    );
    return await Specification.of(documents);
  }

  static async of(documents: readonly object[]): Promise<Specification> {
    const operations = await Promise.all(
      documents.map((document) => getHttpOperationsFromSpec(withUsablePatterns(document))),
    );
    return new Specification(operations.flat());
  }

  /** The operation that an exchange belongs to, as `METHOD /path/{parameter}`; undefined where there is none. */
  nameOf(exchange: Pick<Exchange, "method" | "path">): string | undefined {
    const operation = this.find(exchange);
    return operation && nameOf(operation);
  }

  /** Everything in an exchange that contradicts the specification. */
  check(exchange: Exchange): Finding[] {
    const operation = this.find(exchange);
    const { method, path, status } = exchange;
    if (operation === undefined) {
      const message = "the specification has no such operation";
      return [
        {
          operation: `${method} ${path}`,
          part: "request",
          status,
          path: "",
          code: "unknown operation",
          message,
        },
      ];
    }
    const finding = (part: Finding["part"], path: string, code: string, message: string): Finding => ({
      operation: nameOf(operation),
      part,
      status,
      path,
      code,
      message,
    });
    const told = (part: Finding["part"], diagnostics: readonly Diagnostic[]) =>
      diagnostics.map(({ path = [], code, message }) =>
        finding(
          part,
          path.join("."),
          /status code/.test(message) ? "undocumented status" : String(code),
          message,
        ),
      );
    const request = [
      ...told("request", requestDiagnostics(operation, exchange)),
      ...unknownMembers(exchange.requestBody, requestSchema(operation), "body").map((path) =>
        finding("request", path, "unknown property", "the specification has no such property"),
      ),
    ];
    const response = [
      ...told("response", responseDiagnostics(operation, exchange)),
      ...unknownMembers(exchange.responseBody, responseSchema(operation, status), "body").map((path) =>
        finding("response", path, "unknown property", "the specification has no such property"),
      ),
    ];
    return [...request, ...response];
  }

  private find({ method, path }: Pick<Exchange, "method" | "path">): Operation | undefined {
    const segments = path.split("/");
    const parameters = (operation: Operation) => operation.path.split("{").length;
    return this.operations
      .filter((operation) => operation.method.toUpperCase() === method.toUpperCase())
      .filter((operation) => {
        const template = operation.path.split("/");
        return (
          template.length === segments.length &&
          template.every((part, index) => part.startsWith("{") || part === segments[index])
        );
      })
      .toSorted((a, b) => parameters(a) - parameters(b))[0];
  }
}

function nameOf({ method, path }: Operation): string {
  return `${method.toUpperCase()} ${path}`;
}

function requestDiagnostics(operation: Operation, { path, query, requestBody }: Exchange): Diagnostic[] {
  const schema = requestSchema(operation);
  // A body that is missing would be passed over, an empty one is not.
  const missing = requestBody === undefined && isObject(schema) && schema.required !== undefined;
  // The emulator keeps no headers of requests: it refuses one without authorization, and the client asks for JSON.
  const headers: Record<string, string> = { authorization: "Bearer redacted", accept: "application/json" };
  if (missing || requestBody !== undefined) headers["content-type"] = "application/json";
  const url = { path, baseUrl: "", query };
  const body = missing ? {} : requestBody;
  const result = validateInput({
    resource: operation,
    element: { method: methodOf(operation), url, headers, body },
  });
  return "left" in result ? [...result.left] : [];
}

function responseDiagnostics(
  operation: Operation,
  { status, headers, responseBody }: Exchange,
): Diagnostic[] {
  const element = { statusCode: status, headers, body: responseBody };
  const result = validateOutput({ resource: operation, element });
  return "left" in result ? [...result.left] : [];
}

function methodOf({ method }: Operation): Method {
  const methods: Method[] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
  const found = methods.find((each) => each === method.toLowerCase());
  if (found === undefined) throw new Error(`${method} is no HTTP method`);
  return found;
}

function requestSchema(operation: Operation): unknown {
  return operation.request?.body?.contents?.[0]?.schema;
}

function responseSchema({ responses }: Operation, status: number): unknown {
  return responses.find(({ code }) => code === String(status))?.contents?.[0]?.schema;
}

/** Paths of properties in a value that its schema does not name; schemas that name none allow any. */
function unknownMembers(value: unknown, schema: unknown, path: string): string[] {
  if (!isObject(schema)) return [];
  if (Array.isArray(value))
    return value.flatMap((each, index) => unknownMembers(each, schema.items, `${path}.${index}`));
  if (!isObject(value) || !isObject(schema.properties)) return [];
  const { properties } = schema;
  return Object.entries(value).flatMap(([name, each]) =>
    name in properties ? unknownMembers(each, properties[name], `${path}.${name}`) : [`${path}.${name}`],
  );
}

/**
 * A document without the patterns that are no regular expressions: the validator would pass over the whole schema
 * that has one, without a word.
 */
function withUsablePatterns(document: object): object {
  return JSON.parse(JSON.stringify(document), (name, value: unknown) =>
    name === "pattern" && typeof value === "string" && !isPattern(value) ? undefined : value,
  );
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
