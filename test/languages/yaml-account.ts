import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { execa } from "execa";
import { stringify } from "yaml";
import { runEnvironment } from "../../engine/environment";
import { findEngine } from "../../engine/find-engine";
import { projectRoot } from "../../engine/project-root";
import { AwsAccount } from "../../sandbox/aws";
import { createAuthority } from "../../sandbox/pki";
import { startWorld, type World } from "../../sandbox/world";
import { yamlHost } from "./yaml-host";

/** A resource that an operation made or would make. */
export interface Made {
  op: string;
  type: string;
  name: string;
  parent: string;
  inputs: Record<string, unknown>;
}

/** The emulated account, and a YAML project in it that another program replaces as often as wanted. */
export interface YamlAccount {
  world: World;
  aws: AwsAccount;
  stack: Stack;
  /** The project's folder. */
  folder: string;
  /** Writes the program: the sections of Pulumi.yaml besides its head. */
  write(program: Record<string, unknown>): Promise<void>;
  /** Previews or updates. @returns what is made, and everything that was printed. @throws with the engine's message */
  run(operation: "preview" | "up"): Promise<{ made: Made[]; output: string }>;
  /** Runs a command of the Pulumi CLI in the project's folder. @returns what it printed */
  pulumi(...command: string[]): Promise<string>;
  /** Runs `smarthost report` of the stack. @returns its JSON and its exit code */
  report(): Promise<{ report: unknown; exitCode: number | undefined }>;
  /** The state, secrets encrypted, as a text. */
  state(): Promise<string>;
  close(): Promise<void>;
}

/** @param domain of the zone at Cloudflare */
export async function openYamlAccount(domain: string, componentFolder: string): Promise<YamlAccount> {
  const { command: pulumiCommand, path: engine } = await findEngine();
  const host = await yamlHost();
  const aws = new AwsAccount();
  const world = await startWorld({ domain, aws, authority: await createAuthority() });
  const directory = await mkdtemp(join(tmpdir(), "smarthost-yaml-"));
  const folder = join(directory, "project");
  const stateDirectory = join(directory, "state");
  await Promise.all([folder, stateDirectory].map((each) => mkdir(each)));
  const write = async (program: Record<string, unknown>) => {
    const head = {
      name: "newsletter",
      runtime: "yaml",
      packages: { smarthost: componentFolder },
      plugins: { providers: [{ name: "sendgrid", path: projectRoot() }] },
    };
    await writeFile(join(folder, "Pulumi.yaml"), stringify({ ...head, ...program }));
  };
  await write({});
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", workDir: folder },
    {
      pulumiCommand,
      envVars: {
        ...runEnvironment({
          stateDirectory,
          home: join(directory, "home"),
          passphrase: "yaml",
          attachedProviders: world.attachedProviders,
        }),
        ...world.environment,
        PATH: `${host}${delimiter}${process.env.PATH}`,
      },
    },
  );
  await stack.setConfig("aws:region", { value: "eu-central-1" });
  return {
    world,
    aws,
    stack,
    folder,
    write,
    run: async (operation) => {
      const made: Made[] = [];
      const output: string[] = [];
      const sinks = {
        color: "never" as const,
        onOutput: (text: string) => output.push(text),
        onEvent: (event: EngineEvent) => made.push(...madeBy(event)),
      };
      await (operation === "preview" ? stack.preview({ ...sinks, diff: true }) : stack.up(sinks));
      return { made, output: output.join("") };
    },
    pulumi: async (...command) => {
      const { envVars: env } = stack.workspace;
      const { stdout, stderr } = await execa(engine, [...command, "--non-interactive"], { cwd: folder, env });
      return `${stdout}\n${stderr}`;
    },
    report: async () => {
      const command = join(projectRoot(), "dist", "cli", "smarthost.cjs");
      const { PATH } = stack.workspace.envVars;
      const env = { ...stack.workspace.envVars, PATH: `${dirname(engine)}${delimiter}${PATH}` };
      const flags = ["--stack", "dev", "--cwd", folder, "--dns-server", "none", "--json"];
      const options = { env, reject: false };
      const { stdout, stderr, exitCode } = await execa(
        process.execPath,
        [command, "report", ...flags],
        options,
      );
      if (stdout === "") throw new Error(stderr);
      return { report: JSON.parse(stdout), exitCode };
    },
    state: () => readFile(join(stateDirectory, ".pulumi", "stacks", "newsletter", "dev.json"), "utf8"),
    close: async () => {
      await world.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function madeBy(event: EngineEvent): Made[] {
  const metadata = event.resourcePreEvent?.metadata;
  if (metadata === undefined || /^pulumi:/.test(metadata.type)) return [];
  const { op, type, urn, new: after } = metadata;
  const parent = after?.parent.split("::").slice(2).join(" ") ?? "";
  return [{ op, type, name: urn.split("::").at(-1) ?? "", parent, inputs: after?.inputs ?? {} }];
}
