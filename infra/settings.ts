import type { DmarcPolicy, Fault, RelayAlarms, SpfSettings } from "../components";

type AlarmThresholds = Omit<RelayAlarms, "topicArn">;

/** One setting: how its text is read, what it is without one, and how a person writes it. */
interface Setting<Value> {
  /** The value of the text; throws a `SyntaxError` whose message goes on from the setting's name: "is …". */
  read(text: string): Value;
  /** The value without a text; a setting that has none here and is not optional is required. */
  fallback?: Value;
  optional?: true;
  /** The words behind `pulumi config set`. */
  example: string;
  /** Never shown in an error. */
  secret?: true;
}

const text = (value: string) => matching(/./, "is empty")(value);
const wholeNumber = (value: string) => Number(matching(/^\d+$/, "is not a whole number")(value));

function hostedZoneId(value: string): string {
  return matching(
    /^Z[0-9A-Z]+$/,
    "is not a hosted zone's id, which is Z and capital letters and digits",
  )(value);
}

function yesOrNo(value: string): boolean {
  return oneOf("true", "false")(value) === "true";
}

function matching(pattern: RegExp, reason: string): (value: string) => string {
  return (value) => {
    if (!pattern.test(value)) {
      throw new SyntaxError(reason);
    }
    return value;
  };
}

function oneOf<Value extends string>(...values: Value[]): (value: string) => Value {
  return (value) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) {
      throw new SyntaxError(`is none of ${values.join(", ")}`);
    }
    return found;
  };
}

/** Pulumi keeps a list as JSON, with numbers where its texts look like numbers. */
function list(value: string): string[] {
  return asList(parseJson(value));
}

function map(value: string): { [key: string]: string } {
  return mapOf(value, (each) => {
    if (typeof each === "object") {
      throw new SyntaxError("is not a map of texts");
    }
    return String(each);
  });
}

function mapOfLists(value: string): { [key: string]: string[] } {
  return mapOf(value, asList);
}

/** SPF of the domain itself: `include` a list, `existing` and `all` texts; the component checks them. */
function spfSettings(value: string): SpfSettings {
  const { include, existing, all, ...others } = mapOf(value, (each) => each);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new SyntaxError(`has ${unknown}; it takes include, existing and all`);
  }
  return {
    ...(include !== undefined && { include: asList(include) }),
    ...(existing !== undefined && { existing: String(existing) }),
    ...(all !== undefined && { all: oneOf("softfail", "fail", "neutral")(String(all)) }),
  };
}

/** Version and checksum of Systems Manager's agent; the component checks them. */
function ssmAgent(value: string): { version: string; sha256: string } {
  const { version, sha256, ...others } = map(value);
  if (version === undefined || sha256 === undefined || Object.keys(others).length > 0) {
    throw new SyntaxError("is not a map of version and sha256");
  }
  return { version, sha256 };
}

/** From which values on alarms ring; the component checks them. */
function alarmThresholds(value: string): AlarmThresholds {
  return mapOf(value, (each) => {
    if (typeof each !== "number") {
      throw new SyntaxError("is not a map of numbers");
    }
    return each;
  });
}

function mapOf<Value>(text: string, read: (value: unknown) => Value): { [key: string]: Value } {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError("is not a map");
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, read(each)]));
}

function asList(value: unknown): string[] {
  if (!Array.isArray(value)) {
    throw new SyntaxError("is not a list");
  }
  return value.map(String);
}

/** Undefined for what is no JSON: no setting takes a text there. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The stack's settings. In its configuration every value is text. Pulumi.yaml declares the required ones and those
 * with a fallback, and Pulumi itself reports a missing or mistyped one of these; the rest is optional and has no
 * value that would suit everyone.
 */
const SETTINGS = {
  domain: { read: text, example: "domain example.com" },
  dnsHost: {
    read: oneOf("cloudflare", "route53", "manual"),
    fallback: "cloudflare",
    example: "dnsHost cloudflare",
  },
  cloudflareZoneId: {
    read: matching(/^[0-9a-f]{32}$/, "is not a zone id, which has 32 hexadecimal digits"),
    optional: true,
    example: "cloudflareZoneId 023e105f4ecef8ad9ca31a8372d0c353",
  },
  route53ZoneId: {
    read: hostedZoneId,
    optional: true,
    example: "route53ZoneId Z0123456789ABCDEFGHIJ",
  },
  route53OtherTexts: {
    read: mapOfLists,
    optional: true,
    example: "--path 'route53OtherTexts[\"example.com\"][0]' google-site-verification=123",
  },
  dnsResolver: {
    read: matching(
      /^(system|none|\[?[0-9a-f.:]+\]?(:\d+)?)$/i,
      "is neither system nor none nor an IP address",
    ),
    fallback: "system",
    example: "dnsResolver system",
  },
  adopt: { read: map, optional: true, example: "--path adopt.spf ZONE/RECORD" },
  senderAddress: { read: text, example: "senderAddress noreply@example.com" },
  returnPathSubdomain: { read: text, fallback: "em", example: "returnPathSubdomain em" },
  sendgridSecurity: {
    read: oneOf("automatic", "manual"),
    fallback: "automatic",
    example: "sendgridSecurity automatic",
  },
  sendgridAdoptExisting: {
    read: yesOrNo,
    fallback: false,
    example: "sendgridAdoptExisting true",
  },
  sendgridKeyRotation: { read: text, optional: true, example: "sendgridKeyRotation 2026-12" },
  sendgridKeyGracePeriod: { read: wholeNumber, fallback: 900, example: "sendgridKeyGracePeriod 900" },
  linkSubdomain: { read: text, optional: true, example: "linkSubdomain links" },
  dkimSelector: { read: text, optional: true, example: "dkimSelector mta" },
  validationTimeout: { read: wholeNumber, fallback: 600, example: "validationTimeout 600" },
  dmarcPolicy: {
    read: oneOf<DmarcPolicy>("none", "quarantine", "reject"),
    fallback: "none",
    example: "dmarcPolicy none",
  },
  dmarcReportsTo: { read: text, optional: true, example: "dmarcReportsTo dmarc@example.com" },
  dmarcReviewBy: { read: text, optional: true, example: "dmarcReviewBy 2031-04-30" },
  spf: { read: spfSettings, optional: true, example: "--path spf.include[0] _spf.example.net" },
  smartHost: { read: text, fallback: "sendgrid", example: "smartHost sendgrid" },
  smartHostPort: { read: wholeNumber, fallback: 587, example: "smartHostPort 587" },
  smartHostUser: { read: text, optional: true, example: "smartHostUser relay" },
  smartHostPassword: {
    read: matching(/^[!-~]+$/, "is empty, or has white space, a line break or a character outside ASCII"),
    optional: true,
    secret: true,
    example: "--secret smartHostPassword",
  },
  smartHostSpfInclude: { read: text, optional: true, example: "smartHostSpfInclude spf.example.net" },
  sendgridRegion: { read: oneOf("global", "eu"), fallback: "global", example: "sendgridRegion global" },
  relayHostName: { read: text, optional: true, example: "relayHostName relay.example.com" },
  relayClients: { read: list, optional: true, example: "--path relayClients[0] 10.0.0.0/16" },
  relaySubnetId: {
    read: matching(/^subnet-[0-9a-f]+$/, "is not a subnet id"),
    optional: true,
    example: "relaySubnetId subnet-0123456789abcdef0",
  },
  relayInstanceType: { read: text, fallback: "t4g.micro", example: "relayInstanceType t4g.micro" },
  relayImage: {
    read: matching(/^ami-[0-9a-f]+$/, "is not an image id"),
    optional: true,
    example: "relayImage ami-0123456789abcdef0",
  },
  relayDebian: {
    read: (value) => (oneOf("13", "12")(value) === "12" ? 12 : 13),
    fallback: 13,
    example: "relayDebian 13",
  },
  relayQueueVolumeSize: { read: wholeNumber, fallback: 8, example: "relayQueueVolumeSize 8" },
  relayBounceAddress: { read: text, optional: true, example: "relayBounceAddress postmaster@example.com" },
  relaySenders: { read: list, optional: true, example: "--path relaySenders[0] example.com" },
  relayMasquerade: {
    read: map,
    optional: true,
    example: "--path 'relayMasquerade[\"@app01.internal\"]' app@example.com",
  },
  relayHideClients: { read: yesOrNo, fallback: false, example: "relayHideClients true" },
  relayAddressName: { read: text, optional: true, example: "relayAddressName mail.corp.example.com" },
  relayAddressZoneId: {
    read: hostedZoneId,
    optional: true,
    example: "relayAddressZoneId Z0123456789ABCDEFGHIJ",
  },
  relayKmsKeyId: { read: text, optional: true, example: "relayKmsKeyId arn:aws:kms:REGION:ACCOUNT:key/ID" },
  relayRebootAt: { read: text, fallback: "03:30", example: "relayRebootAt 22:15" },
  relaySsmAgent: { read: ssmAgent, optional: true, example: "--path relaySsmAgent.version 3.3.1957.0" },
  relayMetrics: { read: yesOrNo, fallback: false, example: "relayMetrics true" },
  relayAlarmTopic: { read: text, optional: true, example: "relayAlarmTopic arn:aws:sns:REGION:ACCOUNT:NAME" },
  relayAlarmThresholds: {
    read: alarmThresholds,
    optional: true,
    example: "--path relayAlarmThresholds.queueLength 1000",
  },
} satisfies Record<string, Setting<unknown>>;

type Settings = typeof SETTINGS;
type SettingKey = keyof Settings;
type ValueOf<Key extends SettingKey> = ReturnType<Settings[Key]["read"]>;

/** The checked settings. */
export type StackSettings = {
  [Key in SettingKey]: Settings[Key] extends { optional: true } ? ValueOf<Key> | undefined : ValueOf<Key>;
};

/** Where a component's argument comes from; the longest path that a fault begins with counts. */
const ARGUMENT_KEYS: Record<string, SettingKey> = {
  domain: "domain",
  "sender.address": "senderAddress",
  "identity.subdomain": "returnPathSubdomain",
  "identity.dkimSelector": "dkimSelector",
  "identity.links": "linkSubdomain",
  "identity.keyRotation.trigger": "sendgridKeyRotation",
  "identity.keyRotation.gracePeriodSeconds": "sendgridKeyGracePeriod",
  "dmarc.policy": "dmarcPolicy",
  "dmarc.reportsTo": "dmarcReportsTo",
  "dmarc.reviewBy": "dmarcReviewBy",
  records: "returnPathSubdomain",
  spf: "spf",
  smartHost: "smartHost",
  "smartHost.port": "smartHostPort",
  "smartHost.user": "smartHostUser",
  "relay.hostName": "relayHostName",
  "relay.clients": "relayClients",
  "relay.debian": "relayDebian",
  "relay.bounceAddress": "relayBounceAddress",
  "relay.senders": "relaySenders",
  "relay.masquerade": "relayMasquerade",
  "relay.address.name": "relayAddressName",
  "relay.address.zoneId": "relayAddressZoneId",
  "relay.kmsKeyId": "relayKmsKeyId",
  "relay.upgrades.rebootAt": "relayRebootAt",
  "relay.ssmAgent": "relaySsmAgent",
  "relay.alarms": "relayAlarmThresholds",
  "relay.alarms.topicArn": "relayAlarmTopic",
};

/** Reads the project's configuration; with faults, `settings` is undefined. */
export function readSettings(raw: Record<string, string>): { settings?: StackSettings; faults: Fault[] } {
  const faults: Fault[] = [];
  const values: Partial<Record<SettingKey, unknown>> = {};
  for (const key of SETTING_KEYS) {
    const { read, fallback, optional }: Setting<unknown> = SETTINGS[key];
    const given = raw[key];
    if (given === undefined) {
      values[key] = fallback;
      if (fallback === undefined && !optional) {
        faults.push(settingFault(key, undefined, "is missing"));
      }
      continue;
    }
    try {
      values[key] = read(given);
    } catch (error) {
      if (!(error instanceof SyntaxError)) {
        throw error;
      }
      faults.push(settingFault(key, given, error.message));
    }
  }
  faults.push(
    ...Object.keys(raw)
      .filter((key) => !isSetting(key))
      .map(unknownSetting),
  );
  // Each value was read by its own setting, or is that setting's fallback.
  const settings = values as StackSettings;
  if (faults.length === 0) {
    faults.push(...zoneFaults(settings), ...smartHostFaults(settings), ...companionFaults(settings));
  }
  return faults.length > 0 ? { faults } : { settings, faults };
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

function zoneFaults(settings: StackSettings): Fault[] {
  const key = { cloudflare: "cloudflareZoneId", route53: "route53ZoneId", manual: undefined } as const;
  const needed = key[settings.dnsHost];
  return needed === undefined || settings[needed] !== undefined
    ? []
    : [settingFault(needed, undefined, `is missing, and the DNS host ${settings.dnsHost} needs it`)];
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

/** What a setting needs beside it. */
const COMPANIONS: [given: SettingKey, needed: SettingKey][] = [
  ["relayAddressName", "relayAddressZoneId"],
  ["relayAddressZoneId", "relayAddressName"],
  ["relayAlarmThresholds", "relayAlarmTopic"],
];

function companionFaults(settings: StackSettings): Fault[] {
  return COMPANIONS.filter(
    ([given, needed]) => settings[given] !== undefined && settings[needed] === undefined,
  ).map(([given, needed]) => settingFault(needed, undefined, `is missing, and ${given} needs it`));
}

const SETTING_KEYS = Object.keys(SETTINGS).filter(isSetting);

function isSetting(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}

function settingFault(key: SettingKey, value: string | undefined, reason: string): Fault {
  const { secret }: Setting<unknown> = SETTINGS[key];
  return { path: key, value: secret ? undefined : value, reason, next: howToSet(key) };
}

function howToSet(key: SettingKey): string {
  return `For example: pulumi config set ${SETTINGS[key].example}`;
}

function unknownSetting(key: string): Fault {
  const lower = key.toLowerCase();
  const near =
    SETTING_KEYS.find((candidate) => candidate.toLowerCase().includes(lower)) ??
    SETTING_KEYS.find((candidate) => lower.includes(candidate.toLowerCase()));
  return {
    path: key,
    reason: "is no setting of this project",
    next: `Remove it: pulumi config rm ${key}.${near ? ` Did you mean ${near}?` : ` The settings are ${SETTING_KEYS.join(", ")}.`}`,
  };
}
