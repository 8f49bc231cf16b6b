import {
  type AuthenticationResults,
  type MethodResult,
  parseAuthenticationResults,
} from "./authentication-results";
import type { HeaderField } from "./header-fields";

/** What one receiver found out about a message. */
export interface ReceiverView {
  /** Whose results these are; empty where the receiver does not say. */
  authservId: string;
  spf?: MethodResult;
  dkim: MethodResult[];
  dmarc?: MethodResult;
}

/** Authserv-ids of all the results in a message, the newest first, each once. */
export function authservIds(fields: readonly HeaderField[]): string[] {
  return [...new Set(resultFields(fields).map(({ authservId }) => authservId))];
}

/**
 * The results of the receiving host. A sender can write such fields too, so only those of one host count: the one that is
 * named, or the topmost, which the last host has put there (RFC 8601 sections 5 and 7.1). Undefined without any.
 */
export function receiverView(fields: readonly HeaderField[], trusted?: string): ReceiverView | undefined {
  const all = resultFields(fields);
  const authservId = trusted?.toLowerCase() ?? all[0]?.authservId;
  const own = all.filter((each) => each.authservId === authservId);
  if (authservId === undefined || own.length === 0) {
    return undefined;
  }
  // Some hosts write a field for each method: together they are one view.
  const results = own.flatMap((each) => each.results);
  const first = (method: string) => results.find((each) => each.method === method);
  const [spf, dmarc] = [first("spf"), first("dmarc")];
  return {
    authservId,
    ...(spf && { spf }),
    dkim: results.filter(({ method }) => method === "dkim"),
    ...(dmarc && { dmarc }),
  };
}

function resultFields(fields: readonly HeaderField[]): AuthenticationResults[] {
  return fields
    .filter(({ name }) => name === "authentication-results")
    .map(({ value }) => parseAuthenticationResults(value));
}

/** The domain that SPF authenticated: of the return path, or of HELO where that is empty (RFC 7208 section 2.4). */
export function spfDomain({ properties }: MethodResult): string | undefined {
  return domainOf(properties.get("smtp.mailfrom")) ?? domainOf(properties.get("smtp.helo"));
}

/** The domain that signed: `header.d`, or that of `header.i`. */
export function dkimDomain({ properties }: MethodResult): string | undefined {
  return domainOf(properties.get("header.d")) ?? domainOf(properties.get("header.i"));
}

function domainOf(address: string | undefined): string | undefined {
  const domain = address?.replace(/^<|>$/g, "").split("@").at(-1)?.toLowerCase().replace(/\.$/, "");
  return domain === "" ? undefined : domain;
}
