import type * as z from "zod";
import { adoptable } from "./adoption";
import type { Rule } from "./check";
import type { EngineLog } from "./engine-log";
import type { Example } from "./example";
import type { Previewed } from "./unknown";

/** What every operation on a resource is given. */
export interface Operation<Session> {
  /** What the provider's `connect` made of its settings, e.g. an API client. */
  session: Session;
  /** Aborted when the user cancels, or when the operation's `customTimeouts` run out. */
  signal: AbortSignal;
  /** Messages that the engine shows at the resource. */
  log: EngineLog;
  urn: string;
}

export interface CreateOperation<Session, Inputs> extends Operation<Session> {
  inputs: Inputs;
  /** Id of the resource in the state that this create is to replace. */
  replacing?: string;
}

export interface ReadOperation<Session, Inputs, Outputs> extends Operation<Session> {
  id: string;
  /** The inputs in the state; undefined for an import, which has none. */
  inputs: Partial<Inputs> | undefined;
  /** The outputs in the state, those of them which fit the definition; empty for an import. */
  state: Partial<Outputs>;
}

export interface UpdateOperation<Session, Inputs, Outputs> extends Operation<Session> {
  id: string;
  inputs: Inputs;
  oldInputs: Partial<Inputs>;
  state: Partial<Outputs>;
}

export interface DeleteOperation<Session, Inputs, Outputs> extends Operation<Session> {
  id: string;
  inputs: Partial<Inputs>;
  state: Partial<Outputs>;
  /** When its replacement was created, where that was in this run. */
  replacedAt?: Date;
}

/** What exists behind an id: all that a read can find out. */
export interface ReadResult<Inputs, Outputs> {
  /** Those that the API returns. */
  inputs: Partial<Inputs>;
  /** One that is left out keeps its value from the state: what an API shows only once. */
  outputs: Partial<Outputs>;
  /** Where it differs from the id that was asked for, e.g. in letter case. */
  id?: string;
}

/** Inputs in a preview, where any of them may be unknown. */
export type PreviewedInputs<Inputs> = { [Key in keyof Inputs]: Previewed<Inputs[Key]> };

/** What a preview knows of the outputs: a property that is left out is unknown, one that is undefined is absent. */
export type PreviewedOutputs<Outputs> = { [Key in keyof Outputs]?: Previewed<Outputs[Key]> };

/** What tells one resource from another where the service itself has a rule for it, e.g. a unique name. */
export interface Identity<Session, Inputs> {
  /** The inputs that make it up. */
  properties: readonly (keyof Inputs & string)[];
  /** The id of what exists with this identity, undefined if there is none. */
  find(operation: CreateOperation<Session, Inputs>): Promise<string | undefined>;
}

/**
 * A resource: its properties and its life cycle. Check, diff, schema and documentation follow from the properties.
 *
 * The inputs are part of the outputs without being repeated there. An optional input that is an output too has a
 * value even when the user does not set it: then it is left as it is, and no diff comes of it. A property's
 * behaviour is said with zod's `.meta({ description, replace, secret, equals, neverReturned })`.
 */
export interface ResourceDefinition<Session, Inputs extends z.ZodObject, Outputs extends z.ZodObject> {
  /** `package:module:Name`, e.g. `sendgrid:index:ApiKey`. */
  token: string;
  /** Documentation, Markdown. */
  description?: string;
  /**
   * Properties that it does not name are refused, those of objects in a union only with `z.strictObject`.
   * Transformations must be idempotent: they are applied at every check and before every operation.
   */
  inputs: Inputs;
  outputs: Outputs;
  rules?: readonly Rule<z.output<Inputs>>[];
  /**
   * With an identity nothing is made twice. A create looks first: what exists is taken over with the input `adopt`,
   * which is added to the others, and is otherwise refused with its id and the import command. A create without an
   * answer is looked for before it is repeated. A replacement that keeps the identity deletes the old one first.
   */
  identity?: Identity<Session, z.output<Inputs>>;
  /**
   * Complete sets of inputs. The first is the documentation's example; each of the others is an update or a
   * replacement from the one before. Together they change every property: tests take a resource along them.
   */
  examples?: readonly Example<z.input<Inputs>>[];
  /** The input whose value is made up from the resource's name in the program where it is left out. */
  autoName?: keyof z.output<Inputs> & string;
  /** Whether a change of a property replaces where that depends on other inputs; see `.meta({ replace })` first. */
  replaces?(property: string, before: Partial<z.output<Inputs>>, after: Partial<z.output<Inputs>>): boolean;
  /** Whether a replacement deletes the old one first: for things of which there can be only one by a name. */
  deleteBeforeReplace?:
    | boolean
    | ((
        before: Partial<PreviewedInputs<z.output<Inputs>>>,
        after: PreviewedInputs<z.output<Inputs>>,
      ) => boolean);
  /**
   * The outputs that are known before a create or an update. In an update (`state` given), outputs that are not
   * named keep their value from the state.
   */
  preview?(
    inputs: PreviewedInputs<z.output<Inputs>>,
    state?: Partial<z.output<Outputs>>,
  ): PreviewedOutputs<z.output<Outputs>>;
  /** Throws {@link IncompleteResource} where something exists already that a later update has to finish. */
  create(
    operation: CreateOperation<Session, z.output<Inputs>>,
  ): Promise<{ id: string; outputs: z.output<Outputs> }>;
  /** What exists, or undefined if it is gone. */
  read(
    operation: ReadOperation<Session, z.output<Inputs>, z.output<Outputs>>,
  ): Promise<ReadResult<z.output<Inputs>, z.output<Outputs>> | undefined>;
  /** Answers the outputs that have changed. Without an update, every change replaces. */
  update?(
    operation: UpdateOperation<Session, z.output<Inputs>, z.output<Outputs>>,
  ): Promise<Partial<z.output<Outputs>>>;
  delete(operation: DeleteOperation<Session, z.output<Inputs>, z.output<Outputs>>): Promise<void>;
}

/** A function that programs call to look something up, e.g. `getZone`. */
export interface FunctionDefinition<Session, Inputs extends z.ZodObject, Outputs extends z.ZodObject> {
  /** `package:module:name`, e.g. `aws:ec2/getAmi:getAmi`. */
  token: string;
  description?: string;
  inputs: Inputs;
  outputs: Outputs;
  /** Complete sets of inputs; the first is the documentation's example. */
  examples?: readonly Example<z.input<Inputs>>[];
  call(operation: Omit<Operation<Session>, "urn"> & { inputs: z.output<Inputs> }): Promise<z.output<Outputs>>;
}

export type AnyResource<Session> = ResourceDefinition<Session, z.ZodObject, z.ZodObject>;
export type AnyFunction<Session> = FunctionDefinition<Session, z.ZodObject, z.ZodObject>;

/** A provider: its settings and what it offers. */
export interface ProviderDefinition<Session, Config extends z.ZodObject> {
  /** The package's name, e.g. `sendgrid`. */
  name: string;
  /** Semantic version, without v. An attached provider has to report the version of the SDK in use. */
  version: string;
  displayName?: string;
  description?: string;
  /** Further parts of the package schema as they are: homepage, license, language, … */
  packageMetadata?: Record<string, unknown>;
  /** The settings; `z.looseObject({})` takes any. Environment defaults by `.meta({ env: ["NAME"] })`. */
  config: Config;
  rules?: readonly Rule<z.output<Config>>[];
  /** Turns checked settings into the session that operations use. */
  connect(config: z.output<Config>): Session | Promise<Session>;
  resources: readonly AnyResource<Session>[];
  functions?: readonly AnyFunction<Session>[];
}

/** A provider with its types erased, as the server takes it. */
export type Provider<Session = unknown> = ProviderDefinition<Session, z.ZodObject>;

/** Types a resource definition. Called twice, so that the properties' types are inferred: `defineResource<Session>()({…})`. */
export const defineResource =
  <Session>() =>
  <Inputs extends z.ZodObject, Outputs extends z.ZodObject>(
    definition: ResourceDefinition<Session, Inputs, Outputs>,
  ): ResourceDefinition<Session, Inputs, Outputs> =>
    definition.identity === undefined
      ? definition
      : { ...definition, inputs: adoptable(definition.inputs, definition.identity.properties) };

/** Types a function definition. Called twice, as {@link defineResource}. */
export const defineFunction =
  <Session>() =>
  <Inputs extends z.ZodObject, Outputs extends z.ZodObject>(
    definition: FunctionDefinition<Session, Inputs, Outputs>,
  ): FunctionDefinition<Session, Inputs, Outputs> =>
    definition;

/** Types a provider definition and refuses two definitions of one token. */
export function defineProvider<Session, Config extends z.ZodObject>(
  definition: ProviderDefinition<Session, Config>,
): ProviderDefinition<Session, Config> {
  const tokens = [...definition.resources, ...(definition.functions ?? [])].map(({ token }) => token);
  const twice = tokens.find((token, index) => tokens.indexOf(token) !== index);
  if (twice !== undefined) throw new Error(`provider ${definition.name}: ${twice} is defined twice`);
  return definition;
}
