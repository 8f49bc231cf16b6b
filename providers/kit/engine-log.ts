import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Messages to the person who runs Pulumi, shown at the resource that they are about. */
export interface EngineLog {
  /** What is going on right now: shown in the resource's status, replaced by the next, kept in no log. */
  progress(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** The way to the engine's log service. */
export interface EngineConnection {
  /** @param clean takes secrets out of a text */
  logFor(urn: string, clean: (text: string) => string): EngineLog;
  close(): void;
}

/**
 * Connects to the engine. Logging never fails an operation: where there is no engine, or it does not answer, the
 * messages are dropped.
 *
 * @param address host and port, as the engine gives it to a plugin as its first argument or in Attach
 */
export function connectToEngine(address: string | undefined): EngineConnection {
  const client = address ? new EngineClient(address, credentials.createInsecure()) : undefined;
  const send = (urn: string, severity: LogSeverity, message: string, ephemeral: boolean) => {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    client?.log(request, () => {});
  };
  return {
    logFor: (urn, clean) => ({
      progress: (message) => send(urn, LogSeverity.INFO, clean(message), true),
      info: (message) => send(urn, LogSeverity.INFO, clean(message), false),
      warn: (message) => send(urn, LogSeverity.WARNING, clean(message), false),
    }),
    close: () => client?.close(),
  };
}
