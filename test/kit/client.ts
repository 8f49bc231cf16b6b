import { credentials, type ServiceError } from "@grpc/grpc-js";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** The engine's marks, as it puts them on the wire. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
export const output = (value?: unknown, isSecret = false) => ({
  [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  ...(value === undefined ? {} : { value }),
  secret: isSecret,
});

type Values = Record<string, unknown>;
const struct = (values: Values) => Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));
const values = (message: Struct | undefined): Values => message?.toJavaScript() ?? {};

export interface Failure {
  property: string;
  reason: string;
}

/** A Pulumi engine's side of the provider protocol, for one provider. */
export interface ProviderClient {
  checkConfig(settings: Values): Promise<{ inputs: Values; failures: Failure[] }>;
  diffConfig(before: Values, after: Values): Promise<Difference>;
  configure(settings: Values): Promise<void>;
  /** `olds` are the inputs that the resource has. */
  check(type: string, inputs: Values, olds?: Values): Promise<{ inputs: Values; failures: Failure[] }>;
  /** `state` are the old outputs; the old inputs where not given. */
  diff(
    type: string,
    before: Values,
    after: Values,
    ignoreChanges?: string[],
    state?: Values,
    id?: string,
  ): Promise<Difference>;
  create(
    type: string,
    inputs: Values,
    options?: { preview?: boolean; timeout?: number },
  ): Promise<{ id: string; properties: Values }>;
  read(
    type: string,
    id: string,
    inputs?: Values,
    state?: Values,
  ): Promise<{ id: string; inputs: Values; properties: Values }>;
  update(
    type: string,
    id: string,
    before: { inputs: Values; state: Values },
    inputs: Values,
    options?: { preview?: boolean },
  ): Promise<Values>;
  delete(type: string, id: string, inputs?: Values, state?: Values): Promise<void>;
  invoke(token: string, args: Values): Promise<{ result: Values; failures: Failure[] }>;
  schema(): Promise<unknown>;
  version(): Promise<string>;
  attach(engineAddress: string): Promise<void>;
  cancel(): Promise<void>;
  close(): void;
}

export interface Difference {
  changes: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** Property path to `add`, `update-replace` and the like. */
  detailed: Record<string, string>;
}

const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** Speaks the provider protocol to a port on this machine with the generated client of the Pulumi SDK. */
export function connect(port: number): ProviderClient {
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const call = <Request, Response>(
    method: (request: Request, done: (error: ServiceError | null, response: Response) => void) => unknown,
    request: Request,
  ) =>
    new Promise<Response>((resolve, reject) => {
      method.call(client, request, (error, response) => (error ? reject(error) : resolve(response)));
    });
  const urn = (type: string) => `urn:pulumi:dev::project::parent:index:Parent$${type}::it`;
  const checked = (response: proto.CheckResponse) => ({
    inputs: values(response.getInputs()),
    failures: response
      .getFailuresList()
      .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
  });
  const difference = (response: proto.DiffResponse): Difference => {
    const detailed: Record<string, string> = {};
    response.getDetaileddiffMap().forEach((detail, path) => {
      detailed[path] = KINDS[detail.getKind()] ?? "";
    });
    return {
      changes: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      detailed,
    };
  };
  return {
    checkConfig: async (settings) =>
      checked(
        await call<proto.CheckRequest, proto.CheckResponse>(
          client.checkConfig,
          new proto.CheckRequest().setNews(struct(settings)),
        ),
      ),
    diffConfig: async (before, after) =>
      difference(
        await call<proto.DiffRequest, proto.DiffResponse>(
          client.diffConfig,
          new proto.DiffRequest().setOldInputs(struct(before)).setOlds(struct(before)).setNews(struct(after)),
        ),
      ),
    configure: async (settings) => {
      await call<proto.ConfigureRequest, proto.ConfigureResponse>(
        client.configure,
        new proto.ConfigureRequest().setArgs(struct(settings)).setAcceptsecrets(true),
      );
    },
    check: async (type, inputs, olds = {}) =>
      checked(
        await call<proto.CheckRequest, proto.CheckResponse>(
          client.check,
          new proto.CheckRequest().setUrn(urn(type)).setOlds(struct(olds)).setNews(struct(inputs)),
        ),
      ),
    diff: async (type, before, after, ignoreChanges = [], state = before, id = "") =>
      difference(
        await call<proto.DiffRequest, proto.DiffResponse>(
          client.diff,
          new proto.DiffRequest()
            .setUrn(urn(type))
            .setId(id)
            .setOldInputs(struct(before))
            .setOlds(struct(state))
            .setNews(struct(after))
            .setIgnorechangesList(ignoreChanges),
        ),
      ),
    create: async (type, inputs, { preview = false, timeout = 0 } = {}) => {
      const response = await call<proto.CreateRequest, proto.CreateResponse>(
        client.create,
        new proto.CreateRequest()
          .setUrn(urn(type))
          .setProperties(struct(inputs))
          .setPreview(preview)
          .setTimeout(timeout),
      );
      return { id: response.getId(), properties: values(response.getProperties()) };
    },
    read: async (type, id, inputs = {}, state = {}) => {
      const response = await call<proto.ReadRequest, proto.ReadResponse>(
        client.read,
        new proto.ReadRequest()
          .setUrn(urn(type))
          .setId(id)
          .setInputs(struct(inputs))
          .setProperties(struct(state)),
      );
      return {
        id: response.getId(),
        inputs: values(response.getInputs()),
        properties: values(response.getProperties()),
      };
    },
    update: async (type, id, before, inputs, { preview = false } = {}) => {
      const response = await call<proto.UpdateRequest, proto.UpdateResponse>(
        client.update,
        new proto.UpdateRequest()
          .setUrn(urn(type))
          .setId(id)
          .setOldInputs(struct(before.inputs))
          .setOlds(struct(before.state))
          .setNews(struct(inputs))
          .setPreview(preview),
      );
      return values(response.getProperties());
    },
    delete: async (type, id, inputs = {}, state = inputs) => {
      const request = new proto.DeleteRequest()
        .setUrn(urn(type))
        .setId(id)
        .setOldInputs(struct(inputs))
        .setProperties(struct(state));
      await call(client.delete, request);
    },
    invoke: async (token, args) => {
      const response = await call<proto.InvokeRequest, proto.InvokeResponse>(
        client.invoke,
        new proto.InvokeRequest().setTok(token).setArgs(struct(args)),
      );
      return {
        result: values(response.getReturn()),
        failures: response
          .getFailuresList()
          .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
      };
    },
    schema: async () =>
      JSON.parse(
        (
          await call<proto.GetSchemaRequest, proto.GetSchemaResponse>(
            client.getSchema,
            new proto.GetSchemaRequest(),
          )
        ).getSchema(),
      ),
    version: () =>
      new Promise((resolve, reject) => {
        client.getPluginInfo(new Empty(), (error, info) =>
          error ? reject(error) : resolve(info.getVersion()),
        );
      }),
    attach: async (engineAddress) => {
      await new Promise<void>((resolve, reject) => {
        client.attach(new PluginAttach().setAddress(engineAddress), (error) =>
          error ? reject(error) : resolve(),
        );
      });
    },
    cancel: () =>
      new Promise((resolve, reject) => {
        client.cancel(new Empty(), (error) => (error ? reject(error) : resolve()));
      }),
    close: () => client.close(),
  };
}
