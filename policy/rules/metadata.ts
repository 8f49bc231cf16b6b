import * as z from "zod";
import { textOf } from "../../mail-resources/value";
import { isLeftOut, properties } from "../read";
import { defineRule, type RuleResource, type Violation } from "../rule";

const SERVERS = new Set(["aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"]);

export const metadataV2 = defineRule({
  name: "instance-metadata-v2",
  title: "Instance metadata with a token",
  description:
    "A server's metadata service asks for a token (IMDSv2). Without, whoever makes the server fetch an address gets its role's credentials, and with them the smart host's password.",
  remediation: 'Set metadataOptions: { httpTokens: "required" }, with httpPutResponseHopLimit: 1.',
  level: "mandatory",
  severity: "high",
  scope: "resource",
  settings: z.object({}),
  check: (resources) =>
    resources
      .filter((resource) => SERVERS.has(resource.type) && allowsVersion1(resource))
      .map(({ urn }): Violation => ({ urn, message: 'metadataOptions.httpTokens: is not "required"' })),
});

function allowsVersion1({ type, inputs }: RuleResource): boolean {
  const options = inputs.metadataOptions;
  if (isLeftOut(options)) {
    // An instance of a template has the template's options.
    return type.endsWith(":LaunchTemplate") || isLeftOut(inputs.launchTemplate);
  }
  const { httpTokens, httpEndpoint } = properties(options);
  const isOff = textOf(httpEndpoint) === "disabled";
  return (
    typeof options === "object" && !isOff && (isLeftOut(httpTokens) || textOf(httpTokens) === "optional")
  );
}
