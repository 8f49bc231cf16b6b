import { expect, it } from "vitest";
import * as z from "zod";
import { packageSchema } from "../../providers/kit";
import { sendgridProvider, VERSION } from "../../providers/sendgrid/provider";

const Described = z.looseObject({ description: z.string().min(5) });
const Properties = z.record(z.string(), Described);
const Schema = z.looseObject({
  version: z.string(),
  resources: z.record(z.string(), Described.extend({ inputProperties: Properties, properties: Properties })),
  types: z.record(
    z.string(),
    z.looseObject({ description: z.string().min(5), properties: Properties.optional() }),
  ),
  provider: z.looseObject({ inputProperties: Properties }),
});

it("documents every resource, property and type", () => {
  expect(Schema.safeParse(packageSchema(sendgridProvider())).error).toBeUndefined();
});

it("links every resource to its API page", () => {
  const { resources } = Schema.parse(packageSchema(sendgridProvider()));
  for (const { description } of Object.values(resources))
    expect(description).toMatch(/\nAPI: https:\/\/www\.twilio\.com\/docs\/sendgrid\/api-reference\//);
});

it("has the version of the package @pulumi/sendgrid", async () => {
  const manifest = z.object({ version: z.string() }).parse(await import("../../sdks/sendgrid/package.json"));
  expect(manifest.version).toBe(VERSION);
});
