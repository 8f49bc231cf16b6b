import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { COMPONENTS } from "../../component-package/components";
import { componentSchema } from "../../component-package/schema";
import { projectRoot } from "../../engine/project-root";

const Property = z.object({
  type: z.string().optional(),
  $ref: z.string().optional(),
  description: z.string().optional(),
  secret: z.boolean().optional(),
  plain: z.boolean().optional(),
});
const Properties = z.record(z.string(), Property);
const Schema = z.object({
  resources: z.record(
    z.string(),
    z.object({
      isComponent: z.literal(true),
      description: z.string(),
      inputProperties: Properties,
      properties: Properties,
    }),
  ),
  types: z.record(z.string(), z.object({ description: z.string(), properties: Properties })),
});
const { resources, types } = Schema.parse(componentSchema(COMPONENTS, { version: "0.1.0" }));
const groups: [name: string, properties: z.output<typeof Properties>][] = [
  ...Object.entries(resources).flatMap(([token, { inputProperties, properties }]) => [
    [nameOf(token), inputProperties] as [string, z.output<typeof Properties>],
    [`${nameOf(token)} (output)`, properties] as [string, z.output<typeof Properties>],
  ]),
  ...Object.entries(types).map(([token, { properties }]) => [nameOf(token), properties] as const),
].map(([name, properties]) => [name, properties]);
const all = groups.flatMap(([group, properties]) =>
  Object.entries(properties).map(([name, property]) => ({ path: `${group}.${name}`, ...property })),
);

describe("the schema of the component package", () => {
  it("has the three components", () => {
    expect(Object.keys(resources).map(nameOf)).toEqual(["MailDns", "MailRelay", "PostfixRelay"]);
  });

  it("says what every property is", () => {
    expect(all.filter(({ description = "" }) => description === "").map(({ path }) => path)).toEqual([]);
  });

  it("flags passwords and keys as secret, and nothing else", () => {
    expect(all.filter(({ secret }) => secret).map(({ path }) => path)).toEqual([
      "CustomHost.password",
      "Mailgun.password",
      "Mailjet.secretKey",
      "Postmark.secretKey",
      "SendGrid.apiKey",
      "Ses.password",
      "Submission.users",
      "Submission.certificate",
    ]);
  });

  it("takes outputs for what names no resource, and plain values for the rest", () => {
    const outputs = all.filter(({ path, plain }) => !plain && !/ \(output\)|PublishedRecord/.test(path));
    expect(outputs.map(({ path }) => path).toSorted()).toEqual([
      "Address.zoneId",
      "Alarms.topicArn",
      "Cloudflare.zoneId",
      "CustomHost.password",
      "Mailgun.password",
      "Mailjet.secretKey",
      "PostfixRelay.kmsKeyId",
      "PostfixRelay.subnetId",
      "Postmark.secretKey",
      "Record.name",
      "Record.value",
      "Relay.kmsKeyId",
      "Relay.subnetId",
      "Route53.zoneId",
      "SecretPassword.kmsKeyId",
      "SecretPassword.secretArn",
      "SendGrid.apiKey",
      "Ses.password",
      "Submission.certificate",
      "Submission.users",
    ]);
  });
});

it("the folder that git gives takes this version of the package from npm", () => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(projectRoot(), file), "utf8"));
  const { version } = z.object({ version: z.string() }).parse(read("package.json"));
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(read("component-package/package.json"));
  expect(dependencies["pulumi-smarthost"]).toBe(version);
});

function nameOf(token: string): string {
  return token.split(":").at(-1) ?? token;
}
