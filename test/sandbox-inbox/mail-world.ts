import { createTransport, type SendMailOptions } from "nodemailer";
import { type DnsServer, resolver, startDns, Zones } from "../../sandbox/dns";
import { type Inbox, startInbox } from "../../sandbox/inbox";
import { type Authority, createAuthority } from "../../sandbox/pki";
import {
  createKeyText,
  type RequiredRecord,
  SendGridAccount,
  type SendGridApi,
  type SendGridSmtp,
  startSendGridApi,
  startSendGridSmtp,
} from "../../sandbox/sendgrid";

/** SendGrid, a recipient and DNS on loopback, and a sender's empty zone example.com. */
export interface MailWorld {
  zones: Zones;
  dns: DnsServer;
  account: SendGridAccount;
  api: SendGridApi;
  smtp: SendGridSmtp;
  inbox: Inbox;
  authority: Authority;
  /** Calls the API with the account's first key. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Creates example.com's authentication, publishes its records and validates it. */
  authenticateDomain(): Promise<void>;
  /** A new key's text. */
  createKey(...scopes: string[]): Promise<string>;
  /** Sends over STARTTLS to the SMTP side, as a relay does. */
  send(password: string, mail?: SendMailOptions, transport?: TransportOptions): Promise<string>;
  close(): Promise<void>;
}

/** What a test changes of the way it sends. */
export interface TransportOptions {
  port?: number;
  secure?: boolean;
  requireTLS?: boolean;
  ignoreTLS?: boolean;
  auth?: { user: string; pass: string };
  tls?: { ca?: string; servername?: string; maxVersion?: "TLSv1.1" | "TLSv1.2" };
}

export async function startMailWorld(): Promise<MailWorld> {
  const zones = new Zones();
  const zone = zones.create("example.com");
  zones.create("inbox.test", [
    { name: "inbox.test", type: "MX", value: "mx.inbox.test", priority: 10 },
    { name: "mx.inbox.test", type: "A", value: "127.0.0.1" },
  ]);
  const adminKey = createKeyText();
  const account = new SendGridAccount({ zones, adminKey });
  const authority = await createAuthority();
  const dns = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
  const resolve = resolver("127.0.0.1", dns.port);
  const api = await startSendGridApi({ account, resolver: resolve });
  const inbox = await startInbox({
    resolver: resolve,
    certificate: await authority.issue(["mx.inbox.test"]),
    domains: ["inbox.test"],
  });
  const smtp = await startSendGridSmtp({
    account,
    resolver: resolve,
    certificate: await authority.issue(["smtp.sendgrid.net"]),
    listen: [
      { address: "127.0.0.1", port: 0 },
      { address: "127.0.0.1", port: 0, tls: "wrapper" },
    ],
    localAddress: "127.0.0.1",
    mxPort: inbox.port,
    retryMs: 20,
  });

  const call: MailWorld["call"] = async (method, path, body) => {
    const answer = await fetch(api.url + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  };
  return {
    zones,
    dns,
    account,
    api,
    smtp,
    inbox,
    authority,
    call,
    async authenticateDomain() {
      const created = await call("POST", "/v3/whitelabel/domains", {
        domain: "example.com",
        subdomain: "em",
      });
      const records = created.dns as Record<string, RequiredRecord>;
      for (const { host, data } of Object.values(records))
        zone.add({ name: host, type: "CNAME", value: data });
      zone.add({ name: "_dmarc.example.com", type: "TXT", value: "v=DMARC1; p=reject" });
      const { valid } = await call("POST", `/v3/whitelabel/domains/${created.id}/validate`);
      if (!valid) throw new Error("the domain did not become valid");
    },
    async createKey(...scopes) {
      return String((await call("POST", "/v3/api_keys", { name: "test", scopes })).api_key);
    },
    async send(password, mail = {}, options = {}) {
      const transport = createTransport({
        host: "127.0.0.1",
        port: smtp.addresses[0]?.port,
        requireTLS: true,
        auth: { user: "apikey", pass: password },
        ...options,
        tls: { ca: authority.ca, servername: "smtp.sendgrid.net", ...options.tls },
      });
      try {
        const { response } = await transport.sendMail({
          from: "Sender <noreply@example.com>",
          to: "reader@inbox.test",
          subject: "Hello",
          text: "A line.\n.\nAnother, with ü.\n",
          ...mail,
        });
        return response;
      } finally {
        transport.close();
      }
    },
    async close() {
      await Promise.all([smtp.close(), api.close(), inbox.close()]);
      await dns.close();
    },
  };
}
