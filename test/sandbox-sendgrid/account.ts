import { type DnsServer, resolver, startDns, Zones } from "../../sandbox/dns";
import { createKeyText, SendGridAccount, type SendGridApi, startSendGridApi } from "../../sandbox/sendgrid";
import type { RateLimitOptions } from "../../sandbox/sendgrid/rate-limit";

/** An answer of the API. */
export interface ApiAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads into the JSON that it then asserts on.
  body: any;
  headers: Headers;
}

/** A whole account with DNS, as the tests use it. */
export interface World {
  zones: Zones;
  dns: DnsServer;
  account: SendGridAccount;
  api: SendGridApi;
  adminKey: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** Publishes the records that a domain needs, as SendGrid named them, in the user's zone. */
  publish(dns: Record<string, { type: string; host: string; data: string }>): void;
  close(): Promise<void>;
}

/** Starts DNS with the user's zone example.com and an account beside it. */
export async function startWorld(options: { rateLimit?: RateLimitOptions } = {}): Promise<World> {
  const zones = new Zones();
  const zone = zones.create("example.com");
  const adminKey = createKeyText();
  const account = new SendGridAccount({ zones, adminKey, subusers: ["team"] });
  const dns = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
  const api = await startSendGridApi({ account, resolver: resolver("127.0.0.1", dns.port), ...options });
  return {
    zones,
    dns,
    account,
    api,
    adminKey,
    async call(method, path, body, headers = { authorization: `Bearer ${adminKey}` }) {
      const answer = await fetch(api.url + path, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        body: text === "" ? undefined : JSON.parse(text),
        headers: answer.headers,
      };
    },
    publish(dns) {
      for (const { type, host, data } of Object.values(dns)) {
        if (type === "mx") zone.add({ name: host, type: "MX", value: data, priority: 10 });
        else zone.add({ name: host, type: type === "txt" ? "TXT" : "CNAME", value: data });
      }
    },
    async close() {
      await api.close();
      await dns.close();
    },
  };
}
