import { beforeAll, describe, expect, it } from "vitest";
import { CONTRADICTIONS, type Contradiction } from "../../conformance/contradictions";
import { checkExchanges } from "../../conformance/exchanges";
import { type Finding, Specification } from "../../conformance/openapi";
import type { Exchange } from "../../sandbox/sendgrid";

const book = {
  type: "object",
  properties: {
    id: { type: "integer" },
    title: { type: "string" },
    cover: { $ref: "#/components/schemas/Cover" },
  },
  required: ["id", "title"],
};
const content = (schema: object) => ({ "application/json": { schema } });

/** A specification of three operations. */
const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Books", version: "1" },
  paths: {
    "/v3/books": {
      post: {
        requestBody: {
          content: content({
            type: "object",
            properties: { title: { type: "string" } },
            required: ["title"],
          }),
        },
        responses: { 201: { description: "", content: content(book) } },
      },
      get: {
        parameters: [{ name: "limit", in: "query", schema: { type: "integer" } }],
        responses: { 200: { description: "", content: content({ type: "array", items: book }) } },
      },
    },
    "/v3/books/{id}": {
      get: {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        responses: { 200: { description: "", content: content(book) } },
      },
    },
  },
  components: { schemas: { Cover: { type: "object", properties: { color: { type: "string" } } } } },
};

const CREATED: Exchange = {
  method: "POST",
  path: "/v3/books",
  query: {},
  requestBody: { title: "A" },
  status: 201,
  responseBody: { id: 1, title: "A", cover: { color: "red" } },
  headers: { "content-type": "application/json" },
  route: "",
  injected: false,
  misshapen: false,
};
const LISTED: Exchange = {
  ...CREATED,
  method: "GET",
  query: { limit: "5" },
  requestBody: undefined,
  status: 200,
  responseBody: [{ id: 1, title: "A" }],
};

describe("the check of exchanges against OpenAPI files", () => {
  let specification: Specification;
  beforeAll(async () => {
    specification = await Specification.of([DOCUMENT]);
  });
  const check = (exchange: Exchange, allowed: readonly Contradiction[] = []) =>
    checkExchanges([exchange], specification, allowed);

  it("finds nothing in what is as specified, and counts the calls of each operation", () => {
    const read = { ...LISTED, path: "/v3/books/1", query: {}, responseBody: { id: 1, title: "A" } };
    expect(checkExchanges([CREATED, LISTED, read, read], specification, [])).toEqual({
      operations: [
        { operation: "GET /v3/books", calls: 1, refused: 0 },
        { operation: "GET /v3/books/{id}", calls: 2, refused: 0 },
        { operation: "POST /v3/books", calls: 1, refused: 0 },
      ],
      allowed: [],
      violations: [],
    });
  });

  it.each<[string, Exchange, string, RegExp]>([
    [
      "an operation that does not exist",
      { ...CREATED, method: "PUT" },
      "PUT /v3/books (201) request",
      /no such/,
    ],
    [
      "a path that does not exist",
      { ...CREATED, path: "/v3/book" },
      "POST /v3/book (201) request",
      /no such/,
    ],
    [
      "a request without its body",
      { ...CREATED, requestBody: undefined },
      "POST /v3/books (201) request body",
      /title/,
    ],
    [
      "a property of the wrong type in the request",
      { ...CREATED, requestBody: { title: 1 } },
      "POST /v3/books (201) request body.title",
      /type/,
    ],
    [
      "an unknown property in the request",
      { ...CREATED, requestBody: { title: "A", tilte: "A" } },
      "POST /v3/books (201) request body.tilte",
      /unknown property/,
    ],
    [
      "a query parameter of the wrong type",
      { ...LISTED, query: { limit: "all" } },
      "GET /v3/books (200) request query.limit",
      /type/,
    ],
    [
      "a status that is not documented",
      { ...CREATED, status: 418 },
      "POST /v3/books (418) response",
      /undocumented/,
    ],
    [
      "a property that is missing in the answer",
      { ...CREATED, responseBody: { id: 1 } },
      "POST /v3/books (201) response body",
      /title/,
    ],
    [
      "a property of the wrong type in the answer",
      { ...CREATED, responseBody: { id: "1", title: "A" } },
      "POST /v3/books (201) response body.id",
      /type/,
    ],
    [
      "an unknown property deep in the answer",
      { ...CREATED, responseBody: { id: 1, title: "A", cover: { colour: "red" } } },
      "POST /v3/books (201) response body.cover.colour",
      /unknown property/,
    ],
    [
      "an unknown property in a list",
      { ...LISTED, responseBody: [{ id: 1, title: "A", isbn: "1" }] },
      "GET /v3/books (200) response body.0.isbn",
      /unknown property/,
    ],
  ])("finds %s", (_what, exchange, where, got) => {
    expect(check(exchange).violations).toMatchObject([{ where, got: expect.stringMatching(got) }]);
  });

  it("leaves out what an injected fault answered", () => {
    expect(check({ ...CREATED, status: 418, injected: true })).toEqual({
      operations: [],
      allowed: [],
      violations: [],
    });
  });

  it("counts an allowed contradiction, says its evidence, and lets nothing else of the exchange pass", () => {
    const teapot: Contradiction = {
      what: "teapots",
      evidence: "RFC 2324",
      covers: ({ code }) => code === "undocumented status",
    };
    const report = check({ ...CREATED, requestBody: { title: 1 }, status: 418 }, [teapot]);
    expect(report.allowed).toEqual([{ what: "teapots", evidence: "RFC 2324", exchanges: 1 }]);
    expect(report.violations).toMatchObject([{ where: "POST /v3/books (418) request body.title" }]);
  });
});

describe("the contradictions that are allowed in SendGrid's files", () => {
  const finding: Finding = {
    operation: "PATCH /v3/whitelabel/domains/{domain_id}",
    part: "response",
    status: 200,
    path: "body",
    code: "type",
    message: "must be array",
  };

  it.each<[string, Partial<Finding>, boolean]>([
    ["an object for the list", {}, true],
    ["an object for the list in the request", { part: "request" }, false],
    ["another wrong type in it", { path: "body.id" }, false],
    [
      "a missing dkim1",
      { path: "body.dns", code: "required", message: "must have required property 'dkim1'" },
      true,
    ],
    ["a missing id", { code: "required", message: "must have required property 'id'" }, false],
    ["mail_server", { path: "body.dns.mail_server", code: "unknown property" }, true],
    ["an unknown record", { path: "body.dns.mail_servre", code: "unknown property" }, false],
    ["a 404", { status: 404, path: "", code: "undocumented status" }, true],
    ["a 500", { status: 500, path: "", code: "undocumented status" }, false],
    [
      "a 409 of any operation",
      { operation: "GET /v3/api_keys", status: 409, path: "", code: "undocumented status" },
      false,
    ],
  ])("cover %s: %j is %s", (_what, changes, covered) => {
    expect(CONTRADICTIONS.some(({ covers }) => covers({ ...finding, ...changes }))).toBe(covered);
  });
});
