import { type Preview, parsePreview } from "../../mail-resources/preview";

/** The engine's sign for a text that it can't know yet. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The engine's sign for a secret. */
export const SECRET_TEXT = "[secret]";

const PROGRAM = "urn:pulumi:production::shop";
const ROOT = `${PROGRAM}::pulumi:pulumi:Stack::shop-production`;
/** The component that declares the records. */
const MAIL_DNS = `${PROGRAM}::smarthost:index:MailDns::mail`;

type Properties = Record<string, unknown>;

/** A resource as the program declares it. */
export interface Declared {
  type: string;
  name: string;
  inputs: Properties;
  /** What the provider adds to the inputs. */
  outputs?: Properties;
  /** Undefined: it belongs to the stack. */
  parent?: string;
}

/** One step of `pulumi preview --json`. */
export interface Step {
  op: string;
  urn: string;
  [property: string]: unknown;
}

/** What a message of the program or the engine says. */
export interface Message {
  urn?: string;
  message: string;
  severity: string;
}

/** A record at Cloudflare that `MailDns` declares, as it is written by components/mail-dns/cloudflare.ts. */
export function cloudflareRecord(
  key: string,
  name: string,
  type: string,
  content: string,
  more: Properties = {},
): Declared {
  return {
    type: "cloudflare:index/dnsRecord:DnsRecord",
    name: `mail-${key}`,
    parent: MAIL_DNS,
    inputs: {
      zoneId: "023e105f4ecef8ad9ca31a8372d0c353",
      name,
      type,
      content: type === "TXT" && content !== UNKNOWN_TEXT ? `"${content}"` : content,
      ttl: 1,
      ...more,
    },
  };
}

/** A record set at Route 53 of a program of one's own. */
export function route53Record(name: string, type: string, records: unknown, more: Properties = {}): Declared {
  const inputs = { zoneId: "Z0123456789ABCDEFGHIJ", name, type, records, ttl: 300, ...more };
  return { type: "aws:route53/record:Record", name: `${name}-${type}`, inputs };
}

/** A resource of SendGrid's provider. */
export function sendgrid(kind: string, name: string, inputs: Properties, outputs?: Properties): Declared {
  return { type: `sendgrid:index:${kind}`, name, inputs, outputs };
}

export const create = (declared: Declared): Step => ({
  ...stepOf("create", declared),
  newState: stateOf(declared, false),
  detailedDiff: null,
});

export const remove = (declared: Declared): Step => ({
  ...stepOf("delete", declared),
  oldState: stateOf(declared, true),
  detailedDiff: null,
});

export const same = (declared: Declared): Step => ({
  ...stepOf("same", declared),
  oldState: stateOf(declared, true),
  newState: stateOf(declared, true),
  detailedDiff: null,
});

/** Takes a record over as it is, whatever the inputs say: `kept` is not looked at. */
export const adopt = (declared: Declared, kept: string[]): Step => ({
  ...stepOf("import", declared),
  newState: { ...stateOf(declared, false), importID: "zone/record", ignoreChanges: kept },
  detailedDiff: null,
});

/** The same resource with other inputs. */
export const update = (before: Declared, inputs: Properties): Step => changed("update", before, inputs);

export const replace = (before: Declared, inputs: Properties): Step => ({
  ...changed("replace", before, inputs),
  replaceReasons: Object.keys(inputs),
});

function changed(op: string, before: Declared, inputs: Properties): Step {
  const after = { ...before, inputs: { ...before.inputs, ...inputs } };
  return {
    ...stepOf(op, before),
    oldState: stateOf(before, true),
    newState: stateOf(after, op === "update"),
    diffReasons: Object.keys(inputs),
    detailedDiff: Object.fromEntries(
      Object.keys(inputs).map((key) => [
        key,
        { kind: op === "update" ? "update" : "update-replace", inputDiff: true },
      ]),
    ),
  };
}

function stepOf(op: string, { type, name, parent }: Declared): Step {
  const chain = parent === undefined ? "" : `${parent.split("::")[2]}$`;
  return {
    op,
    urn: `${PROGRAM}::${chain}${type}::${name}`,
    provider: "urn:pulumi:production::shop::provider",
  };
}

function stateOf(declared: Declared, isThere: boolean): Properties {
  const { type, inputs, outputs, parent = ROOT } = declared;
  const { urn, provider } = stepOf("", declared);
  return {
    ...{ urn, type, custom: true, inputs, parent, provider },
    ...(isThere && { id: `${declared.name}-id`, outputs: { ...inputs, ...outputs } }),
  };
}

/** What `pulumi preview --json` writes; `unseen` resources stay as they are and are not listed. */
export function previewJson(steps: Step[], diagnostics: Message[] = [], unseen = 0): string {
  const ops = [...steps.map(({ op }) => op), ...Array<string>(unseen).fill("same")];
  const changeSummary = Object.fromEntries(
    [...new Set(ops)].map((op) => [op, ops.filter((other) => other === op).length]),
  );
  return JSON.stringify({ config: {}, steps, diagnostics, duration: 1, changeSummary });
}

/** A preview of these steps, read as the engine's text is. */
export function previewOf(steps: Step[], diagnostics: Message[] = [], unseen = 0): Preview {
  return parsePreview(previewJson(steps, diagnostics, unseen));
}
