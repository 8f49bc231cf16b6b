import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CustomResource, type CustomResourceOptions, type Input, runtime } from "@pulumi/pulumi";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { type AnyFunction, type AnyResource, type Operation, Reference, serve } from "../providers/kit";
import { membersOf, metaOf } from "../providers/kit/property";
import { PATIENCE, SendGridApi } from "../providers/sendgrid/api/api";
import { sendgridProvider } from "../providers/sendgrid/provider";
import { resolver, startDns, type Zone, Zones } from "../sandbox/dns";
import { settingsFor } from "../sandbox/journey";
import { createKeyText, type Exchange, SendGridAccount, startSendGridApi } from "../sandbox/sendgrid";
import { changes, type ResourceStep, RunFailed, type RunResult, StackRun } from "../sandbox/stack-run";

export type Definition = AnyResource<SendGridApi>;

type FunctionDefinition = AnyFunction<SendGridApi>;

/** All resources of the provider, those with the given names or every one. */
export const resourcesNamed = (names?: readonly string[]): Definition[] =>
  sendgridProvider().resources.filter((each) => names?.includes(nameOf(each)) ?? true);

/** All functions of the provider, those with the given names or every one. */
export const functionsNamed = (names?: readonly string[]): FunctionDefinition[] =>
  (sendgridProvider().functions ?? []).filter((each) => names?.includes(nameOf(each)) ?? true);

export const nameOf = ({ token }: { token: string }): string => token.split(":").at(-1) ?? token;

/** What the engine did and said on the way from one set of example inputs to the next. */
export interface Stage {
  /** Index of the examples; a resource that has fewer keeps its last. */
  example: number;
  preview: Outcome;
  up: Outcome;
  /** A preview right after. */
  again: Outcome;
  refresh: Outcome;
}

export interface Outcome extends RunResult {
  /** Why the run failed, undefined where it did not. */
  failure?: string;
}

export interface LifeCycle {
  stages: Stage[];
  /** A second stack, in which every resource is imported with its last example. */
  imported: Outcome;
  destroyed: Outcome;
  /** What reading each resource's id answers after the end, and in an account that was never touched. */
  leftOver: ReadonlyMap<string, unknown>;
  untouched: ReadonlyMap<string, unknown>;
  /** What each function answered to each of its examples, at the last stage. */
  answers: ReadonlyMap<string, unknown[]>;
  exchanges: Exchange[];
}

export interface LifeCycleOptions {
  engine: PulumiCommand;
  resources: readonly Definition[];
  functions: readonly FunctionDefinition[];
  onStep?: (what: string) => void;
}

const SUBUSER = "team";
const FAST = { ...PATIENCE, retries: 2, backOffMs: 1, rateLimitWaitMs: 1000, pollMs: 20, longestPollMs: 50 };
const DOMAINS = ["example.com", "example.org", "example.net"];

/**
 * Takes resources through their life with the real engine: along their examples, through a refresh after each,
 * into a second stack by import, and to the end. The provider is the real one, in this process; SendGrid is the
 * sandbox's substitute, whose DNS has every record that it asks for.
 */
export async function runLifeCycle(options: LifeCycleOptions): Promise<LifeCycle> {
  const { engine, resources, functions, onStep = () => {} } = options;
  const world = await openWorld();
  const directory = await mkdtemp(join(tmpdir(), "smarthost-life-cycle-"));
  let program = () => {};
  const open = (stackName: string) =>
    StackRun.open({
      engine,
      directory: join(directory, stackName),
      program: async () => program(),
      attachedProviders: { sendgrid: world.port },
      config: settingsFor(13),
      stackName,
    });
  try {
    const run = await open("life");
    const stages: Stage[] = [];
    const answers = new Map<string, unknown[]>();
    const last = Math.max(...resources.map(({ examples = [] }) => examples.length)) - 1;
    for (let example = 0; example <= last; example++) {
      onStep(`example ${example + 1} of ${last + 1} of every resource`);
      program = () => {
        const program = declare(resources, example);
        if (example === last) ask(functions, program, answers);
      };
      stages.push({
        example,
        preview: await outcome(run.preview()),
        up: await outcome(run.up({ continueOnError: true })),
        again: await outcome(run.preview()),
        refresh: await outcome(run.refresh()),
      });
    }
    onStep("import into a second stack");
    const ids = await idsIn(run);
    const second = await open("second");
    program = () => void declare(resources, last, ids);
    const imported = await outcome(second.up({ continueOnError: true }));
    onStep("destroy");
    program = () => {};
    const destroyed = await outcome(run.destroy());
    const leftOver = await readAll(resources, ids, world.session);
    const other = await openWorld();
    const untouched = await readAll(resources, ids, other.session);
    await other.close();
    return { stages, imported, destroyed, leftOver, untouched, answers, exchanges: world.exchanges() };
  } finally {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The steps of one resource in a run. */
export function stepsOf({ steps }: Pick<RunResult, "steps">, definition: Definition): ResourceStep[] {
  return steps.filter(({ name, type }) => type === definition.token && name === nameOf(definition));
}

export { changes };

/** The inputs that differ between two examples, and whether one of them replaces. */
export function expectedChange(
  definition: Definition,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): { properties: string[]; replaces: boolean } {
  const members = membersOf(definition.inputs).filter(([name, schema]) => {
    if (isDeepStrictEqual(before[name], after[name])) return false;
    if (metaOf(schema).equals?.(before[name], after[name])) return false;
    // An optional input that is an output too keeps its value where it is left out.
    return !(after[name] === undefined && name in definition.outputs.shape);
  });
  return {
    properties: members.map(([name]) => name),
    replaces: members.some(
      ([name, schema]) =>
        definition.update === undefined ||
        metaOf(schema).replace === true ||
        definition.replaces?.(name, before, after) === true,
    ),
  };
}

/** The inputs of a resource at a stage: it keeps its last example. */
export function exampleAt(definition: Definition, index: number): Record<string, unknown> {
  const { examples = [] } = definition;
  const example = examples[Math.min(index, examples.length - 1)];
  if (example === undefined || example instanceof Reference)
    throw new Error(`${definition.token} has no example`);
  return { ...example };
}

/** A program under way: makes the resources that references name, each once. */
class Program {
  private readonly referred = new Map<string, Any>();

  constructor(private readonly ids?: ReadonlyMap<string, string>) {}

  make(definition: Definition, name: string, inputs: Record<string, unknown>): Any {
    return new Any(definition, name, Object(this.resolved(inputs)), { import: this.ids?.get(name) });
  }

  /** A value with the outputs of other resources in the place of references to them. */
  resolved(value: unknown): unknown {
    if (value instanceof Reference) return this.outputOf(value);
    if (Array.isArray(value)) return value.map((each) => this.resolved(each));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.resolved(each)]));
  }

  private outputOf(reference: Reference): unknown {
    const [definition] = resourcesNamed([reference.resource]);
    if (definition === undefined) throw new Error(`no resource is called ${reference.resource}`);
    const name = `${reference.resource} ${JSON.stringify(reference.inputs)}`;
    const inputs = { ...exampleAt(definition, 0), ...reference.inputs };
    const made = this.referred.get(name) ?? this.make(definition, name, inputs);
    this.referred.set(name, made);
    return made.output(reference.output);
  }
}

function declare(
  definitions: readonly Definition[],
  index: number,
  ids?: ReadonlyMap<string, string>,
): Program {
  const program = new Program(ids);
  for (const definition of definitions)
    program.make(definition, nameOf(definition), exampleAt(definition, index));
  return program;
}

function ask(
  functions: readonly FunctionDefinition[],
  program: Program,
  answers: Map<string, unknown[]>,
): void {
  for (const definition of functions) {
    const given: unknown[] = [];
    answers.set(nameOf(definition), given);
    (definition.examples ?? []).forEach((example, index) => {
      runtime.invokeOutput(definition.token, Object(program.resolved(example))).apply((answer) => {
        given[index] = answer;
      });
    });
  }
}

/** A resource of any type. */
class Any extends CustomResource {
  constructor(
    { token, outputs }: Definition,
    name: string,
    inputs: Record<string, Input<unknown>>,
    options: CustomResourceOptions,
  ) {
    const unset = Object.fromEntries(membersOf(outputs).map(([output]) => [output, undefined]));
    super(token, name, { ...unset, ...inputs }, options);
  }

  output(name: string): unknown {
    return Reflect.get(this, name);
  }
}

async function outcome(run: Promise<RunResult>): Promise<Outcome> {
  return await run.catch((error: unknown) => {
    if (!(error instanceof RunFailed)) throw error;
    const told = error.result.output.match(/^.*\berror: .*(?:\n(?! *$).*)*/m)?.[0];
    return { ...error.result, failure: told ?? error.message };
  });
}

async function idsIn(run: StackRun): Promise<Map<string, string>> {
  const { deployment } = await run.stack.exportStack();
  const resources: { urn: string; id?: string }[] = deployment.resources ?? [];
  return new Map(resources.flatMap(({ urn, id }) => (id ? [[urn.split("::").at(-1) ?? urn, id]] : [])));
}

async function readAll(
  definitions: readonly Definition[],
  ids: ReadonlyMap<string, string>,
  session: SendGridApi,
): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const definition of definitions) {
    const id = ids.get(nameOf(definition));
    if (id === undefined) continue;
    const read = await definition.read({ id, inputs: undefined, state: {}, ...operationOn(session) });
    found.set(nameOf(definition), read?.inputs);
  }
  return found;
}

/** What an operation needs besides its own: nobody cancels it, and nobody reads its log. */
export function operationOn(session: SendGridApi): Operation<SendGridApi> {
  const log = { progress() {}, info() {}, warn() {} };
  return { session, signal: new AbortController().signal, log, urn: "a::b::c::example" };
}

/** An account with a subuser, at the substitute for SendGrid, and DNS that has every record which it asks for. */
export async function openWorld() {
  const adminKey = createKeyText();
  const zones = new Zones();
  const account = new SendGridAccount({ zones, adminKey, subusers: [SUBUSER] });
  const served = DOMAINS.map((domain) => zones.create(domain));
  const dns = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
  const rateLimit = { limit: 1_000_000, windowSeconds: 60 };
  const api = await startSendGridApi({ account, resolver: resolver("127.0.0.1", dns.port), rateLimit });
  const environment = { SENDGRID_API_KEY: adminKey, SENDGRID_BASE_URL: api.url };
  const server = await serve(sendgridProvider({ patience: FAST }), { environment });
  const sessionWith = (apiKey: string) => new SendGridApi({ apiKey, baseUrl: api.url }, { patience: FAST });
  let published = 0;
  const publishing = setInterval(() => {
    const exchanges = api.exchanges();
    for (const { responseBody } of exchanges.slice(published))
      for (const record of recordsIn(responseBody)) publish(served, record);
    published = exchanges.length;
  }, 20);
  return {
    adminKey,
    port: server.port,
    session: sessionWith(adminKey),
    /** A connection with another key. */
    sessionWith,
    /** The text of a key that may do nothing but send. */
    createMailKey: () => {
      const [admin] = account.keys.list(account.username);
      if (admin === undefined) throw new Error("the account has lost its first key");
      return account.keys.create(account.username, admin, "mail only", ["mail.send"]).text;
    },
    exchanges: () => api.exchanges(),
    close: async () => {
      clearInterval(publishing);
      await server.close();
      await api.close();
      await dns.close();
    },
  };
}

const DnsRecord = z.object({
  type: z
    .string()
    .toUpperCase()
    .pipe(z.enum(["A", "CNAME", "MX", "TXT"])),
  host: z.string(),
  data: z.string(),
});

/** The DNS records that an answer asks for, wherever in it they stand. */
function recordsIn(body: unknown): z.output<typeof DnsRecord>[] {
  const record = DnsRecord.safeParse(body);
  if (record.success) return [record.data];
  return typeof body === "object" && body !== null ? Object.values(body).flatMap(recordsIn) : [];
}

function publish(zones: readonly Zone[], { type, host, data }: z.output<typeof DnsRecord>): void {
  const zone = zones.find(({ origin }) => host === origin || host.endsWith(`.${origin}`));
  for (const record of zone?.at(host) ?? [])
    if (record.type === type || [record.type, type].includes("CNAME")) zone?.remove(record);
  zone?.add({ name: host, type, value: data, ...(type === "MX" ? { priority: 10 } : {}) });
}
