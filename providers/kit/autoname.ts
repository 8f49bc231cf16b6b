import { createHash, randomBytes } from "node:crypto";
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { decode, type Properties } from "./wire";

const { DISABLE } = CheckRequest.AutonamingOptions.Mode;

/**
 * Fills in a name that the program leaves out, as Pulumi's providers do: the one that the resource has already,
 * or one that the engine proposes, or the resource's logical name and seven hexadecimal digits. The engine asks
 * without the old inputs for a replacement, which so gets a name of its own beside the old one.
 */
export function withAutoName(
  property: string | undefined,
  given: Properties,
  request: CheckRequest,
): Properties {
  if (property === undefined || given.values[property] !== undefined) return given;
  const name = decode(request.getOlds()).values[property] ?? proposedName(request);
  return name === undefined ? given : { ...given, values: { ...given.values, [property]: name } };
}

function proposedName(request: CheckRequest): string | undefined {
  const autonaming = request.getAutonaming();
  if (autonaming?.getMode() === DISABLE) return undefined;
  return autonaming?.getProposedName() || `${request.getUrn().split("::").at(-1)}-${suffix(request)}`;
}

/** Seven hexadecimal digits, the same ones for the same seed: a plan's second check repeats the first. */
function suffix(request: CheckRequest): string {
  const seed = request.getRandomseed_asU8();
  const digits =
    seed.length > 0 ? createHash("sha256").update(seed).digest("hex") : randomBytes(4).toString("hex");
  return digits.slice(0, 7);
}
