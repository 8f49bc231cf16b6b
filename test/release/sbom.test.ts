import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { projectRoot } from "../../engine/project-root";
import { bundlesOf, packagesIn } from "../../release/bundles";
import { shippedSbom } from "../../release/sbom";
import { type MadeRelease, madeRelease } from "./made-release";

// CycloneDX 1.5, what it demands and what is used here: https://cyclonedx.org/docs/1.5/json/
const Component = z.strictObject({
  "bom-ref": z.string(),
  type: z.enum(["library", "application"]),
  name: z.string().min(1),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  scope: z.enum(["required", "optional", "excluded"]).optional(),
  author: z.string().optional(),
  description: z.string().optional(),
  purl: z.string().startsWith("pkg:npm/").optional(),
  properties: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  externalReferences: z.array(z.strictObject({ type: z.string(), url: z.string() })),
  hashes: z
    .array(z.strictObject({ alg: z.literal("SHA-512"), content: z.string().regex(/^[0-9a-f]{128}$/) }))
    .optional(),
  licenses: z.array(z.looseObject({})).optional(),
});
const Bill = z.strictObject({
  $schema: z.literal("http://cyclonedx.org/schema/bom-1.5.schema.json"),
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.literal("1.5"),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
  version: z.literal(1),
  metadata: z.strictObject({
    timestamp: z.iso.datetime(),
    lifecycles: z.array(z.strictObject({ phase: z.literal("pre-build") })),
    tools: z.array(z.strictObject({ vendor: z.string(), name: z.string(), version: z.string() })),
    component: Component,
  }),
  components: z.array(Component),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

const root = projectRoot();
let release: MadeRelease;
let version: string;
let scripts: Record<string, string>;

beforeAll(async () => {
  release = await madeRelease("2026-11-24T12:00:00.000Z");
  const manifest: unknown = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  ({ version, scripts } = z
    .object({ version: z.string(), scripts: z.record(z.string(), z.string()) })
    .parse(manifest));
});
afterAll(() => release?.remove());

const bill = async (name: string) => Bill.parse(JSON.parse((await release.read(name)).toString()));
const names = () =>
  [
    [`pulumi-smarthost-${version}.cdx.json`, "pulumi-smarthost"],
    [`pulumi-resource-sendgrid-v${version}.cdx.json`, "pulumi-resource-sendgrid"],
    [`pulumi-resource-smarthost-v${version}.cdx.json`, "pulumi-resource-smarthost"],
  ] as const;

describe("the bills of materials", () => {
  it("are CycloneDX of what their file's name says, without loose ends", async () => {
    for (const [file, name] of names()) {
      const { metadata, components, dependencies } = await bill(file);
      expect(metadata.component).toMatchObject({ name, version, "bom-ref": `${name}@${version}` });
      const refs = [metadata.component, ...components].map((each) => each["bom-ref"]);
      expect(new Set(refs).size).toBe(refs.length);
      const mentioned = dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
      expect(mentioned.filter((ref) => !refs.includes(ref))).toEqual([]);
      expect(components.flatMap(({ properties }) => properties.map((each) => each.name))).not.toContain(
        "cdx:npm:package:development",
      );
    }
  });

  it("list every package whose code is in a bundle, with its checksum", async () => {
    const { components } = await bill(`pulumi-smarthost-${version}.cdx.json`);
    for (const bundle of bundlesOf(scripts)) {
      const packages = await packagesIn(bundle, root);
      expect(packages.size, bundle.outfile).toBeGreaterThan(0);
      const listed = components.filter((each) => packages.has(each["bom-ref"]));
      expect(listed).toHaveLength(packages.size);
      expect(listed.filter(({ hashes }) => hashes === undefined)).toEqual([]);
    }
  });

  it("know all bundles that the package has", async () => {
    expect(bundlesOf(scripts).map(({ outfile }) => outfile)).toEqual([
      "dist/provider/sendgrid.cjs",
      "dist/cli/smarthost.cjs",
      "dist/policy/index.cjs",
      "dist/component-package/smarthost.cjs",
    ]);
  });

  it("of a plug-in list what is in its bundle, and nothing else", async () => {
    for (const plugin of ["sendgrid", "smarthost"]) {
      const { components } = await bill(`pulumi-resource-${plugin}-v${version}.cdx.json`);
      const bundle = bundlesOf(scripts).find(
        ({ outfile }) => outfile.endsWith(`/${plugin}.cjs`) && !outfile.includes("/cli/"),
      );
      if (bundle === undefined) throw new Error(`no bundle of ${plugin}`);
      const packages = await packagesIn(bundle, root);
      expect(components.map((each) => each["bom-ref"]).toSorted()).toEqual([...packages].toSorted());
    }
  });
});

describe("a bill of materials", () => {
  const part = (name: string) => ({ "bom-ref": `${name}@1.0.0`, name });
  const whole = JSON.stringify({
    serialNumber: "urn:uuid:of-npm",
    metadata: { timestamp: "2026-01-01T00:00:00Z", component: { "bom-ref": "app@1.0.0", name: "folder" } },
    components: ["direct", "behind", "peer", "of-peer", "tool", "bundled"].map(part),
    dependencies: [
      { ref: "app@1.0.0", dependsOn: ["direct@1.0.0", "tool@1.0.0"] },
      { ref: "direct@1.0.0", dependsOn: ["behind@1.0.0", "peer@1.0.0"] },
      { ref: "behind@1.0.0", dependsOn: ["direct@1.0.0"] },
      { ref: "peer@1.0.0", dependsOn: ["of-peer@1.0.0"] },
    ],
  });
  const subject = { name: "app", version: "1.0.0", installed: ["direct@1.0.0"], peers: ["peer"] };

  it("has what npm installs with the package, and no peer and no tool of development", () => {
    const shipped = shippedSbom(
      whole,
      { ...subject, bundled: new Set(["bundled@1.0.0"]) },
      "2026-11-24T12:00:00Z",
    );
    const { components, dependencies } = z
      .object({ components: z.array(z.object({ name: z.string() })), dependencies: z.array(z.unknown()) })
      .parse(JSON.parse(shipped));
    expect(components.map(({ name }) => name)).toEqual(["direct", "behind", "bundled"]);
    expect(dependencies).toEqual([
      { ref: "app@1.0.0", dependsOn: ["direct@1.0.0"] },
      { ref: "direct@1.0.0", dependsOn: ["behind@1.0.0"] },
      { ref: "behind@1.0.0", dependsOn: ["direct@1.0.0"] },
    ]);
  });

  it("is refused where npm does not know a package that ships", () => {
    expect(() =>
      shippedSbom(whole, { ...subject, bundled: new Set(["other@2.0.0"]) }, "2026-11-24T12:00:00Z"),
    ).toThrow("package-lock.json has no other@2.0.0. Next: run `npm ci`.");
  });
});
