import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as sendgrid from "@pulumi/sendgrid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEngine } from "../../engine/find-engine";
import { projectRoot } from "../../engine/project-root";
import { settingsFor } from "../../sandbox/journey";
import { createKeyText, SendGridAccount, type SendGridApi, startSendGridApi } from "../../sandbox/sendgrid";
import { changes, RunFailed, type RunResult, StackRun } from "../../sandbox/stack-run";

/*
 * The plug-in is killed while SendGrid has made what it was asked for, and has not answered yet. The engine's next
 * `up` has a new plug-in and knows nothing of what was made.
 */

const adminKey = createKeyText();
const account = new SendGridAccount({ adminKey });
let api: SendGridApi;
let directory: string;
let plugin: { process: ChildProcess; port: number };
let interrupted: string;

const exist = async (path: string): Promise<unknown[]> => {
  const answer = await fetch(api.url + path, { headers: { authorization: `Bearer ${adminKey}` } });
  const body: unknown = await answer.json();
  return Array.isArray(body) ? body : Object(body).result;
};
const webhooks = async (): Promise<unknown[]> => {
  const answer = await fetch(`${api.url}/v3/user/webhooks/event/settings/all`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  return Object(await answer.json()).webhooks;
};
const namesOf = async (path: string) => (await exist(path)).map((each) => Object(each).name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "smarthost-interrupted-"));
  const resolver = async () => {
    throw new Error("nothing is validated here");
  };
  api = await startSendGridApi({ account, resolver });
  plugin = await startPlugin();
  api.faults.next({ method: "POST", delayMs: 10_000, times: Number.POSITIVE_INFINITY });
  const failing = message(up(() => declare()));
  await untilAllExist();
  plugin.process.kill("SIGKILL");
  interrupted = await failing;
  api.faults.clear();
  plugin = await startPlugin();
});
afterAll(async () => {
  plugin.process.kill();
  await api.close();
  await rm(directory, { recursive: true, force: true });
});

it("is an update that fails", () => {
  expect(interrupted).toMatch(/update failed/);
});

describe("the next update", () => {
  let told: string;
  beforeAll(async () => {
    told = await message(up(() => declare()));
  });

  it("refuses what has a name of its own, with its id and the import command", () => {
    const [domain] = account.domains.list();
    expect(told).toContain(
      `DomainAuthentication with domain "example.com" and subdomain "em" exists already, with the id ${domain?.id}. Take it over with adopt: true, or with \`pulumi import sendgrid:index:DomainAuthentication domain ${domain?.id}\``,
    );
    expect(told).toMatch(
      /EventWebhook with url "https:\/\/example\.com\/events" exists already, with the id \S+\. .*pulumi import/,
    );
    expect(told).toMatch(
      /UnsubscribeGroup with name "Newsletter" exists already, with the id \d+\. .*pulumi import/,
    );
  });

  it("names the API key that nobody has the text of, with the command that deletes it", () => {
    const [orphan] = account.keys.list(account.username).filter(({ name }) => name === "relay");
    expect(told).toContain('The account has 1 more API key named "relay"');
    expect(told).toContain(
      `curl -X DELETE -H "Authorization: Bearer $SENDGRID_API_KEY" ${api.url}/v3/api_keys/${orphan?.id}`,
    );
  });

  it("takes over with adopt: true, and nothing was made twice", async () => {
    await up(() => declare({ adopt: true }));
    expect(account.domains.list()).toHaveLength(1);
    expect(await namesOf("/v3/asm/groups")).toEqual(["Newsletter"]);
    expect(await webhooks()).toHaveLength(1);
    expect(changes(await up(() => declare({ adopt: true })))).toEqual([]);
  });
});

function declare({ adopt }: { adopt?: boolean } = {}): void {
  new sendgrid.DomainAuthentication("domain", { domain: "example.com", subdomain: "em", adopt });
  new sendgrid.UnsubscribeGroup("group", { name: "Newsletter", description: "Once a month", adopt });
  new sendgrid.EventWebhook("webhook", { url: "https://example.com/events", events: ["bounce"], adopt });
  new sendgrid.ApiKey("key", { name: "relay", scopes: ["mail.send"] });
}

async function untilAllExist(): Promise<void> {
  const kinds = async () => [
    account.domains.list().length,
    (await exist("/v3/asm/groups")).length,
    (await webhooks()).length,
    account.keys.list(account.username).filter(({ name }) => name === "relay").length,
  ];
  while ((await kinds()).some((count) => count === 0)) await new Promise((done) => setTimeout(done, 50));
}

async function startPlugin() {
  const process_ = spawn(process.execPath, [join(projectRoot(), "pulumi-resource-sendgrid")], {
    env: { ...process.env, SENDGRID_API_KEY: adminKey, SENDGRID_BASE_URL: api.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(process_.stdout), "line");
  return { process: process_, port: Number(line) };
}

/** One update, by an engine of its own, with the plug-in that runs at the moment. */
async function up(program: () => void): Promise<RunResult> {
  const { command: engine } = await findEngine();
  const run = await StackRun.open({
    engine,
    directory,
    program: async () => program(),
    attachedProviders: { sendgrid: plugin.port },
    config: settingsFor(13),
    stackName: "interrupted",
  });
  return await run.up({ continueOnError: true });
}

async function message(run: Promise<RunResult>): Promise<string> {
  return await run.then(
    ({ output }) => `it did not fail: ${output}`,
    (error: unknown) => (error instanceof RunFailed ? error.result.output : String(error)),
  );
}
