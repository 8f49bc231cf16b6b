import { Metadata } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { z } from "zod";

const Failure = z.object({
  details: z.string(),
  metadata: z.instanceof(Metadata),
});

/** What the engine keeps of a create or an update that failed half-way, undefined where it keeps nothing. */
export async function keptOf(failing: Promise<unknown>) {
  const failure = await failing.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => Failure.parse(error),
  );
  const [bytes] = failure.metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Uint8Array)) return { details: failure.details, kept: undefined };
  const [detail] = Status.deserializeBinary(bytes).getDetailsList();
  const kept = ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
  const state: Record<string, unknown> = kept.getProperties()?.toJavaScript() ?? {};
  const inputs: Record<string, unknown> = kept.getInputs()?.toJavaScript() ?? {};
  return { details: failure.details, kept: { id: kept.getId(), inputs, state } };
}
