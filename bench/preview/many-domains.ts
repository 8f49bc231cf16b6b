import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../engine/find-engine";
import { settingsFor } from "../../sandbox/journey";
import { StackRun } from "../../sandbox/stack-run";
import { openAccount } from "../domains/account";
import { type StackShape, zonesOf } from "../domains/layout";
import { identities } from "../domains/program";
import { previewIn } from "./one-preview";
import type { Runner } from "./runner";

/** A preview, and what it says. */
export interface DomainsPreview {
  /** Milliseconds of the preview alone, in a process of its own. */
  previewMs: number;
  /** What `pulumi preview --json` writes. */
  json: string;
}

/** Previews sender identities, each in a zone of its own, in an account and a stack of their own. */
export async function previewDomains(
  engine: Engine,
  runner: Runner,
  domains: number,
): Promise<DomainsPreview> {
  const shape: StackShape = { domains, layout: "zone-each" };
  const directory = await mkdtemp(join(tmpdir(), "smarthost-bench-"));
  const account = await openAccount(zonesOf(shape), 1e6);
  try {
    const run = await StackRun.open({
      engine: engine.command,
      directory,
      program: identities(shape),
      attachedProviders: account.attachedProviders,
      environment: account.environment,
      config: settingsFor(13),
      stackName: "domains",
    });
    const { previewMs } = await previewIn(runner, run.stack, ["domains", String(domains)]);
    return { previewMs, json: await run.previewJson() };
  } finally {
    await account.close();
    await rm(directory, { recursive: true, force: true });
  }
}
