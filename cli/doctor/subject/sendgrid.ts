import type { Resource } from "../../../mail-resources/resource";
import type { Value } from "../../../mail-resources/value";
import type { SendGridIdentity, SendGridKey, SendGridTarget } from "../subject";

/** A resource as the checks look at it, and whether the next update makes it. */
export interface SubjectResource {
  resource: Resource;
  planned: boolean;
}

/** The identities at SendGrid. */
export function sendGridIdentities(resources: readonly SubjectResource[]): SendGridIdentity[] {
  return ofType(resources, "sendgrid:index:DomainAuthentication").flatMap(({ resource, planned }) => {
    const get = reader(resource);
    const domain = get("domain");
    if (domain === undefined) {
      return [];
    }
    const id = planned ? undefined : (get("domainId") ?? resource.id);
    const subdomain = get("subdomain");
    const subuser = text(resource.inputs.username);
    const { isDefault } = resource.inputs;
    return [
      {
        ...(id !== undefined && { id }),
        domain: domain.toLowerCase(),
        ...(subdomain !== undefined && { subdomain: subdomain.toLowerCase() }),
        region: get("region") === "eu" ? "eu" : "global",
        ...(subuser !== undefined && { subuser }),
        automaticSecurity: resource.inputs.automaticSecurity !== false,
        ...(typeof isDefault === "boolean" && { isDefault }),
        adopts: resource.inputs.adopt === true,
      },
    ];
  });
}

/** The API keys; their texts stay where they are. */
export function sendGridKeys(resources: readonly SubjectResource[]): SendGridKey[] {
  return ofType(resources, "sendgrid:index:ApiKey").map(({ resource, planned }) => {
    const get = reader(resource);
    const id = planned ? undefined : (get("apiKeyId") ?? resource.id);
    const { scopes } = { ...resource.outputs, ...resource.inputs };
    const isList = Array.isArray(scopes) && scopes.every((scope) => typeof scope === "string");
    return {
      ...(id !== undefined && { id }),
      name: get("name") ?? resource.name,
      scopes: isList ? scopes.map(String) : undefined,
    };
  });
}

/** Which account the provider acts for, where the stack says so and all its providers agree. */
export function sendGridTarget(
  resources: readonly SubjectResource[],
  identities: readonly SendGridIdentity[],
): SendGridTarget {
  const providers = ofType(resources, "pulumi:providers:sendgrid").map(({ resource }) => reader(resource));
  const agreed = (key: string): string | undefined => {
    const [value, ...others] = new Set(providers.map((get) => get(key)));
    return others.length === 0 ? value : undefined;
  };
  const region =
    agreed("region") ??
    (identities.every((each) => each.region === "eu") && identities.length > 0 ? "eu" : "global");
  const baseUrl = agreed("baseUrl");
  const onBehalfOf = agreed("onBehalfOf");
  return {
    region: region === "eu" ? "eu" : "global",
    ...(baseUrl !== undefined && { baseUrl }),
    ...(onBehalfOf !== undefined && { onBehalfOf }),
  };
}

/** The resources of a type, by its token without a module's path. */
export function ofType(resources: readonly SubjectResource[], type: string): SubjectResource[] {
  return resources.filter(({ resource }) => resource.type === type);
}

/** Reads a property as text: what is there (outputs) before what was asked for (inputs). */
export function reader({ inputs, outputs }: Resource): (key: string) => string | undefined {
  return (key) => text(outputs[key]) ?? text(inputs[key]);
}

/** Undefined for what is no text, is not known or is secret. */
export function text(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
