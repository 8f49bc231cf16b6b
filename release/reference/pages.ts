import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { referencePages } from "../../engine/reference-page";
import { packageSchema } from "../../providers/kit";
import { sendgridProvider } from "../../providers/sendgrid/provider";
import { ComponentSchema, componentsPage, nameOf } from "./components-page";
import { indexPage } from "./index-page";
import { readTypes } from "./read-types";
import { listedNames, typesPage } from "./types-page";

/** The folder of the reference, all of which is generated, from the project's. */
export const REFERENCE_FOLDER = join("docs", "reference");

/**
 * The pages of the reference by their names: of the entry points' types, of the SendGrid provider's schema and of the
 * component package's, and README.md, which lists all names.
 *
 * @param root the project as it was built
 * @throws Error where it was not built
 */
export async function referenceOf(root: string): Promise<Map<string, string>> {
  const types = join(root, "dist", "components");
  const main = readTypes(join(types, "index.d.ts"), types);
  const mailDns = readTypes(join(types, "mail-dns.d.ts"), types);
  const provider = packageSchema(sendgridProvider());
  const schema = await readFile(join(root, "dist", "component-package", "schema.json"), "utf8");
  const components = ComponentSchema.parse(JSON.parse(schema));

  const pages = new Map([
    ["smarthost.md", typesPage("pulumi-smarthost", main)],
    ["mail-dns.md", typesPage("pulumi-smarthost/mail-dns", mailDns)],
    ["component-package.md", componentsPage(components)],
    ...referencePages(provider),
  ]);
  const index = indexPage(
    [
      { file: "smarthost.md", title: "pulumi-smarthost", names: listedNames(main) },
      { file: "mail-dns.md", title: "pulumi-smarthost/mail-dns", names: listedNames(mailDns) },
      { file: "sendgrid.md", title: "pulumi-smarthost/sendgrid", names: tokensOf(Named.parse(provider)) },
      {
        file: "component-package.md",
        title: "The component package, for other languages",
        names: tokensOf({ resources: components.resources, functions: {} }),
      },
    ],
    pages,
  );
  return pages.set("README.md", index);
}

const Described = z.record(z.string(), z.object({ description: z.string().default("") }));
const Named = z.object({ resources: Described, functions: Described });

function tokensOf({ resources, functions }: z.output<typeof Named>): [string, string][] {
  return Object.entries({ ...resources, ...functions }).map(([token, { description }]) => [
    nameOf(token),
    description,
  ]);
}
