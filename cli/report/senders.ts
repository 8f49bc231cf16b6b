import type { Preview, ResourceChange } from "../../mail-resources/preview";
import { SECRET, sameValue, showValue, textOf, type Value } from "../../mail-resources/value";
import { compareText } from "./compare-text";
import type { ReportFinding, SenderReport } from "./report";
import { keyMeaning } from "./senders/keys";
import {
  identityMeaning,
  linkMeaning,
  subuserMeaning,
  validationMeaning,
  verifiedSenderMeaning,
} from "./senders/meanings";

/** What changes at SendGrid, and what is to be said about it. */
export interface SenderReports {
  senders: SenderReport[];
  findings: ReportFinding[];
}

/** What a change of one thing at SendGrid means for mail. */
export type Meaning = (change: ResourceChange, how: SenderReport["change"]) => SenderOutcome;

export interface SenderOutcome {
  /** Sentences. */
  meaning?: string;
  /** `subject` and `urn` are set where they are left out. */
  findings?: ReportFinding[];
}

interface SenderKind {
  kind: SenderReport["kind"];
  /** The properties that people know it by; the first that is known. */
  names: string[];
  /** What is compared, and its words. */
  compared: readonly (readonly [property: string, words: string])[];
  meaning: Meaning;
}

const IDENTITY = [
  ["domain", "domain"],
  ["subdomain", "subdomain"],
  ["automaticSecurity", "SendGrid keeps SPF and keys"],
  ["customDkimSelector", "DKIM selector"],
  ["region", "region"],
  ["isDefault", "default of the account"],
  ["customSpf", "custom SPF"],
  ["ips", "IP addresses"],
  ["username", "subuser"],
] as const;

const KINDS: ReadonlyMap<string, SenderKind> = new Map<string, SenderKind>([
  [
    "sendgrid:index:DomainAuthentication",
    { kind: "domain", names: ["domain"], compared: IDENTITY, meaning: identityMeaning },
  ],
  [
    "sendgrid:index:LinkBranding",
    { kind: "links", names: ["domain"], compared: IDENTITY, meaning: linkMeaning },
  ],
  [
    "sendgrid:index:DomainValidation",
    {
      kind: "validation",
      names: [],
      compared: [["timeoutSeconds", "time limit in seconds"]],
      meaning: validationMeaning,
    },
  ],
  [
    "sendgrid:index:ApiKey",
    {
      kind: "API key",
      names: ["name"],
      compared: [
        ["name", "name"],
        ["scopes", "scopes"],
        ["gracePeriodSeconds", "grace period in seconds"],
      ],
      meaning: keyMeaning,
    },
  ],
  [
    "sendgrid:index:VerifiedSender",
    {
      kind: "single sender",
      names: ["fromEmail"],
      compared: [
        ["fromEmail", "address"],
        ["fromName", "name"],
        ["replyTo", "answers go to"],
      ],
      meaning: verifiedSenderMeaning,
    },
  ],
  [
    "sendgrid:index:Subuser",
    {
      kind: "subuser",
      names: ["username"],
      compared: [
        ["username", "name"],
        ["ips", "IP addresses"],
        ["disabled", "disabled"],
      ],
      meaning: subuserMeaning,
    },
  ],
  [
    "sendgrid:index:ReverseDns",
    {
      kind: "address",
      names: ["ip"],
      compared: [
        ["ip", "address"],
        ["domain", "domain"],
        ["subdomain", "subdomain"],
      ],
      meaning: () => ({}),
    },
  ],
]);

/** What an update does to identities, keys and senders at SendGrid. What stays as it is is left out. */
export function senderReports({ changes }: Preview): SenderReports {
  const order = [...KINDS.keys()];
  const all = changes
    .toSorted(
      (one, other) => order.indexOf(one.type) - order.indexOf(other.type) || compareText(one.urn, other.urn),
    )
    .flatMap((change) => {
      const kind = KINDS.get(change.type);
      return kind ? reportOf(change, kind) : [];
    });
  return { senders: all.map(({ sender }) => sender), findings: all.flatMap(({ findings }) => findings) };
}

function reportOf(
  change: ResourceChange,
  { kind, names, compared, meaning }: SenderKind,
): { sender: SenderReport; findings: ReportFinding[] }[] {
  const how = howOf(change);
  if (how === undefined) {
    return [];
  }
  const { urn } = change;
  const details = compared.flatMap(([property, what]) => detailOf(what, property, change));
  const outcome = meaning(change, how);
  if (
    how === "changed" &&
    details.length === 0 &&
    outcome.meaning === undefined &&
    !outcome.findings?.length
  ) {
    return [];
  }
  const name = nameOf(change, names);
  return [
    {
      sender: { kind, name, change: how, urn, details, meaning: outcome.meaning ?? "" },
      findings: (outcome.findings ?? []).map((finding) => ({ urn, subject: name, ...finding })),
    },
  ];
}

function howOf({ operation, type, changed }: ResourceChange): SenderReport["change"] | undefined {
  switch (operation) {
    case "create":
      return "added";
    case "update":
      return "changed";
    case "delete":
      return "removed";
    case "import":
    case "import-replacement":
      return "adopted";
    case "replace":
      return type === "sendgrid:index:ApiKey" && changed.some((path) => path.startsWith("triggers"))
        ? "rotated"
        : "replaced";
    default:
      return undefined;
  }
}

function nameOf({ before, after, name }: ResourceChange, names: readonly string[]): string {
  const found = names
    .flatMap((property) => [after, before].map((side) => textOf(side?.inputs[property])))
    .find((text) => text !== undefined);
  return found ?? name;
}

function detailOf(
  what: string,
  property: string,
  { before, after, changed }: ResourceChange,
): SenderReport["details"] {
  const was = before?.inputs[property];
  const is = after?.inputs[property];
  // What comes or goes as a whole is known by its name and its meaning.
  if (!before || !after) {
    return [];
  }
  if (sameValue(was, is)) {
    // A secret looks the same; the engine knows that it changes.
    return is === SECRET && changed.includes(property)
      ? [{ what, before: shown(was), after: `${shown(is)}, changed` }]
      : [];
  }
  return [{ what, before: shown(was), after: shown(is) }];
}

function shown(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  return Array.isArray(value) ? value.map(showValue).join(", ") : showValue(value);
}
