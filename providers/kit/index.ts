/**
 * Turns resource definitions into a Pulumi provider over gRPC. One definition gives the check (all faults at
 * once), the diff, the preview, the schema and the documentation; it knows nothing of any particular API.
 *
 * @example
 * ```ts
 * const Bucket = defineResource<StorageApi>()({
 *   token: "storage:index:Bucket",
 *   description: "A bucket.",
 *   inputs: z.object({
 *     name: z.string().max(63).meta({ description: "Its name.", replace: true }),
 *     owners: z.array(z.string()).optional().meta({ description: "Who may write.", equals: sameMembers }),
 *     password: z.string().meta({ description: "For uploads.", secret: true }),
 *     size: z.int().default(10).meta({ description: "Limit in GB." }),
 *   }),
 *   outputs: z.object({ url: z.string().meta({ description: "Its address." }), token: z.string().meta({ secret: true }) }),
 *   rules: [
 *     { properties: ["name", "owners"], fault: ({ name, owners }) => owners?.includes(name) ? "owns itself" : undefined },
 *   ],
 *   // What is not named here is unknown in a preview of a create.
 *   preview: ({ name }) => ({ url: whenKnown([name], (known) => `https://${known}.example.com`) }),
 *   create: async ({ inputs, session, signal }) => ({ id: inputs.name, outputs: await session.create(inputs, signal) }),
 *   read: async ({ id, session }) => session.find(id), // { inputs, outputs }, or undefined: it is gone
 *   update: async ({ id, inputs, state, session }) => session.change(id, inputs), // without it, every change replaces
 *   delete: async ({ id, session }) => session.remove(id),
 * });
 *
 * const provider = defineProvider({
 *   name: "storage",
 *   version: "1.0.0",
 *   config: z.object({ key: z.string().meta({ secret: true, env: ["STORAGE_KEY"] }) }), // z.looseObject({}) takes any
 *   connect: ({ key }) => new StorageApi(key), // what the operations get as `session`
 *   resources: [Bucket],
 *   functions: [], // defineFunction<StorageApi>()({ token: "storage:index:getBucket", inputs, outputs, call })
 * });
 *
 * const { port, close } = await serve(provider); // PULUMI_DEBUG_PROVIDERS=storage:PORT
 * ```
 */
export type { Fault, Rule } from "./check";
export {
  type AnyFunction,
  type AnyResource,
  type CreateOperation,
  defineFunction,
  defineProvider,
  defineResource,
  type FunctionDefinition,
  type Identity,
  type Operation,
  type PreviewedInputs,
  type PreviewedOutputs,
  type Provider,
  type ProviderDefinition,
  type ReadOperation,
  type ReadResult,
  type ResourceDefinition,
} from "./definition";
export type { EngineLog } from "./engine-log";
export { IncompleteResource, isUncertain, messageOf } from "./errors";
export { type Example, outputOf, Reference } from "./example";
export { runPlugin } from "./plugin";
export { sameMembers } from "./property";
export { type PackageSchema, packageSchema } from "./schema";
export { type RunningProvider, type ServeOptions, serve } from "./server";
export { containsUnknown, type Previewed, UNKNOWN, type Unknown, whenKnown } from "./unknown";
