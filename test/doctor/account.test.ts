import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../engine/project-root";
import { DOMAIN, ZONE_ID } from "../../sandbox/world";
import { codeBlocks } from "../docs/code-blocks";
import { type DoctorAccount, type DoctorJson, type DoctorRun, openDoctorAccount } from "./doctor-account";

let account: DoctorAccount;
let state: string;
/** What the doctor said before the first up: of an empty zone, and of one with records in the way. */
const before: { empty?: DoctorRun; seeded?: DoctorRun; seededText?: string } = {};
/** The ids of what the zone had before the stack, by name. */
const seeded = new Map<string, string>();

const OTHERS = "_spf.example.net";
const EXISTING_SPF = `v=spf1 include:${OTHERS} -all`;

/** One stack for all tests: each leaves the world as it was. */
beforeAll(async () => {
  account = await openDoctorAccount({ settings: { spf: `{"include":["${OTHERS}"]}` } });
  const { cloudflare, zones } = account.world;
  zones.create("example.net", [{ name: OTHERS, type: "TXT", value: "v=spf1 ip4:198.51.100.0/24 -all" }]);
  before.empty = await account.doctor(["--preview", await account.preview()]);
  const existing: [name: string, type: "CNAME" | "TXT", content: string][] = [
    [DOMAIN, "TXT", `"${EXISTING_SPF}"`],
    [`_dmarc.${DOMAIN}`, "TXT", '"v=DMARC1; p=reject"'],
    [`s1._domainkey.${DOMAIN}`, "CNAME", "key.example.net"],
  ];
  for (const [name, type, content] of existing) {
    const more = { ttl: 1, priority: undefined, proxied: false, comment: undefined };
    seeded.set(name, cloudflare.create(ZONE_ID, { name, type, content, ...more }).id);
  }
  before.seeded = await account.doctor(["--preview", await account.preview()]);
  before.seededText = await account.doctorText([
    "--preview",
    await account.preview(),
    "--only",
    "collisions",
  ]);
  for (const id of seeded.values()) {
    cloudflare.delete(ZONE_ID, id);
  }
  await account.run.up();
  state = await account.state();
}, 240_000);
afterAll(() => account?.close());

/** Each run has other ids of records. */
const withoutIds = (text: string) => text.replace(/\/[0-9a-f]{32}/g, "/RECORD");
const never = (): never => {
  throw new Error("the doctor has not been run");
};
const statuses = ({ checks }: DoctorJson) =>
  Object.fromEntries(checks.map(({ name, status }) => [name, status]));
const findings = ({ checks }: DoctorJson) =>
  checks.flatMap(({ name, findings: all }) => all.map((finding) => ({ check: name, ...finding })));

describe("before the first up", () => {
  it("an empty zone is green, and what is not made yet is skipped", () => {
    const { json, code } = before.empty ?? never();
    expect(code).toBe(0);
    expect(json).toMatchObject({ stack: "sandbox", source: "planned" });
    expect(findings(json)).toEqual([]);
    expect(statuses(json)).toEqual({
      collisions: "ok",
      "dns-records": "skipped",
      spf: "ok",
      dkim: "skipped",
      dmarc: "ok",
      "sendgrid-identities": "ok",
      "sendgrid-keys": "skipped",
    });
  });

  it("what the preview refused is named with the settings to adopt it, each once, and nothing else", () => {
    const { code, json } = before.seeded ?? never();
    const adopt = (name: string) => `"${ZONE_ID}/${seeded.get(name)}"`;
    expect(code).toBe(1);
    expect(findings(json)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          check: "collisions",
          path: "adopt.spf",
          message: expect.stringContaining(`"${DOMAIN}" exists already at Cloudflare: TXT "${EXISTING_SPF}"`),
          next: expect.stringMatching(
            `^Set spf.existing to "${EXISTING_SPF}".*Set adopt.spf to ${adopt(DOMAIN)}`,
          ),
        }),
        expect.objectContaining({
          path: "adopt.dmarc",
          next: expect.stringContaining(`Set adopt.dmarc to ${adopt(`_dmarc.${DOMAIN}`)}`),
        }),
        expect.objectContaining({
          path: "adopt.dkim1",
          next: expect.stringContaining(`Set adopt.dkim1 to ${adopt(`s1._domainkey.${DOMAIN}`)}`),
        }),
      ]),
    );
    expect(findings(json)).toHaveLength(3);
  });
});

describe("the examples of docs/doctor.md are what the doctor says", () => {
  const examples = codeBlocks(projectRoot())
    .filter(({ file, language }) => file === "docs/doctor.md" && language === "text")
    .map(({ code }) => withoutIds(code));

  it("of records in the way before the first up", () => {
    expect(examples).toContain(withoutIds(before.seededText ?? never()));
  });

  it("of a second SPF record", async () => {
    const second = { name: DOMAIN, type: "TXT", value: "v=spf1 include:_spf.example.org ~all" } as const;
    account.world.zones.zone(DOMAIN).add(second);
    const text = await account.doctorText(["--state", state, "--only", "dns-records,spf,dkim"]);
    account.world.zones.zone(DOMAIN).remove(second);
    expect(examples).toContain(withoutIds(text));
  });
});

describe("after up", () => {
  it("all is green", async () => {
    const { code, json } = await account.doctor(["--state", state]);
    expect(findings(json)).toEqual([]);
    expect(statuses(json)).toEqual({
      collisions: "skipped",
      "dns-records": "ok",
      spf: "ok",
      dkim: "ok",
      dmarc: "ok",
      "sendgrid-identities": "ok",
      "sendgrid-keys": "ok",
    });
    expect(code).toBe(0);
  });

  it("without a key what is SendGrid's is skipped, and the key is in no output", async () => {
    const { json } = await account.doctor(["--state", state], {});
    expect(statuses(json)).toMatchObject({ "sendgrid-identities": "skipped", "sendgrid-keys": "skipped" });
    const { out, err } = await account.doctor(["--state", state]);
    expect(out + err).not.toContain(account.world.environment.SENDGRID_API_KEY);
  });

  it("with the relay's own key the scopes to add are told", async () => {
    const text = account.aws.getParameter("/smarthost/smarthost/sandbox/mail/password")?.value;
    const env = { ...account.world.environment, SENDGRID_API_KEY: text };
    const { json } = await account.doctor(["--state", state], env);
    const summary = (name: string) => json.checks.find((check) => check.name === name)?.summary;
    expect(summary("sendgrid-identities")).toContain("add the scope whitelabel.read");
    expect(summary("sendgrid-keys")).toContain("add the scope api_keys.read");
  });
});

describe("each fault is found, and no other", () => {
  /** Brings a fault about; gives the mend. */
  type Fault = () => (() => void) | Promise<() => void>;
  const zone = () => account.world.zones.zone(DOMAIN);
  const replaced =
    (name: string, type: "CNAME" | "TXT", values: string[]): Fault =>
    () => {
      const before = zone()
        .at(name)
        .filter((record) => record.type === type)
        .map(({ value }) => ({ value }));
      zone().set(
        name,
        type,
        values.map((value) => ({ value })),
      );
      return () => zone().set(name, type, before);
    };
  const identity = () => {
    const [found] = account.world.sendgrid.account.domains.list();
    if (!found) throw new Error("the account has an identity");
    return found;
  };
  const relayKey = () => {
    const { keys, username } = account.world.sendgrid.account;
    const found = keys.list(username).find(({ name }) => name.includes("relay"));
    if (!found) throw new Error("the account has the relay's key");
    return found;
  };

  it.each<[string, Fault, { check: string; path: string; severity: string }]>([
    [
      "a DKIM record that leads elsewhere",
      replaced(`s1._domainkey.${DOMAIN}`, "CNAME", ["key.example.net"]),
      { check: "dns-records", path: `CNAME s1._domainkey.${DOMAIN}`, severity: "error" },
    ],
    [
      "a return path that leads elsewhere",
      replaced(`em.${DOMAIN}`, "CNAME", ["bounces.example.net"]),
      { check: "dns-records", path: `CNAME em.${DOMAIN}`, severity: "error" },
    ],
    [
      "a second SPF record",
      () => {
        const second = { name: DOMAIN, type: "TXT", value: "v=spf1 -all" } as const;
        zone().add(second);
        return () => void zone().remove(second);
      },
      { check: "dns-records", path: `TXT ${DOMAIN}`, severity: "error" },
    ],
    [
      "no DMARC record",
      replaced(`_dmarc.${DOMAIN}`, "TXT", []),
      { check: "dns-records", path: `TXT _dmarc.${DOMAIN}`, severity: "error" },
    ],
    [
      "an include that has no record any more",
      () => {
        const { zones } = account.world;
        const [record] = zones.zone("example.net").at(OTHERS);
        if (!record) throw new Error("the include has a record");
        zones.zone("example.net").remove(record);
        return () => void zones.zone("example.net").add(record);
      },
      { check: "spf", path: DOMAIN, severity: "error" },
    ],
    [
      "an identity that SendGrid does not take for valid",
      () => {
        const found = identity();
        found.valid = false;
        return () => {
          found.valid = true;
        };
      },
      { check: "sendgrid-identities", path: `em.${DOMAIN}`, severity: "error" },
    ],
    [
      "a key of full access",
      () => {
        const key = relayKey();
        const { scopes } = key;
        key.scopes = [...scopes, "api_keys.create", "mail_settings.read"];
        return () => {
          key.scopes = scopes;
        };
      },
      { check: "sendgrid-keys", path: `API key "${DOMAIN} relay (mail)"`, severity: "error" },
    ],
    // These two can't be mended here, so they come last.
    [
      "a deleted key",
      () => {
        account.world.sendgrid.account.keys.delete(account.world.sendgrid.account.username, relayKey().id);
        return () => {};
      },
      { check: "sendgrid-keys", path: `API key "${DOMAIN} relay (mail)"`, severity: "error" },
    ],
  ])("%s", async (_, fault, found) => {
    const mend = await fault();
    const { json, code } = await account.doctor(["--state", state]);
    await mend();
    expect(findings(json)).toEqual([{ ...found, message: expect.any(String), next: expect.any(String) }]);
    expect(code).toBe(1);
  });

  it("a deleted identity, which takes what its CNAMEs lead to with it", async () => {
    account.world.sendgrid.account.domains.delete(identity());
    const { json } = await account.doctor(["--state", state]);
    // The key was deleted by the test before.
    expect(findings(json).filter(({ check }) => check !== "sendgrid-keys")).toMatchObject([
      { check: "sendgrid-identities", message: expect.stringContaining("no authenticated domain") },
    ]);
    expect(statuses(json)).toMatchObject({ dkim: "skipped", "dns-records": "ok" });
  });
});
