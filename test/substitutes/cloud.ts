import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { runEnvironment } from "../../engine/environment";
import { findEngine } from "../../engine/find-engine";
import { serve } from "../../providers/kit";
import { AwsAccount, awsProvider } from "../../sandbox/aws";
import { CloudflareAccount, cloudflareProvider } from "../../sandbox/cloudflare";
import { Zones } from "../../sandbox/dns";

/** The user's zone at the substitute Cloudflare. */
export const zone = { id: "023e105f4ecef8ad9ca31a8372d0c353", name: "example.com" };

/** The substitutes, attached to a stack that the real engine runs. */
export interface Cloud {
  aws: AwsAccount;
  /** What happened to servers and volumes, in order. */
  events: string[];
  cloudflare: CloudflareAccount;
  zones: Zones;
  stack: Stack;
  close(): Promise<void>;
}

/** Starts the substitutes and a stack of a program with the real SDKs. */
export async function startCloud(program: PulumiFn): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), "smarthost-substitutes-"));
  for (const name of ["state", "home", "work"]) mkdirSync(join(folder, name));
  const events: string[] = [];
  const zones = new Zones();
  const aws = new AwsAccount(
    {
      onInstanceRunning: ({ privateIp }) => void events.push(`${privateIp} runs`),
      onInstanceStopping: ({ privateIp }) => void events.push(`${privateIp} stops`),
      onInstanceTerminated: ({ privateIp }) => void events.push(`${privateIp} is gone`),
      onVolumeAttached: (_volume, { privateIp }) => void events.push(`volume at ${privateIp}`),
      onVolumeDetaching: (_volume, { privateIp }) => void events.push(`volume leaves ${privateIp}`),
    },
    zones,
  );
  zones.create(zone.name);
  const cloudflare = new CloudflareAccount([zone], zones);
  const servers = await Promise.all([serve(awsProvider(aws)), serve(cloudflareProvider(cloudflare))]);
  const { command } = await findEngine();
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "test", projectName: "substitutes", program },
    {
      pulumiCommand: command,
      workDir: join(folder, "work"),
      envVars: runEnvironment({
        stateDirectory: join(folder, "state"),
        home: join(folder, "home"),
        passphrase: "for tests",
        attachedProviders: { aws: servers[0].port, cloudflare: servers[1].port },
      }),
    },
  );
  return {
    aws,
    events,
    cloudflare,
    zones,
    stack,
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a preview says will happen, by the resource's name. */
export async function previewed(stack: Stack): Promise<Record<string, string>> {
  const steps: Record<string, string> = {};
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    const step = resourcePreEvent?.metadata;
    // A replacement comes as three events; the one called "replace" says it.
    if (step === undefined || step.type.startsWith("pulumi:")) return;
    if (step.op === "same" || step.op.endsWith("-replaced")) return;
    if (step.op === "create-replacement") return;
    steps[step.urn.split("::").at(-1) ?? ""] = step.op;
  };
  await stack.preview({ onEvent });
  return steps;
}
