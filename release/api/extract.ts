import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import * as z from "zod";
import { type PackageSchema, packageSchema } from "../../providers/kit";
import { sendgridProvider } from "../../providers/sendgrid/provider";

/** The entry points of the package, by their names in reports. */
export const ENTRY_POINTS = { index: ".", sendgrid: "./sendgrid", "mail-dns": "./mail-dns" } as const;

/** The files with the schemas of the SendGrid provider and of the component package. */
export const SCHEMA_FILES = {
  sendgrid: "sendgrid.schema.json",
  components: "smarthost.schema.json",
} as const;

/**
 * What the package offers to programs, as files to compare: a report of each entry point's types by API Extractor,
 * and the schemas of the SendGrid provider and the component package without descriptions, version and
 * place of download, which change nothing for a program.
 *
 * @param root the project as it was built
 * @returns the content of each file by its name
 * @throws Error with API Extractor's messages
 */
export async function publicApi(root: string): Promise<Map<string, string>> {
  const scratch = await mkdtemp(join(tmpdir(), "smarthost-api-"));
  try {
    const files = new Map<string, string>();
    for (const name of Object.keys(ENTRY_POINTS)) {
      extract(root, name, scratch);
      files.set(`${name}.api.md`, await readFile(join(scratch, `${name}.api.md`), "utf8"));
    }
    files.set(SCHEMA_FILES.sendgrid, schemaText(packageSchema(sendgridProvider())));
    const components = join(root, "dist", "component-package", "schema.json");
    files.set(
      SCHEMA_FILES.components,
      schemaText(z.looseObject({}).parse(JSON.parse(await readFile(components, "utf8")))),
    );
    return files;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function extract(root: string, name: string, folder: string): void {
  const entry = join(root, "dist", "components", `${name}.d.ts`);
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: entry,
      // It travels inside the package, so its types are the package's.
      bundledPackages: ["@pulumi/sendgrid"],
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2023",
            lib: ["es2023"],
            module: "commonjs",
            moduleResolution: "bundler",
            types: ["node"],
            strict: true,
            skipLibCheck: true,
          },
          files: [entry],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: folder,
        reportTempFolder: join(folder, "temp"),
        // A type that an exported one mentions is part of what programs see.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  const errors: string[] = [];
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === "error") errors.push(message.text);
    },
  });
  if (!succeeded || errors.length > 0) {
    throw new Error(`${entry}: ${errors.join("; ")}. Next: run \`npm run build\`, and mend what it names.`);
  }
}

function schemaText({ version, pluginDownloadURL, ...schema }: PackageSchema): string {
  return `${JSON.stringify(schema, withoutProse, 2)}\n`;
}

function withoutProse(key: string, value: unknown): unknown {
  return key === "description" && typeof value === "string" ? undefined : value;
}
