import { z } from "zod";
import type { Fault } from "../components";

/**
 * The stack's settings as they stand in its configuration: every value is text, lists are JSON. Pulumi.yaml
 * declares the required ones and those with a default; Pulumi itself reports a missing or mistyped one of these.
 * The rest is optional and has no default that would make sense for everyone.
 */
const text = z.string().min(1);
const integer = z.string().regex(/^\d+$/, "is not a whole number").transform(Number);
const list = z.preprocess((value, context) => {
  try {
    return value === undefined ? undefined : JSON.parse(String(value));
  } catch {
    context.addIssue({ code: "custom", message: "is not a list" });
    return z.NEVER;
  }
}, z.array(z.string()).optional());

const settingsSchema = z.strictObject({
  domain: text,
  cloudflareZoneId: z.string().regex(/^[0-9a-f]{32}$/, "is not a zone id, which has 32 hexadecimal digits"),
  senderAddress: text,
  returnPathSubdomain: text.default("em"),
  dkimSelector: text.optional(),
  validationTimeout: integer.default(600),
  dmarcPolicy: z.enum(["none", "quarantine", "reject"]).default("none"),
  dmarcReportsTo: text.optional(),
  spfInclude: list,
  smartHost: text.default("sendgrid"),
  smartHostPort: integer.default(587),
  smartHostUser: text.optional(),
  smartHostPassword: z
    .string()
    .regex(/^[!-~]+$/, "is empty, or has white space, a line break or a character outside ASCII")
    .optional(),
  smartHostSpfInclude: text.optional(),
  sendgridRegion: z.enum(["global", "eu"]).default("global"),
  relayHostName: text.optional(),
  relayClients: list,
  relaySubnetId: z
    .string()
    .regex(/^subnet-[0-9a-f]+$/, "is not a subnet id")
    .optional(),
  relayInstanceType: text.default("t4g.micro"),
  relayImage: z
    .string()
    .regex(/^ami-[0-9a-f]+$/, "is not an image id")
    .optional(),
  relayDebian: z
    .union([z.literal("12"), z.literal("13")], { error: "is neither 12 nor 13" })
    .default("13")
    .transform((release) => (release === "12" ? 12 : 13)),
  relayQueueVolumeSize: integer.default(8),
});

/** The checked settings. */
export type StackSettings = z.output<typeof settingsSchema>;
type SettingKey = keyof StackSettings;

/** How a setting is written, for the next action of an error. */
const EXAMPLES: Record<SettingKey, string> = {
  domain: "example.com",
  cloudflareZoneId: "023e105f4ecef8ad9ca31a8372d0c353",
  senderAddress: "noreply@example.com",
  returnPathSubdomain: "em",
  dkimSelector: "mta",
  validationTimeout: "600",
  dmarcPolicy: "none",
  dmarcReportsTo: "dmarc@example.com",
  spfInclude: "--path spfInclude[0] _spf.example.net",
  smartHost: "sendgrid",
  smartHostPort: "587",
  smartHostUser: "relay",
  smartHostPassword: "--secret",
  smartHostSpfInclude: "spf.example.net",
  sendgridRegion: "global",
  relayHostName: "relay.example.com",
  relayClients: "--path relayClients[0] 10.0.0.0/16",
  relaySubnetId: "subnet-0123456789abcdef0",
  relayInstanceType: "t4g.micro",
  relayImage: "ami-0123456789abcdef0",
  relayDebian: "13",
  relayQueueVolumeSize: "8",
};

/** Never shown in an error. */
const SECRET_KEYS: ReadonlySet<string> = new Set(["smartHostPassword"]);

/** Where a component's argument comes from; the longest path that a fault begins with counts. */
const ARGUMENT_KEYS: Record<string, SettingKey> = {
  domain: "domain",
  "sender.address": "senderAddress",
  "identity.subdomain": "returnPathSubdomain",
  "identity.dkimSelector": "dkimSelector",
  "dmarc.policy": "dmarcPolicy",
  "dmarc.reportsTo": "dmarcReportsTo",
  records: "returnPathSubdomain",
  "spf.include": "spfInclude",
  smartHost: "smartHost",
  "smartHost.port": "smartHostPort",
  "smartHost.user": "smartHostUser",
  "relay.hostName": "relayHostName",
  "relay.clients": "relayClients",
  "relay.debian": "relayDebian",
};

/** Reads the project's configuration; with faults, `settings` is undefined. */
export function readSettings(raw: Record<string, string>): { settings?: StackSettings; faults: Fault[] } {
  const parsed = settingsSchema.safeParse(raw);
  if (parsed.success) {
    const faults = smartHostFaults(parsed.data);
    return faults.length > 0 ? { faults } : { settings: parsed.data, faults };
  }
  const faults = parsed.error.issues.flatMap((issue): Fault[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map(unknownSetting);
    }
    const key = String(issue.path[0]);
    const reason = raw[key] === undefined ? "is missing" : settingReason(issue);
    return [settingFault(key as SettingKey, raw[key], reason)];
  });
  return { faults };
}

/** A component's faults under the names of the settings that brought the values. */
export function asSettingFaults(faults: readonly Fault[], raw: Record<string, string>): Fault[] {
  return faults.map((fault) => {
    const path = Object.keys(ARGUMENT_KEYS)
      .filter((argument) => fault.path.startsWith(argument))
      .toSorted((a, b) => b.length - a.length)[0];
    const key = path === undefined ? undefined : ARGUMENT_KEYS[path];
    if (path === undefined || key === undefined) {
      return fault;
    }
    const next = `${fault.next} ${howToSet(key)}`;
    return { ...fault, path: key + fault.path.slice(path.length), value: fault.value ?? raw[key], next };
  });
}

function smartHostFaults(settings: StackSettings): Fault[] {
  if (settings.smartHost === "sendgrid") {
    return [];
  }
  return (["smartHostUser", "smartHostPassword"] as const)
    .filter((key) => settings[key] === undefined)
    .map((key) =>
      settingFault(key, undefined, `is missing, and the smart host ${settings.smartHost} needs it`),
    );
}

function settingFault(key: SettingKey, value: string | undefined, reason: string): Fault {
  const shown = SECRET_KEYS.has(key) ? undefined : value;
  return { path: key, value: shown, reason, next: howToSet(key) };
}

function settingReason(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_value" ? `is none of ${issue.values.join(", ")}` : lowerFirst(issue.message);
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function howToSet(key: SettingKey): string {
  const example = EXAMPLES[key];
  const words = example.startsWith("--path")
    ? example
    : example.startsWith("--")
      ? `${example} ${key}`
      : `${key} ${example}`;
  return `For example: pulumi config set ${words}`;
}

function unknownSetting(key: string): Fault {
  const known = Object.keys(EXAMPLES);
  const lower = key.toLowerCase();
  const near =
    known.find((candidate) => candidate.toLowerCase().includes(lower)) ??
    known.find((candidate) => lower.includes(candidate.toLowerCase()));
  return {
    path: key,
    reason: "is no setting of this project",
    next: `Remove it: pulumi config rm ${key}.${near ? ` Did you mean ${near}?` : ` The settings are ${known.join(", ")}.`}`,
  };
}
