/** Debian's own account at AWS (Debian wiki, "Cloud/AmazonEC2Image"). */
export const DEBIAN_OWNER = "136693071363";

export type Architecture = "amd64" | "arm64";

/**
 * The architecture of an instance type, from its name (AWS, "Amazon EC2 instance type naming conventions"): the
 * letter g behind the generation's number means Graviton, as in t4g or c7gn; g4dn and g5 are something else.
 */
export function architectureOf(instanceType: string): Architecture {
  const [family = ""] = instanceType.split(".");
  return family === "a1" || /^[a-z-]+\d+[a-z]*g[a-z]*(-|$)/.test(family) ? "arm64" : "amd64";
}

/** The name pattern of Debian's images for a release, such as `debian-13-arm64-*`. */
export function imageNamePattern(debian: 12 | 13, architecture: Architecture): string {
  return `debian-${debian}-${architecture}-*`;
}
