import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { projectRoot } from "../../engine/project-root";
import { readSettings } from "../../infra/settings";

const text = (file: string) => readFileSync(join(projectRoot(), file), "utf8");

/** Default and meaning by setting, from the table of docs/new-account.md. A row can have several settings. */
const documented = new Map(
  (text("docs/new-account.md").split("## Settings")[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter(([, names]) => names?.startsWith("`"))
    .flatMap(([, names = "", fallback = "", meaning = ""]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => [name, { fallback, meaning }] as const),
    ),
);

const required = readSettings({}).faults.map(({ path }) => path);
const given = { domain: "example.com", senderAddress: "a@example.com", cloudflareZoneId: "0".repeat(32) };
const { settings } = readSettings(given);

describe("the table of settings in docs/new-account.md", () => {
  it("has every setting, and no other", () => {
    expect([...documented.keys()].toSorted()).toEqual(Object.keys(settings ?? {}).toSorted());
  });

  it("has the default of each, and says which are required", () => {
    expect(required).toContain("domain");
    for (const [name, value] of Object.entries(settings ?? {})) {
      const fallback = documented.get(name)?.fallback;
      if (required.includes(name)) {
        expect(fallback, name).toBe("required");
      } else if (value !== undefined && !Object.hasOwn(given, name)) {
        expect(fallback?.replaceAll("`", ""), name).toBe(String(value));
      } else {
        expect(fallback, name).not.toBe("required");
      }
    }
  });

  it("says of a setting that is required with another one which that is", () => {
    const missing = (raw: Record<string, string>) =>
      readSettings({ domain: given.domain, senderAddress: given.senderAddress, ...raw }).faults.map(
        ({ path }) => path,
      );
    for (const host of ["cloudflare", "route53"]) {
      const [setting = ""] = missing({ dnsHost: host });
      expect(documented.get(setting)?.meaning).toContain(`required with \`${host}\``);
    }
    for (const setting of missing({ dnsHost: "manual", smartHost: "smtp.example.net" })) {
      expect(documented.get(setting)?.meaning).toContain("required for another smart host");
    }
  });

  it("agrees with the defaults that Pulumi.yaml declares", () => {
    const declared = z
      .object({ config: z.record(z.string(), z.object({ default: z.unknown().optional() })) })
      .parse(parse(text("Pulumi.yaml"))).config;
    for (const [name, { default: fallback }] of Object.entries(declared)) {
      const expected = fallback === undefined ? "required" : String(fallback);
      expect(documented.get(name)?.fallback.replaceAll("`", ""), name).toBe(expected);
    }
  });
});
