import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { runEnvironment } from "../../engine/environment";
import { findEngine } from "../../engine/find-engine";
import { AwsAccount } from "../../sandbox/aws";
import { createAuthority } from "../../sandbox/pki";
import { startWorld, type World, ZONE_ID } from "../../sandbox/world";
import type { Consumer, ModuleKind } from "./consumer";

export const SHOP_DOMAIN = "example.com";
export const NEWS_DOMAIN = "example.org";

const stateSchema = z.object({
  parent: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  provider: z.string(),
});
const eventSchema = z.object({
  resourcePreEvent: z
    .object({
      metadata: z.object({
        op: z.string(),
        urn: z.string(),
        type: z.string(),
        diffs: z.array(z.string()).nullish(),
        new: stateSchema.nullish(),
      }),
    })
    .optional(),
  diagnosticEvent: z.object({ severity: z.string(), message: z.string() }).optional(),
});

/** A resource as the engine tells of it before it does something with it. */
export interface ConsumerStep {
  operation: string;
  urn: string;
  type: string;
  /** The last part of the URN. */
  name: string;
  /** The name of the resource that it is in; undefined for the stack. */
  parent: string | undefined;
  /** Name of its provider; undefined for a component. */
  provider: string | undefined;
  inputs: Record<string, unknown>;
  protect: boolean;
  retainOnDelete: boolean;
  /** Property paths that change. */
  changed: string[];
}

/** What an operation of the consumer's program did. */
export interface ConsumerRun {
  steps: ConsumerStep[];
  /** Errors and warnings. */
  warnings: string[];
}

/** The consumer's stack against the substitutes, with two domains: one at Cloudflare, one at Route 53. */
export interface ConsumerStack {
  /** Where its state lies, in clear but for secrets. */
  stateFile: string;
  /** Runs the compiled program of a kind. @throws with what the engine printed. */
  run(kind: ModuleKind, operation: "preview" | "up", settings?: Record<string, string>): Promise<ConsumerRun>;
  /** Runs the Pulumi CLI in the project's folder. @throws with what it printed. */
  pulumi(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts the substitutes. The stack is made by its first run. */
export async function openConsumerStack({ folder, parent }: Consumer): Promise<ConsumerStack> {
  const stateDirectory = join(parent, "state");
  await mkdir(stateDirectory, { recursive: true });
  const engine = await findEngine();
  const { world, newsZoneId } = await startAccounts();
  const options = {
    cwd: folder,
    env: {
      ...runEnvironment({
        stateDirectory,
        home: join(parent, "home"),
        passphrase: "consumer",
        attachedProviders: world.attachedProviders,
      }),
      ...world.environment,
      PATH: `${dirname(engine.path)}:${dirname(process.execPath)}:${process.env.PATH}`,
    },
  };
  const accounts = {
    shopDomain: SHOP_DOMAIN,
    cloudflareZoneId: ZONE_ID,
    newsDomain: NEWS_DOMAIN,
    route53ZoneId: newsZoneId,
    renamed: "false",
    "pulumi:disable-default-providers": '["*"]',
  };
  return {
    stateFile: join(stateDirectory, ".pulumi", "stacks", "consumer", "dev.json"),
    run: async (kind, operation, settings = {}) => {
      const values = JSON.stringify({ ...accounts, ...settings });
      const program = join(kind, "bin", "run.js");
      const events = join(parent, "events");
      await rm(events, { force: true });
      await execa(process.execPath, [program, operation, values, events], options);
      return runOf(await readFile(events, "utf8"));
    },
    pulumi: async (...args) => (await execa(engine.path, args, { ...options, all: true })).all,
    close: () => world.close(),
  };
}

/** The account on one machine, with a second domain whose zone is at Route 53. */
async function startAccounts(): Promise<{ world: World; newsZoneId: string }> {
  const served: { world?: World } = {};
  const zones = () => {
    if (served.world === undefined) throw new Error("the DNS server does not run yet");
    return served.world.zones;
  };
  const aws = new AwsAccount(
    {},
    {
      create: (origin) => zones().create(origin),
      delete: (origin) => zones().delete(origin),
      add: (record) => zones().add(record),
      remove: (record) => zones().remove(record),
    },
  );
  served.world = await startWorld({ domain: SHOP_DOMAIN, aws, authority: await createAuthority() });
  return { world: served.world, newsZoneId: aws.hostedZones.create({ name: NEWS_DOMAIN }).id };
}

function runOf(lines: string): ConsumerRun {
  const run: ConsumerRun = { steps: [], warnings: [] };
  for (const line of lines.split("\n").filter(Boolean)) {
    const { resourcePreEvent, diagnosticEvent } = eventSchema.parse(JSON.parse(line));
    if (resourcePreEvent) {
      const { op, urn, type, diffs, new: state } = resourcePreEvent.metadata;
      run.steps.push({
        operation: op,
        urn,
        type,
        name: nameOf(urn),
        parent: state?.parent ? nameOf(state.parent) : undefined,
        provider: state?.provider ? state.provider.split("::").at(-2) : undefined,
        inputs: state?.inputs ?? {},
        protect: state?.protect ?? false,
        retainOnDelete: state?.retainOnDelete ?? false,
        changed: diffs ?? [],
      });
    } else if (diagnosticEvent && /warning|error/.test(diagnosticEvent.severity)) {
      run.warnings.push(diagnosticEvent.message);
    }
  }
  return run;
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
