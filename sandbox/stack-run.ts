import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  type PulumiCommand,
  type PulumiFn,
  type Stack,
  type UpOptions,
} from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { runEnvironment } from "../engine/environment";
import { projectRoot } from "../engine/project-root";

/** One resource of a run, as the engine's events tell of it. */
export interface ResourceStep {
  /** create, update, delete, replace, create-replacement, delete-replaced, refresh, read, same. */
  op: string;
  urn: string;
  type: string;
  /** The last part of the URN. */
  name: string;
  /** Inputs as the engine shows them: secrets hidden, unknown values as a sentinel. */
  inputs: Record<string, unknown>;
  /** Property paths that changed. */
  diffs: string[];
  /** The outputs, unknown and secret ones as with the inputs; undefined until the engine has told of them. */
  outputs?: Record<string, unknown>;
}

/** What a policy pack says of one resource. */
export interface PolicyViolation {
  policy: string;
  level: "advisory" | "mandatory";
  /** Undefined where it is about the whole stack. */
  urn?: string;
  message: string;
}

/** Who judges a preview or an update besides. */
export interface PolicyPacks {
  /** Folders with a PulumiPolicy.yaml. */
  policyPacks?: string[];
  /** JSON files, one for each of the packs and in the same order. */
  policyPackConfigs?: string[];
}

/** What one operation did or would do. */
export interface RunResult {
  steps: ResourceStep[];
  /** In the order in which they were found; empty without policy packs. */
  violations: PolicyViolation[];
  /** Everything that the engine printed. */
  output: string;
}

/** An operation that failed, with what it did before. */
export class RunFailed extends Error {
  override readonly name = "RunFailed";

  constructor(
    message: string,
    readonly result: RunResult,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface StackRunOptions {
  engine: PulumiCommand;
  /** An existing, empty folder for the project file, the state and the engine's home. */
  directory: string;
  program: PulumiFn;
  /** Providers that already listen on 127.0.0.1, by package name and port. */
  attachedProviders: Record<string, number>;
  /** The stack's configuration; keys of a provider with its name in front, such as `aws:region`. */
  config: Record<string, string>;
  /** Environment of the engine and of the providers that it starts. */
  environment?: Record<string, string>;
  passphrase?: string;
  stackName?: string;
  /** Cancels what is under way, as Ctrl-C does on the command line: operations that have begun are finished. */
  signal?: AbortSignal;
}

type PolicyEvent = NonNullable<EngineEvent["policyEvent"]>;

/** What every operation is given. */
type Sinks = Pick<UpOptions, "color" | "signal" | "onOutput" | "onError" | "onEvent">;

const manifestSchema = z.looseObject({ name: z.string(), main: z.string().optional() });

/**
 * A stack of this project in a folder of its own, run through the Automation API: the project file is the
 * repository's, so that Pulumi checks the settings which it declares, with the provider's path made absolute and
 * an inline program in place of `main`.
 */
export class StackRun {
  #underWay: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly stack: Stack,
    /** Where the file backend keeps the state in clear but for its secrets. */
    readonly stateFile: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  static async open(options: StackRunOptions): Promise<StackRun> {
    const { directory, engine, program, config, stackName = "sandbox" } = options;
    const workDir = join(directory, "project");
    const stateDirectory = join(directory, "state");
    await Promise.all([workDir, stateDirectory].map((folder) => mkdir(folder, { recursive: true })));
    const projectName = await writeProjectFile(workDir);
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName, projectName, program },
      {
        workDir,
        pulumiCommand: engine,
        envVars: {
          ...runEnvironment({
            stateDirectory,
            home: join(directory, "home"),
            passphrase: options.passphrase ?? "sandbox",
            attachedProviders: options.attachedProviders,
          }),
          ...options.environment,
        },
      },
    );
    const run = new StackRun(
      stack,
      join(stateDirectory, ".pulumi", "stacks", projectName, `${stackName}.json`),
      options.signal,
    );
    await run.configure(config);
    return run;
  }

  /** Sets configuration values; the others stay. */
  async configure(config: Record<string, string>): Promise<void> {
    const entries = Object.entries(config).map(([key, value]) => [key, { value }]);
    this.#underWay = this.stack.setAllConfig(Object.fromEntries(entries));
    await this.#underWay;
  }

  preview(options: { refresh?: boolean } & PolicyPacks = {}): Promise<RunResult> {
    return this.#record((sinks) => this.stack.preview({ ...sinks, ...options, diff: true }));
  }

  /**
   * What `pulumi preview --json` writes: one JSON object, also of a preview that is refused. The Automation API has no
   * such option, so the CLI gets it by its environment.
   */
  async previewJson(): Promise<string> {
    const { envVars } = this.stack.workspace;
    const output: string[] = [];
    envVars.PULUMI_OPTION_JSON = "true";
    this.#underWay = this.stack.preview({ signal: this.signal, onOutput: (text) => output.push(text) });
    try {
      await this.#underWay;
    } catch (error) {
      if (output.length === 0) {
        throw error;
      }
    } finally {
      delete envVars.PULUMI_OPTION_JSON;
    }
    return output.join("");
  }

  up(options: { continueOnError?: boolean } & PolicyPacks = {}): Promise<RunResult> {
    return this.#record((sinks) => this.stack.up({ ...sinks, ...options }));
  }

  refresh(): Promise<RunResult> {
    return this.#record((sinks) => this.stack.refresh(sinks));
  }

  destroy(): Promise<RunResult> {
    return this.#record((sinks) => this.stack.destroy(sinks));
  }

  /** Resolves when no operation is under way any more, however it ended. */
  async settled(): Promise<void> {
    await this.#underWay.catch(() => {});
  }

  outputs() {
    return this.stack.outputs();
  }

  async #record(operation: (sinks: Sinks) => Promise<unknown>): Promise<RunResult> {
    const steps: ResourceStep[] = [];
    const violations: PolicyViolation[] = [];
    const output: string[] = [];
    this.#underWay = operation({
      color: "never",
      signal: this.signal,
      onOutput: (text) => output.push(text),
      onError: (text) => output.push(text),
      onEvent: (event) => {
        const step = stepOf(event);
        if (step) steps.push(step);
        const { urn, op, new: after } = event.resOutputsEvent?.metadata ?? {};
        const told = steps.findLast((each) => each.urn === urn && each.op === op);
        if (told && after) told.outputs = after.outputs;
        if (event.policyEvent) violations.push(violationOf(event.policyEvent));
      },
    });
    await this.#underWay.catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      throw new RunFailed(message, { steps, violations, output: output.join("") }, { cause: error });
    });
    return { steps, violations, output: output.join("") };
  }
}

function violationOf({ policyName, enforcementLevel, resourceUrn, message }: PolicyEvent): PolicyViolation {
  // The engine's own word for advisory differs from the packs'.
  const level = enforcementLevel === "mandatory" ? "mandatory" : "advisory";
  return { policy: policyName, level, urn: resourceUrn || undefined, message };
}

function stepOf(event: EngineEvent): ResourceStep | undefined {
  const metadata = event.resourcePreEvent?.metadata;
  // The stack itself and the default providers are the engine's, not the program's.
  if (!metadata || metadata.type === "pulumi:pulumi:Stack" || metadata.type.startsWith("pulumi:providers:")) {
    return undefined;
  }
  return {
    op: metadata.op,
    urn: metadata.urn,
    type: metadata.type,
    name: metadata.urn.split("::").at(-1) ?? metadata.urn,
    inputs: metadata.new?.inputs ?? {},
    diffs: metadata.diffs ?? [],
  };
}

/** What changes something: everything but the resources that stay as they are. */
export function changes({ steps }: RunResult): ResourceStep[] {
  return steps.filter(({ op }) => op !== "same" && op !== "read" && op !== "refresh");
}

async function writeProjectFile(workDir: string): Promise<string> {
  const manifest = manifestSchema.parse(parse(await readFile(join(projectRoot(), "Pulumi.yaml"), "utf8")));
  const { main, ...rest } = manifest;
  const plugins = { providers: [{ name: "sendgrid", path: projectRoot() }] };
  await writeFile(join(workDir, "Pulumi.yaml"), stringify({ ...rest, plugins }));
  return manifest.name;
}
