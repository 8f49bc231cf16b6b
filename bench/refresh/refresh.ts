import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as sendgrid from "@pulumi/sendgrid";
import type { Engine } from "../../engine/find-engine";
import { projectRoot } from "../../engine/project-root";
import { serve } from "../../providers/kit";
import { SHARING } from "../../providers/sendgrid/api/shared-list";
import { sendgridProvider } from "../../providers/sendgrid/provider";
import { settingsFor } from "../../sandbox/journey";
import { createKeyText, SendGridAccount, type SendGridApi, startSendGridApi } from "../../sandbox/sendgrid";
import { StackRun } from "../../sandbox/stack-run";

/** What the substitute for SendGrid takes for each answer, in milliseconds: about a round trip to its API. */
export const LATENCY_MS = 40;

export interface RefreshBenchmark {
  /** The refresh of a stack of so many domains. */
  sizes: { domains: number; shared: Refreshed; oneByOne: Refreshed; ratio: number }[];
  plugin: PluginMeasures;
}

export interface Refreshed {
  requests: number;
  milliseconds: number;
}

/** The plug-in as it is packed, in a process of its own. */
export interface PluginMeasures {
  bundleBytes: number;
  /** From the start of the process to the line with its port. */
  startMs: number;
  /** Most resident memory, after the creation and the refresh of as many domains as the largest size has. */
  peakBytes: number;
}

/**
 * Measures a refresh of authenticated domains with the real engine, against the substitute for SendGrid: with
 * reads that share a list, and with one request a domain, which is what a provider does that knows no better. Both
 * are served by this process, so that the difference is the requests' alone; the plug-in itself is measured apart.
 */
export async function benchmarkRefresh(
  engine: Engine,
  sizes: readonly number[],
  onRun: (line: string) => void,
): Promise<RefreshBenchmark> {
  const results: RefreshBenchmark["sizes"] = [];
  for (const domains of sizes) {
    const measure = async (what: string, worthAList: number) => {
      const refreshed = await inAccount(async (api, environment) => {
        const provider = sendgridProvider({ sharing: { ...SHARING, worthAList } });
        const server = await serve(provider, { environment });
        try {
          return await refreshOf(engine, domains, api, server.port);
        } finally {
          await server.close();
        }
      });
      onRun(
        `${domains} domains, ${what}: ${refreshed.requests} requests, ${Math.round(refreshed.milliseconds)} ms`,
      );
      return refreshed;
    };
    const shared = await measure("shared", SHARING.worthAList);
    const oneByOne = await measure("one by one", Number.POSITIVE_INFINITY);
    results.push({ domains, shared, oneByOne, ratio: shared.milliseconds / oneByOne.milliseconds });
  }
  const most = Math.max(...sizes);
  onRun(`the plug-in with ${most} domains`);
  const plugin = await inAccount((api, environment) => measurePlugin(engine, most, api, environment));
  return { sizes: results, plugin };
}

async function inAccount<Result>(
  work: (api: SendGridApi, environment: Record<string, string>) => Promise<Result>,
): Promise<Result> {
  const adminKey = createKeyText();
  const account = new SendGridAccount({ adminKey });
  const resolver = async () => {
    throw new Error("nothing is validated here");
  };
  const api = await startSendGridApi({ account, resolver, rateLimit: { limit: 1e6, windowSeconds: 60 } });
  try {
    return await work(api, { SENDGRID_API_KEY: adminKey, SENDGRID_BASE_URL: api.url });
  } finally {
    await api.close();
  }
}

/** Makes the domains, then refreshes them once. */
async function refreshOf(
  engine: Engine,
  domains: number,
  api: SendGridApi,
  port: number,
): Promise<Refreshed> {
  const directory = await mkdtemp(join(tmpdir(), "smarthost-bench-"));
  try {
    const run = await StackRun.open({
      engine: engine.command,
      directory,
      program: async () => {
        for (let index = 0; index < domains; index++)
          new sendgrid.DomainAuthentication(`domain-${index}`, {
            domain: `example-${index}.com`,
            subdomain: "em",
          });
      },
      attachedProviders: { sendgrid: port },
      config: settingsFor(13),
      stackName: "refresh",
    });
    await run.up();
    const before = api.exchanges().length;
    api.faults.next({ delayMs: LATENCY_MS, times: Number.POSITIVE_INFINITY });
    const start = performance.now();
    await run.refresh();
    const milliseconds = performance.now() - start;
    return { requests: api.exchanges().length - before, milliseconds };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measurePlugin(
  engine: Engine,
  domains: number,
  api: SendGridApi,
  environment: Record<string, string>,
): Promise<PluginMeasures> {
  const executable = join(projectRoot(), "pulumi-resource-sendgrid");
  const bundle = join(projectRoot(), "dist", "provider", "sendgrid.cjs");
  const start = performance.now();
  const child = spawn(process.execPath, [executable], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = await once(createInterface(child.stdout), "line");
    const startMs = performance.now() - start;
    await refreshOf(engine, domains, api, Number(port));
    const status = await readFile(`/proc/${child.pid}/status`, "utf8");
    const peakBytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    return { bundleBytes: (await stat(bundle)).size, startMs, peakBytes };
  } finally {
    child.kill();
  }
}
