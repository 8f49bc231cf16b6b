import { z } from "zod";
import { parseJson } from "./json";
import { nameOfUrn, parseResource, type Resource, resourceSchema, stackOfUrn, typeOfUrn } from "./resource";
import { UNKNOWN } from "./value";

/**
 * What the update does with a resource: `create`, `update`, `replace`, `delete`, `import`, `import-replacement`, `same`,
 * `read`, `refresh` and others of the engine's words, which may be any. A replacement is one change, in whatever order it is made.
 */
export type Operation =
  | "create"
  | "update"
  | "replace"
  | "delete"
  | "import"
  | "same"
  | "read"
  | (string & {});

/** What the update does with one resource. */
export interface ResourceChange {
  operation: Operation;
  urn: string;
  type: string;
  name: string;
  /** Undefined for what is made. */
  before?: Resource;
  /** Undefined for what is deleted. */
  after?: Resource;
  /** Properties that make a replacement necessary, such as `subdomain`. */
  replaceReasons: string[];
  /** Property paths that change, such as `tags.Name`. */
  changed: string[];
}

/** What the program, a provider or the engine said while the preview ran. */
export interface Diagnostic {
  urn?: string;
  severity: "error" | "warning" | "info";
  /** Without the word of its severity in front; may have several lines. */
  message: string;
}

/** A preview of any stack. */
export interface Preview {
  /** Undefined for an empty preview. */
  stack?: string;
  changes: ResourceChange[];
  /** Each message once. */
  diagnostics: Diagnostic[];
  /** Resources that stay as they are and are not among `changes`; 0 with `pulumi preview --json --show-sames`. */
  unseen: number;
}

const stepSchema = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: resourceSchema.nullish(),
  newState: resourceSchema.extend({ ignoreChanges: z.array(z.string()).nullish() }).nullish(),
  diffReasons: z.array(z.string()).nullish(),
  replaceReasons: z.array(z.string()).nullish(),
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
});

const previewSchema = z.object({
  steps: z.array(stepSchema).nullish(),
  diagnostics: z
    .array(
      z.object({
        urn: z.string().optional(),
        message: z.string().default(""),
        severity: z.string().default("info"),
      }),
    )
    .nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
});

type Step = z.infer<typeof stepSchema>;

/**
 * Reads what `pulumi preview --json` writes, of a preview that was refused too.
 *
 * @throws SyntaxError where the text is no such preview
 */
export function parsePreview(text: string): Preview {
  const parsed = previewSchema
    .refine((it) => it.steps || it.diagnostics || it.changeSummary, "has neither steps nor diagnostics")
    .safeParse(parseJson(text));
  if (!parsed.success) {
    throw new SyntaxError(`not what \`pulumi preview --json\` writes: ${z.prettifyError(parsed.error)}`);
  }
  const { steps, diagnostics, changeSummary } = parsed.data;
  const replaced = new Set((steps ?? []).filter(({ op }) => op === "replace").map(({ urn }) => urn));
  // With `--show-replacement-steps` a replacement has three steps; the one that says `replace` has both states.
  const isPart = ({ op, urn }: Step) =>
    (op === "create-replacement" || op === "delete-replaced") && replaced.has(urn);
  const changes = (steps ?? []).filter((step) => !isPart(step)).map(changeOf);
  const same = changes.filter(({ operation }) => operation === "same").length;
  return {
    stack: changes.map(({ urn }) => stackOfUrn(urn)).find((name) => name !== undefined),
    changes,
    diagnostics: distinct((diagnostics ?? []).flatMap(diagnosticOf)),
    unseen: Math.max(0, (changeSummary?.same ?? 0) - same),
  };
}

function changeOf({
  op,
  urn,
  oldState,
  newState,
  diffReasons,
  replaceReasons,
  detailedDiff,
}: Step): ResourceChange {
  const reasons = [...(replaceReasons ?? [])];
  const paths = Object.keys(detailedDiff ?? {});
  return {
    operation: OPERATIONS.get(op) ?? op,
    urn,
    type: newState?.type ?? oldState?.type ?? typeOfUrn(urn),
    name: nameOfUrn(urn),
    before: oldState && op !== "create" && op !== "import" ? parseResource(oldState) : undefined,
    after: newState && !DELETIONS.has(op) ? afterOf(op, newState) : undefined,
    replaceReasons: reasons,
    changed: paths.length > 0 ? paths : [...(diffReasons ?? [])],
  };
}

/**
 * What is imported with `ignoreChanges` stays as it is in these properties, whatever the program gives; the preview does
 * not show it.
 */
function afterOf(op: string, state: NonNullable<Step["newState"]>): Resource {
  const resource = parseResource(state);
  const kept = IMPORTS.has(op) ? (state.ignoreChanges ?? []) : [];
  const unknown = kept
    .filter((property) => property in resource.inputs)
    .map((property) => [property, UNKNOWN]);
  return { ...resource, inputs: { ...resource.inputs, ...Object.fromEntries(unknown) } };
}

const IMPORTS: ReadonlySet<string> = new Set(["import", "import-replacement"]);
/** Other words of the engine for the same change. */
const OPERATIONS = new Map([
  ["create-replacement", "replace"],
  ["delete-replaced", "delete"],
  ["read-replacement", "read"],
]);
const DELETIONS: ReadonlySet<string> = new Set(["delete", "delete-replaced", "discard", "discard-replaced"]);

const SEVERITIES = new Map<string, Diagnostic["severity"]>([
  ["error", "error"],
  ["warning", "warning"],
  ["info", "info"],
  ["info#err", "info"],
]);

function diagnosticOf({
  urn,
  message,
  severity,
}: {
  urn?: string;
  message: string;
  severity: string;
}): Diagnostic[] {
  const known = SEVERITIES.get(severity);
  const text = message.replace(/^(error|warning|info): /, "").trim();
  // `debug` is for the engine's authors.
  return known === undefined || text === ""
    ? []
    : [{ urn: urn || undefined, severity: known, message: text }];
}

function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [JSON.stringify(each), each])).values()];
}
