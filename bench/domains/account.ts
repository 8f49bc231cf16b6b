import { serve } from "../../providers/kit";
import { CloudflareAccount, cloudflareProvider } from "../../sandbox/cloudflare";
import { resolver, startDns, Zones } from "../../sandbox/dns";
import { createKeyText, SendGridAccount, type SendGridApi, startSendGridApi } from "../../sandbox/sendgrid";
import { createDkimKey } from "../../sandbox/sendgrid/domains";
import type { ZoneName } from "./layout";

/** A Cloudflare account with empty zones, a SendGrid account and the DNS that serves both: substitutes. */
export interface DomainsAccount {
  readonly api: SendGridApi;
  /** Ports of the substitute providers, by package name. */
  readonly attachedProviders: Record<string, number>;
  /** For the SendGrid provider. The key is secret. */
  readonly environment: Record<string, string>;
  close(): Promise<void>;
}

/**
 * Starts it on loopback.
 *
 * @param requestsPerMinute of SendGrid's rate limit, over which it answers 429
 */
export async function openAccount(
  zoneNames: readonly ZoneName[],
  requestsPerMinute: number,
): Promise<DomainsAccount> {
  const opened: { close(): Promise<unknown> }[] = [];
  const close = async () => {
    for (const server of opened) await server.close();
  };
  try {
    const zones = new Zones();
    for (const { name } of zoneNames) zones.create(name);
    const dns = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
    opened.unshift(dns);
    const adminKey = createKeyText();
    // Keys are SendGrid's work, and making them would be most of what is measured here.
    const key = await createDkimKey();
    const api = await startSendGridApi({
      account: new SendGridAccount({ zones, adminKey, createDkimKey: async () => key }),
      resolver: resolver("127.0.0.1", dns.port),
      rateLimit: { limit: requestsPerMinute, windowSeconds: 60 },
    });
    opened.unshift(api);
    const cloudflare = await serve(cloudflareProvider(new CloudflareAccount(zoneNames, zones)));
    opened.unshift(cloudflare);
    return {
      api,
      attachedProviders: { cloudflare: cloudflare.port },
      environment: { SENDGRID_API_KEY: adminKey, SENDGRID_BASE_URL: api.url },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
