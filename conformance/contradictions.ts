import type { Finding } from "./openapi";

/** A place where SendGrid's OpenAPI files are known to differ from what its API does. */
export interface Contradiction {
  what: string;
  /** Why the files, and not the provider and the emulator, are taken to be wrong. */
  evidence: string;
  covers(finding: Finding): boolean;
}

const MANUAL_RECORDS = ["mail_server", "subdomain_spf", "domain_spf", "dkim"];
const AUTOMATIC_RECORDS = /'(mail_cname|dkim1|dkim2)'/;

/** The contradictions that are allowed. Anything else is a violation. */
export const CONTRADICTIONS: readonly Contradiction[] = [
  {
    what: "PATCH of a domain answers the domain, where the file has a list of domains",
    evidence:
      "The file takes over the list operation's answer (DomainAuthentication200) for PATCH; clients in use decode one domain. The provider relies on neither.",
    covers: ({ operation, part, path, code }) =>
      operation === "PATCH /v3/whitelabel/domains/{domain_id}" &&
      part === "response" &&
      path === "body" &&
      code === "type",
  },
  {
    what: "a domain with manual security has mail_server, subdomain_spf, domain_spf and dkim in dns, where the file requires mail_cname, dkim1 and dkim2",
    evidence:
      "The operations for its IP addresses, which are for manual security only, have exactly these four in the same file.",
    covers: ({ operation, part, path, code, message }) => {
      if (!operation.includes(" /v3/whitelabel/domains") || part !== "response") return false;
      const [record = ""] = path.split(".").slice(-1);
      return code === "required"
        ? path.endsWith("dns") && AUTOMATIC_RECORDS.test(message)
        : code === "unknown property" && MANUAL_RECORDS.includes(record);
    },
  },
  {
    what: "refused requests are answered with 4xx, where the files have fewer statuses or the successful answers only",
    evidence:
      "400, 401, 403, 404 and 429 hold for every operation by SendGrid's pages on errors; some files list some of them for some operations.",
    covers: ({ part, status, code }) =>
      part === "response" && [400, 401, 403, 404, 429].includes(status) && code === "undocumented status",
  },
  {
    what: "reading one API key answers the key, where the file wraps it in a list",
    evidence:
      "The file takes over the list operation's example: two keys, without scopes, for a request that names one key. Clients in use decode one key; the provider takes either.",
    covers: ({ operation, part, status, code }) =>
      operation === "GET /v3/api_keys/{api_key_id}" &&
      part === "response" &&
      status === 200 &&
      code === "unknown property",
  },
  {
    what: "changing an API key answers its scopes too, which the file's schema lacks",
    evidence: "The file's own example for the operation has them.",
    covers: ({ operation, part, path, code }) =>
      operation === "PUT /v3/api_keys/{api_key_id}" &&
      part === "response" &&
      path === "body.scopes" &&
      code === "unknown property",
  },
  {
    what: "the URL of subscription tracking can be empty, where the file wants a URI",
    evidence:
      "The setting starts without a URL, and the file has no other way to say or to set that: not null, and a property that is left out stays as it was.",
    covers: ({ operation, path, code }) =>
      operation.endsWith(" /v3/tracking_settings/subscription") && path === "body.url" && code === "format",
  },
  {
    what: "changing an event webhook takes account_status_change, which the file's body lacks",
    evidence:
      "The file's parameter `include` says that this operation enables account status changes, and creating a webhook takes the property.",
    covers: ({ operation, part, path, code }) =>
      operation === "PATCH /v3/user/webhooks/event/settings/{id}" &&
      part === "request" &&
      path === "body.account_status_change" &&
      code === "unknown property",
  },
  {
    what: "a domain that a subuser has can have automatic security's records, where the file has manual security's only",
    evidence:
      "In the same file, the operation that lists all domains of a subuser has mail_cname, dkim1 and dkim2.",
    covers: ({ operation, part, path, code }) =>
      operation === "POST /v3/whitelabel/domains/{domain_id}/subuser:add" &&
      part === "response" &&
      (code === "required"
        ? path === "body.dns"
        : code === "unknown property" && /^body\.dns\.(mail_cname|dkim1|dkim2)$/.test(path)),
  },
  {
    what: "the answer for an address that is not suppressed is empty, where the file requires recipient_email",
    evidence: "The operation's own description says {} for such an address.",
    covers: ({ operation, part, path, code }) =>
      operation === "GET /v3/asm/suppressions/global/{email}" &&
      part === "response" &&
      path === "body" &&
      code === "required",
  },
  {
    what: "the list of segments is in results, where the file has a single segment",
    evidence: 'The operation\'s description speaks of an "empty results array"; clients in use read results.',
    covers: ({ operation, part, path, code }) =>
      operation === "GET /v3/marketing/segments/2.0" &&
      part === "response" &&
      ((path === "body" && code === "required") || (path === "body.results" && code === "unknown property")),
  },
  {
    what: "a segment is read without its contacts, where the file requires contacts_sample",
    evidence: "The operation's parameter contacts_sample says that false leaves them out.",
    covers: ({ operation, part, path, code, message }) =>
      operation === "GET /v3/marketing/segments/2.0/{segment_id}" &&
      part === "response" &&
      path === "body" &&
      code === "required" &&
      message.includes("contacts_sample"),
  },
  {
    what: "deleting a contact list answers 204 without a body, where the file has one",
    evidence: "A 204 has no body (RFC 9110, section 15.3.5).",
    covers: ({ operation, part, status }) =>
      operation === "DELETE /v3/marketing/lists/{id}" && part === "response" && status === 204,
  },
  {
    what: "a contact list that does not exist is refused with errors, where the file has a list",
    evidence:
      "The file's 404 of deleting a list is { errors: [...] }, as SendGrid's pages on errors have it.",
    covers: ({ operation, part, status, path, code }) =>
      operation === "GET /v3/marketing/lists/{id}" &&
      part === "response" &&
      status === 404 &&
      path === "body" &&
      code === "type",
  },
];
