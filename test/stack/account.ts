import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { findEngine } from "../../engine/find-engine";
import { stack } from "../../infra/stack";
import { AwsAccount } from "../../sandbox/aws";
import { settingsFor } from "../../sandbox/journey";
import { createAuthority } from "../../sandbox/pki";
import { StackRun } from "../../sandbox/stack-run";
import { DOMAIN, startWorld, type World } from "../../sandbox/world";

/** An empty account with a stack in it that nobody has previewed yet. */
export interface TestAccount {
  world: World;
  aws: AwsAccount;
  run: StackRun;
  close(): Promise<void>;
}

export interface AccountOptions {
  /** Settings besides the required ones; undefined takes one away. */
  settings?: Record<string, string | undefined>;
  /** Default: the stack of infra/. */
  program?: PulumiFn;
  environment?: Record<string, string>;
}

/** Starts the emulated account on loopback and opens a stack against it, with the real engine. */
export async function openAccount(options: AccountOptions = {}): Promise<TestAccount> {
  const { settings = {}, program = stack, environment = {} } = options;
  const { command: engine } = await findEngine();
  const aws = new AwsAccount();
  const world = await startWorld({ domain: DOMAIN, aws, authority: await createAuthority() });
  const directory = await mkdtemp(join(tmpdir(), "smarthost-test-"));
  const close = async () => {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const config = Object.fromEntries(
      Object.entries({ ...settingsFor(13), ...world.settings, ...settings }).filter(
        (entry): entry is [string, string] => {
          return entry[1] !== undefined;
        },
      ),
    );
    const run = await StackRun.open({
      engine,
      directory,
      program,
      config,
      attachedProviders: world.attachedProviders,
      environment: { ...world.environment, ...environment },
    });
    return { world, aws, run, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The message with which an operation fails; an operation that succeeds is an error. */
export async function failure(operation: Promise<unknown>): Promise<string> {
  const outcome = await operation.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (outcome === undefined) {
    throw new Error("it succeeded, and should have failed");
  }
  return outcome;
}

/** What exists in the account; empty when a refusal came before anything was made. */
export function everythingIn({ world, aws }: TestAccount): string[] {
  return [
    ...world.zones
      .zone(DOMAIN)
      .records()
      .map(({ name }) => name),
    ...world.sendgrid.account.domains.list().map(({ domain }) => domain),
    ...aws.compute.instances.keys(),
    ...aws.compute.volumes.keys(),
    ...aws.access.roles.keys(),
  ];
}
