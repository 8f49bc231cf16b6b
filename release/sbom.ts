import { createHash } from "node:crypto";
import * as z from "zod";

const Component = z.looseObject({
  "bom-ref": z.string(),
  scope: z.string().optional(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
});
const Dependency = z.object({ ref: z.string(), dependsOn: z.array(z.string()).default([]) });

/** What `npm sbom --sbom-format cyclonedx` writes, as far as it is read here. */
const Sbom = z.looseObject({
  serialNumber: z.string().optional(),
  metadata: z.looseObject({ timestamp: z.string().optional(), component: Component }),
  components: z.array(Component),
  dependencies: z.array(Dependency),
});
type Sbom = z.output<typeof Sbom>;

/** What one file of a release is, and holds. */
export interface Shipped {
  /** `pulumi-smarthost` for the npm package, or a plug-in's name. */
  name: string;
  version: string;
  /** `name@version` of packages in bundles. */
  bundled: ReadonlySet<string>;
  /** Packages that npm installs beside the file; what these need is added. */
  installed: readonly string[];
  /** Names of peers: the consumer chooses their versions, so they are no part of what is shipped. */
  peers: readonly string[];
}

/**
 * npm's bill of materials of the whole tree, cut to what a release ships. Its serial number follows from the content,
 * and its time is the commit's, so that a rebuild gives the same bytes.
 *
 * @param text what npm wrote, in CycloneDX's JSON
 * @param time ISO 8601
 * @throws Error that names packages which ship and are not in npm's list
 */
export function shippedSbom(
  text: string,
  { name, version, bundled, installed, peers }: Shipped,
  time: string,
): string {
  const sbom = Sbom.parse(JSON.parse(text));
  const kept = new Set([...bundled, ...closure(installed, sbom.dependencies, peers)]);
  const missing = [...kept].filter((ref) => !sbom.components.some((each) => each["bom-ref"] === ref));
  if (missing.length > 0) {
    throw new Error(`package-lock.json has no ${missing.join(", ")}. Next: run \`npm ci\`.`);
  }
  const { "bom-ref": root, purl, ...project } = sbom.metadata.component;
  const subject = `${name}@${version}`;
  // npm names it by its folder. A plug-in is on no registry, so it has no package URL.
  const component = { ...project, "bom-ref": subject, name, ...(root === subject && { purl }) };
  const content: Sbom = {
    ...sbom,
    metadata: { ...sbom.metadata, timestamp: time, component },
    components: sbom.components.filter((each) => kept.has(each["bom-ref"])).map(withoutDevelopment),
    dependencies: sbom.dependencies
      .filter(({ ref }) => ref === root || kept.has(ref))
      .map(({ ref, dependsOn }) => ({
        ref: ref === root ? subject : ref,
        dependsOn: dependsOn.filter((each) => kept.has(each)),
      })),
  };
  delete content.serialNumber;
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return `${JSON.stringify({ ...content, serialNumber: `urn:uuid:${uuid(hash)}` }, null, 2)}\n`;
}

function closure(
  names: readonly string[],
  dependencies: Sbom["dependencies"],
  peers: readonly string[],
): Set<string> {
  const reached = new Set<string>();
  const visit = (ref: string) => {
    if (reached.has(ref) || peers.includes(ref.slice(0, ref.lastIndexOf("@")))) return;
    reached.add(ref);
    for (const next of dependencies.find((each) => each.ref === ref)?.dependsOn ?? []) visit(next);
  };
  names.forEach(visit);
  return reached;
}

/** What is bundled is no tool of development any more, whatever package.json calls it. */
function withoutDevelopment(component: z.output<typeof Component>): z.output<typeof Component> {
  const { properties = [] } = component;
  return {
    ...component,
    properties: properties.filter(({ name }) => name !== "cdx:npm:package:development"),
  };
}

/** A UUID of version 8 (RFC 9562, section 5.8) from a hash. */
function uuid(hash: string): string {
  const digits = `${hash.slice(0, 12)}8${hash.slice(13, 16)}a${hash.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
