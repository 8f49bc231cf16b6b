import type { Preview } from "../../mail-resources/preview";
import { propertyValue, type Resource } from "../../mail-resources/resource";
import { textOf } from "../../mail-resources/value";

/** A domain that SendGrid signs for, as a program declares it at one time. */
export interface DeclaredIdentity {
  urn: string;
  domain: string;
  /** Such as `em.example.com`; undefined where the subdomain is SendGrid's choice. */
  returnPath?: string;
  /** Names of the keys' records. */
  keyNames: string[];
}

/** What SendGrid resources say of the names of records, at one time. */
export interface DeclaredNames {
  identities: DeclaredIdentity[];
  /** Return paths of identities. */
  returnPaths: ReadonlySet<string>;
  /** Names of branded links, and of the proofs of their owner. */
  links: ReadonlySet<string>;
}

/** Reads the SendGrid resources of a preview as they are before or after the update. */
export function declaredNames({ changes }: Preview, side: "before" | "after"): DeclaredNames {
  const resources = changes.map((change) => change[side]).filter((each) => each !== undefined);
  const ofType = (token: string) => resources.filter(({ type }) => type === token);
  const identities = ofType("sendgrid:index:DomainAuthentication").flatMap(identityOf);
  const links = ofType("sendgrid:index:LinkBranding").flatMap((resource) => {
    const [domain, subdomain] = [nameOf(resource, "domain"), nameOf(resource, "subdomain")];
    const owner = textOf(propertyValue(resource, "accountUserId"));
    return domain === undefined
      ? []
      : [subdomain, owner].filter((label) => label !== undefined).map((label) => `${label}.${domain}`);
  });
  return {
    identities,
    returnPaths: new Set(identities.map(({ returnPath }) => returnPath).filter((name) => name !== undefined)),
    links: new Set(links),
  };
}

function identityOf(resource: Resource): DeclaredIdentity[] {
  const domain = nameOf(resource, "domain");
  if (domain === undefined) {
    return [];
  }
  const subdomain = nameOf(resource, "subdomain");
  const selector = textOf(propertyValue(resource, "customDkimSelector"));
  const selectors =
    propertyValue(resource, "automaticSecurity") === false
      ? [selector ?? "m1"]
      : [selector ?? "s1", selector === undefined ? "s2" : `${selector}2`];
  return [
    {
      urn: resource.urn,
      domain,
      returnPath: subdomain === undefined ? undefined : `${subdomain}.${domain}`,
      keyNames: selectors.map((label) => `${label}._domainkey.${domain}`),
    },
  ];
}

function nameOf(resource: Resource, property: string): string | undefined {
  return textOf(propertyValue(resource, property))?.toLowerCase();
}
