import * as z from "zod";

/**
 * The generated package as a workspace of this repository. Pulumi's generator makes a package to be published
 * from its compiled folder; as a workspace it is compiled in place by the repository's TypeScript, and packed
 * with its compiled files.
 */
export function asWorkspace(generated: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([
    ...generated,
    ["package.json", json(packageManifest(generated.get("package.json") ?? ""))],
    ["tsconfig.json", json(compilerSettings)],
  ]);
}

function packageManifest(generated: string): object {
  // The generator's own compiler and its versions are left out: the repository's compiler is used.
  const { scripts, devDependencies, ...manifest } = z.looseObject({}).parse(JSON.parse(generated));
  return { ...manifest, main: "bin/index.js", types: "bin/index.d.ts", files: ["bin"] };
}

const compilerSettings = {
  compilerOptions: {
    target: "es2020",
    module: "commonjs",
    moduleResolution: "bundler",
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    resolveJsonModule: true,
    declaration: true,
    sourceMap: false,
    stripInternal: true,
    rootDir: ".",
    outDir: "bin",
  },
  // The compiled code requires ./package.json for its version.
  include: ["**/*.ts", "package.json"],
  exclude: ["bin", "node_modules"],
};

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
