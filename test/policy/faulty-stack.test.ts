import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nameOfUrn } from "../../mail-resources/resource";
import { rules } from "../../policy/rules";
import { type PolicyViolation, RunFailed, type RunResult } from "../../sandbox/stack-run";
import { openAccount, type TestAccount } from "../stack/account";
import { type AnyProvider, startAnyProvider } from "./any-provider";
import { declare, faulty, KEY, unknown } from "./faulty-stack";
import { type InstalledPack, installPack } from "./installed-pack";

const expected = faulty.flatMap(({ breaks, name }) => (breaks === undefined ? [] : [`${breaks} ${name}`]));

describe("a stack of plain resources with every fault, judged by the policy pack", () => {
  let account: TestAccount;
  let pack: InstalledPack;
  let provider: AnyProvider;
  let declared: typeof faulty = faulty;

  beforeAll(async () => {
    pack = await installPack();
    provider = await startAnyProvider();
    const attached = ["aws", "cloudflare", "sendgrid"].map((name) => `${name}:${provider.port}`).join(",");
    account = await openAccount({
      environment: { ...pack.environment, PULUMI_DEBUG_PROVIDERS: attached },
      program: async () => declare(declared),
    });
  });
  afterAll(async () => {
    await account?.close();
    await provider?.close();
    await pack?.remove();
  });

  /** Runs with the pack, configured by `policies`; names outside the stack are asked of the test's own DNS. */
  async function judged(operation: "preview" | "up", policies: Record<string, unknown>): Promise<Judged> {
    const dnsServers = [account.world.settings.dnsResolver];
    const config = await pack.config("policies", {
      ...policies,
      "spf-lookups": { dnsServers },
      "spf-includes": { dnsServers },
    });
    const packs = { policyPacks: [pack.folder], policyPackConfigs: [config] };
    try {
      return { ...(await account.run[operation](packs)), failed: false };
    } catch (error) {
      if (error instanceof RunFailed) {
        return { ...error.result, failed: true };
      }
      throw error;
    }
  }

  it("has a fault for every rule", () => {
    expect(faulty.flatMap(({ breaks }) => breaks ?? [])).toEqual(
      expect.arrayContaining(rules.map(({ name }) => name)),
    );
    expect(expected).toHaveLength(rules.length);
  });

  it("has each rule broken once in a preview, and no other, when all are advisory", async () => {
    const result = await judged("preview", { all: "advisory" });
    expect(result.failed).toBe(false);
    expect(found(result)).toEqual(expected.toSorted());
    expect(levels(result)).toEqual(["advisory"]);
    expect(JSON.stringify(result.violations)).toContain("userData: has a SendGrid API key");
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it("is not judged by what a preview does not know yet", async () => {
    declared = unknown;
    const result = await judged("preview", {});
    expect(result.output).toContain("+ 10 to create");
    expect(result.output).not.toContain("can't run policy");
    expect(result.violations).toEqual([]);
    expect(result.failed).toBe(false);
  });

  it("is stopped where a rule is mandatory, with what to do", async () => {
    declared = only("sendgrid-key-full-access", "sendgrid-key-scopes");
    const result = await judged("up", {});
    expect(result.failed).toBe(true);
    expect(found(result)).toContain("sendgrid-key-full-access full-access");
    expect(levels(result)).toContain("mandatory");
    expect(result.violations.map(({ message }) => message).join("\n")).toContain(
      'scopes: there are none, which is full access. Give the key its scopes, for a relay scopes: ["mail.send"].',
    );
    const state = await account.run.stack.exportStack();
    expect(JSON.stringify(state)).not.toContain("::full-access");
  });

  it("is stopped where a rule about the whole stack is mandatory", async () => {
    declared = only("spf-single");
    const result = await judged("preview", {});
    expect(result.failed).toBe(true);
    expect(found(result)).toEqual(["spf-single spf-second"]);
    expect(result.violations[0]?.message).toContain("s3.example.com has 2 SPF records, also in spf-first.");
  });

  it("is judged as the configuration says: a rule disabled, one advisory, one with settings", async () => {
    declared = only("sendgrid-key-full-access", "sendgrid-key-scopes", "spf-all", "port-25-egress");
    const result = await judged("preview", {
      "sendgrid-key-full-access": "disabled",
      "sendgrid-key-scopes": { allow: ["mail.*", "templates.*"] },
      "spf-all": { enforcementLevel: "advisory" },
      "port-25-egress": "mandatory",
    });
    expect(result.failed).toBe(true);
    expect(result.violations.map(({ policy, level }) => `${policy} ${level}`).toSorted()).toEqual([
      "port-25-egress mandatory",
      "spf-all advisory",
    ]);
  });

  it("is not judged where the configuration is wrong, and the engine names the setting", async () => {
    declared = only("sendgrid-key-scopes");
    const result = await judged("preview", { "sendgrid-key-scopes": { allow: "mail.send" } });
    expect(result.failed).toBe(true);
    expect(result.output).toMatch(/sendgrid-key-scopes.*allow.*array/s);
  });

  it("has the same violations in an update, when all are advisory", async () => {
    declared = faulty;
    const result = await judged("up", { all: "advisory" });
    expect(result.failed).toBe(false);
    expect(found(result)).toEqual(expected.toSorted());
    expect(levels(result)).toEqual(["advisory"]);
  });
});

/** What breaks these rules, and what does not break any; the attachment needs the volume that breaks one. */
function only(...broken: string[]) {
  return faulty.filter(
    ({ breaks, name }) => (breaks === undefined && name !== "attachment") || broken.includes(breaks ?? ""),
  );
}

function levels({ violations }: RunResult): string[] {
  return [...new Set(violations.map(({ level }) => level))];
}

type Judged = RunResult & { failed: boolean };

function found({ violations }: { violations: PolicyViolation[] }): string[] {
  return violations.map(({ policy, urn = "" }) => `${policy} ${nameOfUrn(urn)}`).toSorted();
}
