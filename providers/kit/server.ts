import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { withAutoName } from "./autoname";
import type { Fault } from "./check";
import type { AnyResource, Operation, Provider } from "./definition";
import { type Change, changedProperty, diff } from "./diff";
import { diffInputs } from "./difference";
import { connectToEngine, type EngineConnection } from "./engine-log";
import { redact, StatusError } from "./errors";
import { failureOf } from "./failure";
import * as lifecycle from "./lifecycle";
import { packageSchema } from "./schema";
import { readSettings, writeSettings } from "./settings";
import { containsUnknown } from "./unknown";
import { decode, encode, type Properties, secretTexts } from "./wire";

/** Where and how to serve. */
export interface ServeOptions {
  /** TCP port; 0, the default, takes a free one. */
  port?: number;
  /** Address to listen on; 127.0.0.1 by default. */
  address?: string;
  /** The engine's address, which it gives to a plugin as its first argument. */
  engineAddress?: string;
  /** Where settings with `env` take their defaults from; the process's environment by default. */
  environment?: Record<string, string | undefined>;
}

/** A provider that is being served. */
export interface RunningProvider {
  port: number;
  close(): Promise<void>;
}

/** Serves a provider over gRPC, for an engine that starts it as a plugin or attaches by PULUMI_DEBUG_PROVIDERS. */
export async function serve<Session>(
  provider: Provider<Session>,
  { port = 0, address = "127.0.0.1", engineAddress, environment = process.env }: ServeOptions = {},
): Promise<RunningProvider> {
  const service = new ProviderService(provider, environment, connectToEngine(engineAddress));
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(ResourceProviderService, { ...service.handlers() });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${address}:${port}`, grpc.ServerCredentials.createInsecure(), (error, actual) =>
      error ? reject(error) : resolve(actual),
    );
  });
  return {
    port: bound,
    close: async () => {
      service.close();
      server.forceShutdown();
    },
  };
}

/** One provider's state between the engine's calls, and the translation of the calls. */
class ProviderService<Session> {
  private session: { value: Session } | undefined;
  private cancellation = new AbortController();
  /** Every secret text that came by, so that none gets out in a message. */
  private readonly secrets = new Set<string>();
  /** By URN: the id that the state has, and when this run created another one in its place. */
  private readonly idInState = new Map<string, string>();
  private readonly replacedAt = new Map<string, Date>();

  constructor(
    private readonly provider: Provider<Session>,
    private readonly environment: Record<string, string | undefined>,
    private engine: EngineConnection,
  ) {}

  close(): void {
    this.cancellation.abort();
    this.engine.close();
  }

  handlers(): IResourceProviderServer {
    const unary = this.unary.bind(this);
    return {
      handshake: unary((request) => {
        this.attach(request.getEngineAddress());
        return new proto.ProviderHandshakeResponse().setAcceptSecrets(true);
      }),
      attach: unary((request) => {
        this.attach(request.getAddress());
        return new Empty();
      }),
      getPluginInfo: unary(() => new PluginInfo().setVersion(this.provider.version)),
      getSchema: unary(() =>
        new proto.GetSchemaResponse().setSchema(JSON.stringify(packageSchema(this.provider))),
      ),
      checkConfig: unary((request) => this.checkConfig(request)),
      diffConfig: unary((request) => this.diffConfig(request)),
      configure: unary((request) => this.configure(request)),
      check: unary((request) => this.check(request)),
      diff: unary((request) => this.diff(request)),
      create: unary((request) => this.create(request)),
      read: unary((request) => this.read(request)),
      update: unary((request) => this.update(request)),
      delete: unary((request) => this.delete(request)),
      invoke: unary((request) => this.invoke(request)),
      cancel: unary(() => {
        this.cancellation.abort(new StatusError(grpc.status.CANCELLED, "cancelled"));
        return new Empty();
      }),
      parameterize: unary(unimplemented("Parameterize")),
      construct: unary(unimplemented("Construct")),
      call: unary(unimplemented("Call")),
      getMapping: unary(() => new proto.GetMappingResponse()),
      getMappings: unary(() => new proto.GetMappingsResponse()),
      list: (call) => {
        call.destroy(new StatusError(grpc.status.UNIMPLEMENTED, "List is not implemented"));
      },
    };
  }

  private checkConfig(request: proto.CheckRequest): proto.CheckResponse {
    const given = this.decode(request.getNews());
    const settings = readSettings(this.provider.config, given, this.environment);
    const { faults, inputs } = this.checkedSettings(settings);
    return this.withFaults(new proto.CheckResponse(), faults).setInputs(encode(writeSettings(inputs, given)));
  }

  private diffConfig(request: proto.DiffRequest): proto.DiffResponse {
    const before = readSettings(
      this.provider.config,
      this.decode(request.getOldInputs() ?? request.getOlds()),
      {},
    );
    const after = readSettings(this.provider.config, this.decode(request.getNews()), {});
    const ignoreChanges = request.getIgnorechangesList();
    return diffResponse(diff(this.provider.config, before.values, after.values, { ignoreChanges }), false);
  }

  private async configure(request: proto.ConfigureRequest): Promise<proto.ConfigureResponse> {
    // An attached server outlives a cancelled run.
    if (this.cancellation.signal.aborted) this.cancellation = new AbortController();
    const settings = readSettings(this.provider.config, this.decode(request.getArgs()), this.environment);
    const { faults, inputs } = this.checkedSettings(settings);
    if (faults.length > 0) {
      const list = faults
        .map(({ property, reason }) => `${this.provider.name}:${property} ${reason}`)
        .join("; ");
      throw new StatusError(grpc.status.INVALID_ARGUMENT, list);
    }
    // In a preview a setting can be the output of a resource that does not exist yet.
    this.session = containsUnknown(inputs.values)
      ? undefined
      : { value: await this.provider.connect(inputs.values) };
    return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  private checkedSettings(settings: Properties): { faults: Fault[]; inputs: Properties } {
    const { config, rules } = this.provider;
    const checked = lifecycle.checkInputs(config, settings, { rules, owner: "this provider" });
    for (const text of secretTexts(checked.inputs)) this.secrets.add(text);
    return checked;
  }

  private check(request: proto.CheckRequest): proto.CheckResponse {
    const resource = this.resource(request.getUrn());
    const given = withAutoName(resource.autoName, this.decode(request.getNews()), request);
    const { rules } = resource;
    const { faults, inputs } = lifecycle.checkInputs(resource.inputs, given, { rules });
    return this.withFaults(new proto.CheckResponse(), faults).setInputs(encode(inputs));
  }

  private diff(request: proto.DiffRequest): proto.DiffResponse {
    this.idInState.set(request.getUrn(), request.getId());
    const resource = this.resource(request.getUrn());
    const { changes, deleteBeforeReplace } = diffInputs(
      resource,
      this.decode(request.getOldInputs()),
      this.decode(request.getOlds()),
      this.decode(request.getNews()),
      request.getIgnorechangesList(),
    );
    return diffResponse(changes, deleteBeforeReplace);
  }

  private async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
    const resource = this.resource(request.getUrn());
    const inputs = this.decode(request.getProperties());
    if (request.getPreview())
      return new proto.CreateResponse().setProperties(encode(lifecycle.previewCreate(resource, inputs)));
    const urn = request.getUrn();
    const operation = this.operation(urn, request.getTimeout());
    const replacing = this.idInState.get(urn);
    const { id, state } = await lifecycle.create(resource, inputs, { ...operation, replacing });
    if (replacing !== undefined) this.replacedAt.set(urn, new Date());
    return new proto.CreateResponse().setId(id).setProperties(this.encode(state));
  }

  private async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
    const found = await lifecycle.read(
      this.resource(request.getUrn()),
      request.getId(),
      this.decode(request.getInputs()),
      this.decode(request.getProperties()),
      this.operation(request.getUrn(), request.getTimeout()),
    );
    // No id says that it is gone.
    if (found === undefined) return new proto.ReadResponse();
    return new proto.ReadResponse()
      .setId(found.id)
      .setInputs(encode(found.inputs))
      .setProperties(this.encode(found.state));
  }

  private async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
    const resource = this.resource(request.getUrn());
    const inputs = this.decode(request.getNews());
    const state = this.decode(request.getOlds());
    const updated = request.getPreview()
      ? lifecycle.previewUpdate(resource, inputs, state)
      : await lifecycle.update(
          resource,
          request.getId(),
          this.decode(request.getOldInputs()),
          state,
          inputs,
          this.operation(request.getUrn(), request.getTimeout()),
        );
    return new proto.UpdateResponse().setProperties(this.encode(updated));
  }

  private async delete(request: proto.DeleteRequest): Promise<Empty> {
    const urn = request.getUrn();
    const replacedAt = this.replacedAt.get(urn);
    this.replacedAt.delete(urn);
    await lifecycle.remove(
      this.resource(urn),
      request.getId(),
      this.decode(request.getOldInputs()),
      this.decode(request.getProperties()),
      { ...this.operation(urn, request.getTimeout()), replacedAt },
    );
    return new Empty();
  }

  private async invoke(request: proto.InvokeRequest): Promise<proto.InvokeResponse> {
    const definition = this.provider.functions?.find(({ token }) => token === request.getTok());
    if (definition === undefined)
      throw new StatusError(
        grpc.status.NOT_FOUND,
        `${this.provider.name} has no function ${request.getTok()}`,
      );
    const { faults, result } = await lifecycle.call(
      definition,
      this.decode(request.getArgs()),
      this.operation("", 0),
    );
    const response = this.withFaults(new proto.InvokeResponse(), faults);
    return result === undefined ? response : response.setReturn(this.encode(result));
  }

  private attach(address: string): void {
    if (!address) return;
    this.engine.close();
    this.engine = connectToEngine(address);
  }

  /** The definition of the resource that a URN names: `urn:pulumi:STACK::PROJECT::[PARENT$]TYPE::NAME`. */
  private resource(urn: string): AnyResource<Session> {
    const token = urn.split("::")[2]?.split("$").at(-1);
    const resource = this.provider.resources.find((candidate) => candidate.token === token);
    if (resource !== undefined) return resource;
    throw new StatusError(
      grpc.status.NOT_FOUND,
      `${this.provider.name} has no resource type ${token ?? urn}`,
    );
  }

  private operation(urn: string, timeoutSeconds: number): Operation<Session> {
    if (this.session === undefined) {
      throw new StatusError(
        grpc.status.FAILED_PRECONDITION,
        `the ${this.provider.name} provider is not connected: one of its settings is not known yet`,
      );
    }
    const { signal } = this.cancellation;
    return {
      session: this.session.value,
      signal:
        timeoutSeconds > 0 ? AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]) : signal,
      log: this.engine.logFor(urn, this.clean),
      urn,
    };
  }

  /** Takes out of a text every secret that came by. */
  private readonly clean = (text: string): string => redact(text, this.secrets);

  private decode(struct: Struct | undefined): Properties {
    const properties = decode(struct);
    for (const text of secretTexts(properties)) this.secrets.add(text);
    return properties;
  }

  private encode(properties: Properties): Struct {
    for (const text of secretTexts(properties)) this.secrets.add(text);
    return encode(properties);
  }

  private withFaults<Response extends proto.CheckResponse | proto.InvokeResponse>(
    response: Response,
    faults: readonly Fault[],
  ): Response {
    for (const { property, reason } of faults) {
      const failure = new proto.CheckFailure().setProperty(property).setReason(this.clean(reason));
      response.addFailures(failure);
    }
    return response;
  }

  private unary<Request, Response>(
    handle: (request: Request) => Response | Promise<Response>,
  ): grpc.handleUnaryCall<Request, Response> {
    return async (call, callback) => {
      try {
        callback(null, await handle(call.request));
      } catch (error) {
        callback(failureOf(error, this.clean));
      }
    };
  }
}

const unimplemented = (method: string) => (): never => {
  throw new StatusError(grpc.status.UNIMPLEMENTED, `${method} is not implemented`);
};

const { Kind } = proto.PropertyDiff;
const KINDS = {
  add: { update: Kind.ADD, replace: Kind.ADD_REPLACE },
  delete: { update: Kind.DELETE, replace: Kind.DELETE_REPLACE },
  update: { update: Kind.UPDATE, replace: Kind.UPDATE_REPLACE },
};

function diffResponse(changes: readonly Change[], deleteBeforeReplace: boolean): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setHasdetaileddiff(true)
    .setDeletebeforereplace(deleteBeforeReplace)
    .setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList([...new Set(changes.map(({ path }) => String(path[0])))])
    .setReplacesList([
      ...new Set(changes.filter(({ replace }) => replace).map(({ path }) => String(path[0]))),
    ]);
  for (const change of changes) {
    const kind = KINDS[change.kind][change.replace ? "replace" : "update"];
    const detail = new proto.PropertyDiff().setKind(kind).setInputdiff(true);
    response.getDetaileddiffMap().set(changedProperty(change), detail);
  }
  return response;
}
