import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { messageOf, StatusError } from "./errors";
import { IncompleteState } from "./lifecycle";
import { encode } from "./wire";

/**
 * The gRPC status that tells the engine of an error.
 *
 * @param clean takes secrets out of a text
 */
export function failureOf(error: unknown, clean: (text: string) => string): Partial<grpc.StatusObject> {
  const details = clean(messageOf(error));
  if (error instanceof IncompleteState)
    return { code: grpc.status.UNKNOWN, details, metadata: incompleteDetail(error, details, clean) };
  if (error instanceof StatusError) return { code: error.code, details };
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const reason = "not finished in time: raise the resource option customTimeouts, or see what holds it up";
    return { code: grpc.status.DEADLINE_EXCEEDED, details: reason };
  }
  return { code: grpc.status.UNKNOWN, details };
}

/** The detail by which the engine keeps an incomplete resource: a google.rpc.Status in the trailing metadata. */
function incompleteDetail(
  { incomplete, inputs, state }: IncompleteState,
  message: string,
  clean: (text: string) => string,
): grpc.Metadata {
  const detail = new ErrorResourceInitFailed()
    .setId(incomplete.id)
    .setInputs(encode(inputs))
    .setProperties(encode(state))
    .setReasonsList(incomplete.reasons.map(clean));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
