/** What the package consists of, by the first two parts of a path (three where a scope is one): a new folder is added here. */
export const CONTENTS: readonly string[] = [
  "LICENSE",
  "README.md",
  "dist/cli",
  "dist/component-package",
  "dist/components",
  "dist/policy",
  "dist/provider",
  "node_modules/@pulumi/sendgrid",
  "package.json",
  "policy/PulumiPolicy.yaml",
  "policy/package.json",
  "pulumi-resource-sendgrid",
];

/** The folder of a packed file, as {@link CONTENTS} names it. */
export function folderOf(file: string): string {
  const depth = file.startsWith("node_modules/@") ? 3 : 2;
  return file.split("/").slice(0, depth).join("/");
}
