import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A provider that listens on 127.0.0.1. */
export interface AnyProvider {
  port: number;
  close(): Promise<void>;
}

/**
 * A substitute for any provider: it takes every resource of every type as it is given, and makes nothing of it. It
 * lets the engine show a policy pack resources that real providers have and the sandbox's do not. It does not show
 * what a real provider makes of the inputs before the policies see them.
 */
export async function startAnyProvider(): Promise<AnyProvider> {
  const server = new grpc.Server();
  let made = 0;
  server.addService(ResourceProviderService, {
    handshake: unary(() => new proto.ProviderHandshakeResponse().setAcceptSecrets(true)),
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => new PluginInfo().setVersion("1.0.0")),
    checkConfig: unary((request: proto.CheckRequest) =>
      new proto.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(() => new proto.DiffResponse()),
    configure: unary(() => new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    check: unary((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diff: unary(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    create: unary((request: proto.CreateRequest) => {
      made += 1;
      const id = request.getPreview() ? "" : `any-${made}`;
      return new proto.CreateResponse().setId(id).setProperties(request.getProperties());
    }),
    delete: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    close: () =>
      new Promise((resolve, reject) => server.tryShutdown((error) => (error ? reject(error) : resolve()))),
  };
}

function unary<Request, Response>(answer: (request: Request) => Response) {
  return ({ request }: { request: Request }, callback: grpc.sendUnaryData<Response>) => {
    callback(null, answer(request));
  };
}
