import * as z from "zod";
import { generateSdk } from "../../engine/generate-sdk";
import { packageSchema } from "../kit";
import { sendgridProvider } from "./provider";

/**
 * The files of the package @pulumi/sendgrid by their paths: what Pulumi's generator makes of the provider's
 * schema, and with it what makes the folder a package in place. Pulumi means the compiled `bin` to be published as
 * a package of its own, with a copy of package.json that the code reads its version from.
 */
export async function sdkFiles(onProgress?: (line: string) => void): Promise<Map<string, string>> {
  const files = new Map(await generateSdk({ schema: packageSchema(sendgridProvider()), onProgress }));
  const { name, version, description, keywords, license, peerDependencies, pulumi } = Manifest.parse(
    JSON.parse(files.get("package.json") ?? "{}"),
  );
  // Without the generator's devDependencies: the workspace is compiled by the project's own TypeScript.
  const manifest = { name, version, description, keywords, license, peerDependencies, pulumi };
  const entry = { main: "bin/index.js", types: "bin/index.d.ts", files: ["bin"] };
  files.set("package.json", json({ ...manifest, ...entry }));
  // The generated one is for TypeScript 4 and leaves package.json out.
  files.set(
    "tsconfig.json",
    json({
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
      include: ["**/*.ts", "package.json"],
      exclude: ["bin", "node_modules"],
    }),
  );
  return files;
}

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  keywords: z.array(z.string()),
  license: z.string(),
  peerDependencies: z.record(z.string(), z.string()),
  pulumi: z.object({ resource: z.literal(true), name: z.string(), version: z.string() }),
});

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
