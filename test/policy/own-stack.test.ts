import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAccount, type TestAccount } from "../stack/account";
import { type InstalledPack, installPack } from "./installed-pack";

describe("the stack of this project, judged by the policy pack", () => {
  let account: TestAccount;
  let pack: InstalledPack;
  let policyPackConfigs: string[];

  beforeAll(async () => {
    pack = await installPack();
    account = await openAccount({ environment: pack.environment, settings: { dmarcPolicy: "quarantine" } });
    const dnsServers = [account.world.settings.dnsResolver];
    policyPackConfigs = [
      await pack.config("sandbox", { "spf-lookups": { dnsServers }, "spf-includes": { dnsServers } }),
    ];
  });
  afterAll(async () => {
    await account?.close();
    await pack?.remove();
  });

  it("has no violation in a preview and in an update", async () => {
    const packs = { policyPacks: [pack.folder], policyPackConfigs };
    const preview = await account.run.preview(packs);
    expect(preview.output).toMatch(/Policy Packs run:\n.*\n +smarthost\|/);
    expect(preview.violations).toEqual([]);
    const up = await account.run.up(packs);
    expect(up.steps.length).toBeGreaterThan(10);
    expect(up.violations).toEqual([]);
  });
});
