/** A platform that the engine asks a plug-in for: Go's names, as they stand in an archive's name. */
export interface Target {
  os: "linux" | "darwin" | "windows";
  arch: "amd64" | "arm64";
}

/** The platforms that Pulumi's engine runs on (sdk/go/common/workspace/plugins.go, `Download`). */
export const TARGETS: readonly Target[] = (["linux", "darwin", "windows"] as const).flatMap((os) =>
  (["amd64", "arm64"] as const).map((arch) => ({ os, arch })),
);

/** The name under which the engine looks for an archive, at a server and among a GitHub release's files. */
export function archiveName(plugin: string, version: string, { os, arch }: Target): string {
  return `pulumi-resource-${plugin}-v${version}-${os}-${arch}.tar.gz`;
}
