import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import * as sendgrid from "@pulumi/sendgrid";
import { resolver, startDns, type Zone, Zones } from "../sandbox/dns";
import { settingsFor } from "../sandbox/journey";
import {
  createKeyText,
  type Exchange,
  SendGridAccount,
  type SendGridApi,
  startSendGridApi,
} from "../sandbox/sendgrid";
import { StackRun } from "../sandbox/stack-run";

const DOMAIN = "example.com";
const SUBUSER = "team";

/** One run of the engine, and what it is there to exercise. */
interface Step {
  what: string;
  operation: "up" | "refresh" | "destroy";
  /** Declares the resources of this run. */
  program: () => void;
  /** What happens in the account or in DNS before. */
  before?: () => void;
  /** The run must fail, with this in its message. */
  fails?: RegExp;
}

interface Account {
  account: SendGridAccount;
  api: SendGridApi;
  zone: Zone;
}

/**
 * Takes every resource of the SendGrid provider through its life, with the real engine and the real plug-in,
 * against the emulated account: create, read, update, validate, look up, delete, and the ways to be refused.
 *
 * @returns what the account's API was asked and what it answered.
 * @throws when a run does not end as it should.
 */
export async function recordLifeCycle(
  engine: PulumiCommand,
  onStep: (what: string) => void,
): Promise<Exchange[]> {
  const adminKey = createKeyText();
  const zones = new Zones();
  const account = new SendGridAccount({ zones, adminKey, subusers: [SUBUSER] });
  const zone = zones.create(DOMAIN);
  const dns = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
  const api = await startSendGridApi({ account, resolver: resolver("127.0.0.1", dns.port) });
  const directory = await mkdtemp(join(tmpdir(), "smarthost-conformance-"));
  let program: () => void = () => {};
  try {
    const run = await StackRun.open({
      engine,
      directory,
      program: async () => program(),
      attachedProviders: {},
      environment: { SENDGRID_API_KEY: adminKey, SENDGRID_BASE_URL: api.url },
      config: settingsFor(13),
      stackName: "conformance",
    });
    for (const step of lifeCycle({ account, api, zone })) {
      onStep(step.what);
      step.before?.();
      program = step.program;
      await take(step, () => run[step.operation]());
    }
    for (const path of ["/v3/scopes", "/v3/user/username", "/v3/user/account", "/v3/api_keys?limit=10"])
      await fetch(api.url + path, { headers: { authorization: `Bearer ${adminKey}` } });
    return api.exchanges();
  } finally {
    await api.close();
    await dns.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function take({ what, fails }: Step, run: () => Promise<unknown>): Promise<void> {
  const message = await run().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (fails === undefined && message !== undefined)
    throw new Error(`The life cycle's step "${what}" failed: ${message}`);
  if (fails !== undefined && message === undefined)
    throw new Error(`The life cycle's step "${what}" did not fail`);
  if (fails !== undefined && !fails.test(message ?? ""))
    throw new Error(`The life cycle's step "${what}" failed otherwise than by ${fails}: ${message}`);
}

function lifeCycle({ account, api, zone }: Account): Step[] {
  const publish = () => {
    for (const { dns } of account.domains.list())
      for (const { host, type, data } of Object.values(dns)) {
        if (type === "mx") zone.add({ name: host, type: "MX", value: data, priority: 10 });
        else zone.add({ name: host, type: type === "txt" ? "TXT" : "CNAME", value: data });
      }
  };
  const lose = (subdomain: string) => {
    for (const domain of account.domains.list())
      if (domain.subdomain === subdomain) account.domains.delete(domain);
  };
  const loseKeys = () => {
    for (const { id, name } of account.keys.list(account.username))
      if (name !== "admin") account.keys.delete(account.username, id);
  };
  const [admin] = account.keys.list(account.username);
  if (admin === undefined) throw new Error("the emulated account has no key");
  const forbidden = account.keys.create(account.username, admin, "mail only", ["mail.send"]).text;

  return [
    { what: "create", operation: "up", program: () => void first() },
    {
      what: "validate before the records are published",
      operation: "up",
      program: () => validated(first(), 0),
      fails: /is not valid after 0 seconds/,
    },
    { what: "validate", operation: "up", before: publish, program: () => validated(first(), 60) },
    { what: "update", operation: "up", program: () => validated(first(CHANGED), 60) },
    { what: "read", operation: "refresh", program: () => validated(first(CHANGED), 60) },
    {
      what: "a scope that does not exist (400)",
      operation: "up",
      program: () => {
        validated(first(CHANGED), 60);
        new sendgrid.ApiKey("wrong", { name: "wrong", scopes: ["no.such.scope"] });
      },
      fails: /no\.such\.scope/,
    },
    {
      what: "a domain that exists, for a subuser who cannot see it (400)",
      operation: "up",
      program: () => {
        validated(first(CHANGED), 60);
        const provider = new sendgrid.Provider("subuser", { onBehalfOf: SUBUSER });
        new sendgrid.DomainAuthentication("again", { domain: DOMAIN, subdomain: "em" }, { provider });
      },
      fails: /already exists/,
    },
    {
      what: "an unknown API key (401)",
      operation: "up",
      program: () => {
        validated(first(CHANGED), 60);
        refused(createKeyText());
      },
      fails: /401/,
    },
    {
      what: "an API key without the scopes (403)",
      operation: "up",
      program: () => {
        validated(first(CHANGED), 60);
        refused(forbidden);
      },
      fails: /403/,
    },
    {
      what: "a domain that does not exist (404)",
      operation: "up",
      program: () => {
        validated(first(CHANGED), 60);
        new sendgrid.DomainValidation("nowhere", { domainId: "1" });
      },
      fails: /no domain with this id/,
    },
    {
      what: "answers that are lost after the work was done",
      operation: "up",
      before: () => {
        api.faults.next({ method: "POST", path: "/v3/api_keys", reset: "after" });
        api.faults.next({ method: "POST", path: "/v3/whitelabel/domains", reset: "after" });
      },
      program: () => {
        validated(first(CHANGED), 60);
        new sendgrid.ApiKey("lost", { name: "lost", scopes: ["mail.send"] });
        new sendgrid.DomainAuthentication("lost", { domain: DOMAIN, subdomain: "lost" });
      },
      fails: /never shows a key's text again/,
    },
    {
      what: "read what is gone (404)",
      operation: "refresh",
      before: () => {
        lose("em");
        loseKeys();
      },
      program: () => validated(first(CHANGED), 60),
    },
    { what: "create again", operation: "up", program: () => void first(CHANGED) },
    {
      what: "delete, and what is gone already (404)",
      operation: "destroy",
      before: () => {
        lose("manual");
        loseKeys();
      },
      program: () => {},
    },
  ];
}

/** What an update changes. */
interface Changeable {
  isDefault: boolean;
  ips: string[];
  keyName: string;
  scopes: string[];
}

const INITIAL: Changeable = { isDefault: false, ips: ["192.0.2.1"], keyName: "relay", scopes: ["mail.send"] };
const CHANGED: Changeable = {
  isDefault: true,
  ips: ["192.0.2.2"],
  keyName: "relay, renamed",
  scopes: ["mail.send", "stats.read"],
};

type Domains = Record<"automatic" | "manual", sendgrid.DomainAuthentication>;

/** Every resource, in each of its modes. */
function first({ isDefault, ips, keyName, scopes }: Changeable = INITIAL): Domains {
  new sendgrid.ApiKey("key", { name: keyName, scopes });
  new sendgrid.DomainAuthentication("of-subuser", { domain: DOMAIN, subdomain: "sub", username: SUBUSER });
  return {
    automatic: new sendgrid.DomainAuthentication("automatic", {
      domain: DOMAIN,
      subdomain: "em",
      isDefault,
      region: "eu",
      customDkimSelector: "abc",
    }),
    manual: new sendgrid.DomainAuthentication("manual", {
      domain: DOMAIN,
      subdomain: "manual",
      automaticSecurity: false,
      customSpf: true,
      ips,
    }),
  };
}

function validated({ automatic, manual }: Domains, timeoutSeconds: number): void {
  new sendgrid.DomainValidation("automatic", { domainId: automatic.domainId, timeoutSeconds });
  new sendgrid.DomainValidation("manual", { domainId: manual.domainId, timeoutSeconds });
}

/** One of each that an API key does not get through. */
function refused(apiKey: string): void {
  const provider = new sendgrid.Provider("refused", { apiKey });
  new sendgrid.DomainAuthentication("refused", { domain: DOMAIN, subdomain: "refused" }, { provider });
  new sendgrid.ApiKey("refused", { name: "refused", scopes: ["mail.send"] }, { provider });
}
