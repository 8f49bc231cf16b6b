import { serve } from "../../providers/kit";
import { PATIENCE } from "../../providers/sendgrid/api/api";
import { sendgridProvider } from "../../providers/sendgrid/provider";
import { resolver, startDns, Zones } from "../../sandbox/dns";
import { createKeyText, SendGridAccount, startSendGridApi } from "../../sandbox/sendgrid";
import { connect, secret } from "../kit/client";

export const DOMAIN = "sendgrid:index:DomainAuthentication";
export const VALIDATION = "sendgrid:index:DomainValidation";
export const API_KEY = "sendgrid:index:ApiKey";

/** Patience that is at its end within a test's time. */
const IMPATIENT = {
  ...PATIENCE,
  retries: 2,
  backOffMs: 1,
  rateLimitWaitMs: 10,
  pollMs: 10,
  longestPollMs: 10,
};

/** Serves the provider without an account, for what it can do offline. */
export async function serveProvider(environment: Record<string, string> = {}) {
  const server = await serve(sendgridProvider({ patience: IMPATIENT }), { environment });
  const client = connect(server.port);
  const close = async () => {
    client.close();
    await server.close();
  };
  return { client, close };
}

/**
 * Opens an account at the sandbox's substitute for SendGrid, whose validation looks up a real DNS server, and
 * connects the provider to it.
 */
export async function openAccount(options: { subusers?: string[]; settings?: Record<string, unknown> } = {}) {
  const adminKey = createKeyText();
  const zones = new Zones();
  const account = new SendGridAccount({ zones, adminKey, subusers: options.subusers });
  const zone = zones.create("example.com");
  const dns = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
  const api = await startSendGridApi({ account, resolver: resolver("127.0.0.1", dns.port) });
  const provider = await serveProvider();
  const { client } = provider;
  await client.configure({ apiKey: secret(adminKey), baseUrl: api.url, ...options.settings });
  /** Creates a resource from inputs as a program gives them. */
  const create = async (type: string, given: Record<string, unknown>) => {
    const { inputs, failures } = await client.check(type, given);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return { ...(await client.create(type, inputs)), inputs };
  };
  /** Publishes those records of the account's domains that are not in DNS yet. */
  const publish = () => {
    for (const { dns: records } of account.domains.list())
      for (const { host, data } of Object.values(records))
        if (!zone.exists(host)) zone.add({ name: host, type: "CNAME", value: data });
  };
  const requests = () => api.exchanges().map(({ method, path }) => `${method} ${path}`);
  const close = async () => {
    await provider.close();
    await api.close();
    await dns.close();
  };
  return { account, adminKey, api, client, close, create, publish, requests, zone };
}

export type OpenAccount = Awaited<ReturnType<typeof openAccount>>;
