import type { Fault } from "../../faults";

/** Debian's own account at AWS (Debian wiki, "Cloud/AmazonEC2Image"). */
export const DEBIAN_OWNER = "136693071363";

export type Architecture = "amd64" | "arm64";

/** EC2's words for Debian's. */
const EC2_ARCHITECTURE: Readonly<Record<Architecture, string>> = { amd64: "x86_64", arm64: "arm64" };

/**
 * The architecture of an instance type, from its name (AWS, "Amazon EC2 instance type naming conventions"): the
 * letter g behind the generation's number means Graviton, as in t4g or c7gn; g4dn and g5 are something else.
 */
export function architectureOf(instanceType: string): Architecture {
  const [family = ""] = instanceType.split(".");
  return family === "a1" || /^[a-z-]+\d+[a-z]*g[a-z]*(-|$)/.test(family) ? "arm64" : "amd64";
}

/**
 * The public parameter of Parameter Store in which Debian keeps the id of a release's newest image. Debian fills it in
 * AWS's ordinary regions, not in China's.
 */
export function imageParameter(debian: 12 | 13, architecture: Architecture): string {
  return `/aws/service/debian/release/${debian}/latest/${architecture}`;
}

/** The name pattern of Debian's images for a release, such as `debian-13-arm64-*`. */
export function imageNamePattern(debian: 12 | 13, architecture: Architecture): string {
  return `debian-${debian}-${architecture}-*`;
}

const IMAGE_ID = /^ami-[0-9a-f]+$/;
/** `resolve:ssm:` and the name or the ARN of a parameter, which EC2 lets a version or a label follow (RequestLaunchTemplateData). */
const IMAGE_PARAMETER = /^resolve:ssm:([A-Za-z0-9_./:-]+)$/;

/** The parameter that an image is named by; undefined when it is named by its id. */
export function parameterOf(image: string): string | undefined {
  return IMAGE_PARAMETER.exec(image)?.[1];
}

/** Whether this is an image's id. */
export function isImageId(text: string): boolean {
  return IMAGE_ID.test(text);
}

/**
 * What is wrong with an image that was named.
 *
 * @param parameter whether a parameter that has the id may be named instead. Not for a single server: EC2 tells the id that
 *   came of it, which differs from what was asked for, so that every run would replace the server.
 */
export function imageFaults(image: string | undefined, { parameter }: { parameter: boolean }): Fault[] {
  if (image === undefined || isImageId(image) || (parameter && parameterOf(image) !== undefined)) {
    return [];
  }
  return [
    {
      path: "image",
      value: image,
      reason: `is not an image's id${parameter ? " and names no parameter" : ""}`,
      next: `Give an id such as ami-0123456789abcdef0${parameter ? ", or resolve:ssm:NAME" : ""}.`,
    },
  ];
}

/** What is wrong with an image that was looked up, for a server of this architecture. */
export function foundImageFaults(
  image: string,
  found: { architecture: string },
  architecture: Architecture,
): Fault[] {
  const wanted = EC2_ARCHITECTURE[architecture];
  if (found.architecture === wanted) {
    return [];
  }
  const reason = `is an image for ${found.architecture}, and the instance type's processor is ${wanted}`;
  return [
    {
      path: "image",
      value: image,
      reason,
      next: `Give an image for ${wanted}, or an instance type for ${found.architecture}.`,
    },
  ];
}
