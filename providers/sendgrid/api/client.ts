import { Client } from "@sendgrid/client";
import { isThisMachine } from "./base-url";

/** How to reach one SendGrid account. */
export interface SendGridAccess {
  apiKey: string;
  /** Without a trailing slash, e.g. `https://api.sendgrid.com`. */
  baseUrl: string;
  /** User name of a subuser, or `account-id NUMBER`, to act for. */
  onBehalfOf?: string;
}

/** The official client, set up for one account. */
export function createClient({ apiKey, baseUrl, onBehalfOf }: SendGridAccess, timeoutMs: number): Client {
  const client = new Client();
  client.setApiKey(apiKey);
  if (onBehalfOf !== undefined) client.setImpersonateSubuser(onBehalfOf);
  // Options of axios, beneath the client, that its types don't name. No proxy leads back to this machine.
  const options = {
    url: "",
    baseUrl: `${baseUrl}/`,
    timeout: timeoutMs,
    maxRedirects: 0,
    proxy: isThisMachine(baseUrl) ? false : undefined,
  };
  client.setDefaultRequest(options);
  return client;
}
