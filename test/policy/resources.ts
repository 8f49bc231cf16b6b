import { UNKNOWN, type Value } from "../../mail-resources/value";
import type { Rule, RuleResource } from "../../policy/rule";

type Properties = Record<string, Value>;

/** A resource as the policies see it, with nothing but inputs unless more is given. */
export function resource(
  type: string,
  inputs: Properties,
  more: Partial<Pick<RuleResource, "name" | "id" | "outputs" | "propertyDependencies">> = {},
): RuleResource {
  const { name = "it", outputs = {}, propertyDependencies = {}, id } = more;
  return { urn: urn(type, name), type, name, id, inputs, outputs, propertyDependencies };
}

export function urn(type: string, name: string): string {
  return `urn:pulumi:test::project::${type}::${name}`;
}

/** A record at Cloudflare. */
export function record(name: string, type: string, content: Value, more: Properties = {}): RuleResource {
  const inputs: Properties = { zoneId: "z1", name, type, content, ...more };
  return resource("cloudflare:index/dnsRecord:DnsRecord", inputs, {
    name: `${type} ${name} ${String(content)}`,
  });
}

/** A TXT record at Cloudflare. */
export function txt(name: string, text: string | typeof UNKNOWN, more: Properties = {}): RuleResource {
  return record(name, "TXT", text === UNKNOWN ? text : JSON.stringify(text), more);
}

/** What the rule says of the resources, without where. */
export async function messages(
  rule: Rule,
  resources: readonly RuleResource[],
  config?: unknown,
): Promise<string[]> {
  return (await rule.check(resources, config)).map(({ message }) => message);
}

/** The rule's messages for inputs of a resource of one type. */
export function judge(rule: Rule, type: string) {
  return (inputs: Properties, config?: unknown) => messages(rule, [resource(type, inputs)], config);
}
