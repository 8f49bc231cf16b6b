import { listOf, textOf } from "../../mail-resources/value";
import type { RuleResource } from "../rule";

/** A sender identity at SendGrid that nothing has SendGrid check. */
export interface UnvalidatedIdentity {
  /** The name of the resource. */
  name: string;
  /** The domain of the From addresses, lower case. */
  domain: string;
}

const IDENTITY = "sendgrid:index:DomainAuthentication";
const VALIDATION = "sendgrid:index:DomainValidation";

/**
 * The identities of the stack that no validation of the stack is about. A validation whose identity nobody knows
 * yet, as its id comes from elsewhere, could be about any of them: then there are none.
 */
export function unvalidatedIdentities(resources: readonly RuleResource[]): UnvalidatedIdentity[] {
  const identities = resources.filter(({ type }) => type === IDENTITY);
  const validations = resources.filter(({ type }) => type === VALIDATION);
  const validated = validations.map((validation) => identityOf(validation, identities));
  if (validated.includes(undefined)) {
    return [];
  }
  const left = identities.filter(({ urn }) => !validated.includes(urn));
  return left.flatMap(({ name, inputs }) => {
    const domain = textOf(inputs.domain);
    return domain === undefined ? [] : [{ name, domain: domain.toLowerCase().replace(/\.$/, "") }];
  });
}

/** The URN of the identity, an empty text where it is one of another stack, undefined where nobody knows. */
function identityOf(
  { inputs, propertyDependencies }: RuleResource,
  identities: readonly RuleResource[],
): string | undefined {
  const from = propertyDependencies.domainId ?? [];
  const dependency = identities.find(({ urn }) => from.includes(urn));
  if (dependency !== undefined) {
    return dependency.urn;
  }
  const id = textOf(inputs.domainId);
  if (id === undefined) {
    return undefined;
  }
  const same = identities.find((each) => each.id === id || textOf(each.outputs.domainId) === id);
  return same?.urn ?? "";
}

/** A key of the account, of any provider that calls its resource so. */
export function isApiKey({ type }: RuleResource): boolean {
  return /^sendgrid:.*\bApiKey$/.test(type);
}

/** The scopes of a key: undefined where nobody knows, an empty list where none are given. */
export function scopesOf({ inputs }: RuleResource): string[] | undefined {
  const scopes = inputs.scopes;
  if (scopes === undefined || scopes === null) {
    return [];
  }
  const known = listOf(scopes).map(textOf);
  return Array.isArray(scopes) && !known.includes(undefined)
    ? known.filter((scope) => scope !== undefined)
    : undefined;
}
