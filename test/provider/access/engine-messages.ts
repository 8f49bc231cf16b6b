import { Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A substitute for the engine's log: it keeps what a provider says. */
export async function startEngineLog() {
  const requests: LogRequest[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: (call: { request: LogRequest }, callback: (error: null, answer: Empty) => void) => {
      requests.push(call.request);
      callback(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const messages = (severity: number) =>
    requests.filter((each) => each.getSeverity() === severity).map((each) => each.getMessage());
  return {
    address: `127.0.0.1:${port}`,
    warnings: () => messages(LogSeverity.WARNING),
    notes: () => messages(LogSeverity.INFO),
    close: () => server.forceShutdown(),
  };
}
