import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { projectRoot } from "../../engine/project-root";
import { codeBlocks } from "../docs/code-blocks";
import type { Consumer, ModuleKind } from "./consumer";
import { type ConsumerRun, type ConsumerStack, type ConsumerStep, openConsumerStack } from "./consumer-stack";

/** The second way in docs/reuse.md; the first is the lines `plugins` of the consumer's Pulumi.yaml. */
const PLUGIN_INSTALL = "pulumi plugin install resource sendgrid 0.1.0 --file node_modules/pulumi-smarthost";

const without = (...operations: string[]) => {
  return ({ operation }: ConsumerStep) => !operations.includes(operation);
};
const named = ({ steps }: ConsumerRun, name: string): ConsumerStep => {
  const found = steps.find((step) => `${step.type.split(":").at(-1)} ${step.name}` === name);
  if (!found) throw new Error(`no step for ${name}`);
  return found;
};
/** What an operation would change, as `operation name: properties`. */
const changesOf = ({ steps }: ConsumerRun) =>
  steps
    .filter(without("same", "read"))
    .map(({ operation, name, changed }) => `${operation} ${name}: ${changed.join(", ")}`);

/**
 * Previews and makes the consumer's stack of two mail paths, which has been compiled as CommonJS and ESM: one path in a
 * component of its own, one beside it, with explicit providers, transforms and aliases. Each test goes on where the one
 * before it ended.
 */
export function stackTests(consumer: () => Consumer): void {
  let stack: ConsumerStack;
  let first: ConsumerRun;

  describe("somebody else's stack", () => {
    beforeAll(async () => {
      stack = await openConsumerStack(consumer());
    });
    afterAll(() => stack?.close());

    describe("the first preview", () => {
      beforeAll(async () => {
        first = await stack.run("commonjs", "preview");
      });

      it("makes everything, without a warning", () => {
        expect(first.steps.filter(without("create"))).toEqual([]);
        expect(first.warnings).toEqual([]);
      });

      it("has two whole mail paths of two domains beside resources of the consumer's own", () => {
        const made = first.steps.map(({ type, name }) => `${type} ${name}`);
        for (const name of ["shop", "news"]) {
          expect(made).toEqual(
            expect.arrayContaining([
              `smarthost:index:MailRelay ${name}`,
              `sendgrid:index:DomainAuthentication ${name}-domain`,
              `sendgrid:index:ApiKey ${name}-key`,
              `aws:ec2/instance:Instance ${name}-debian13-arm64`,
            ]),
          );
        }
        expect(made).toEqual(
          expect.arrayContaining([
            "cloudflare:index/dnsRecord:DnsRecord shop-dmarc",
            "aws:route53/record:Record news-dmarc",
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule shop-application-mail",
            "sendgrid:index:ApiKey reports",
          ]),
        );
      });

      it("leaves nothing to default providers, whether the providers come as a list, an object or from the parent", () => {
        const providers = first.steps.filter(({ type }) => type.startsWith("pulumi:providers:"));
        expect(providers.map(({ name }) => name).toSorted()).toEqual(["aws", "cloudflare", "sendgrid"]);
        const used = first.steps.flatMap(({ type, provider }) =>
          provider === undefined || type.startsWith("pulumi:")
            ? []
            : [`${type.split(":")[0]} by ${provider}`],
        );
        expect([...new Set(used)].toSorted()).toEqual([
          "aws by aws",
          "cloudflare by cloudflare",
          "sendgrid by sendgrid",
        ]);
      });

      it("has everything of a mail path in its component, and the one of them in the consumer's component", () => {
        expect(named(first, "MailRelay shop").parent).toBe("shop");
        expect(named(first, "Application shop").parent).toBe("consumer-dev");
        expect(named(first, "MailRelay news").parent).toBe("consumer-dev");
        const outside = first.steps.filter(
          ({ urn, name }) => /^(shop|news)-/.test(name) && !/(acme:index:Application|MailRelay)\$/.test(urn),
        );
        expect(outside).toEqual([]);
      });

      it("applies a transform to everything in the component that has it, and to nothing else", () => {
        const owners = ["Instance shop-debian13-arm64", "Volume shop-queue", "Volume news-queue"].map(
          (name) => named(first, name).inputs.tags,
        );
        expect(owners).toEqual([
          { Name: "relay.example.com", owner: "platform" },
          { Name: "mail queue of relay.example.com", owner: "platform" },
          { Name: "mail queue of relay.example.org" },
        ]);
      });

      it("applies a transform of the whole stack, to records with hooks too", () => {
        const queues = first.steps.filter(({ type }) => type === "aws:ebs/volume:Volume");
        expect(queues.map(({ protect }) => protect)).toEqual([true, true]);
        const records = first.steps.filter(({ type }) => /DnsRecord$|:Record$/.test(type));
        expect(records.length).toBeGreaterThan(7);
        expect(records.filter(({ retainOnDelete }) => !retainOnDelete)).toEqual([]);
      });

      it("applies a transformation, the older kind, to what is in the component that has it", () => {
        expect(named(first, "Volume news-queue").inputs.size).toBe(20);
        expect(named(first, "Volume shop-queue").inputs.size).toBe(8);
      });
    });

    describe("`up`", () => {
      it("makes what the preview said", async () => {
        const made = await stack.run("commonjs", "up");
        expect(made.warnings).toEqual([]);
        const urns = ({ steps }: ConsumerRun) => steps.map(({ urn }) => urn).toSorted();
        expect(urns(made)).toEqual(urns(first));
      });

      it.each<ModuleKind>(["commonjs", "esm"])(
        "is followed by a preview without a change, as %s",
        async (kind) => {
          expect(changesOf(await stack.run(kind, "preview"))).toEqual([]);
        },
      );
    });

    it("finds the provider as docs/reuse.md says", async () => {
      const documented = codeBlocks(projectRoot()).filter(({ file }) => file.endsWith("docs/reuse.md"));
      const { plugins } = parse(await readFile(join(consumer().folder, "Pulumi.yaml"), "utf8"));
      const yaml = documented.filter(({ language }) => language === "yaml").map(({ code }) => parse(code));
      expect(yaml).toContainEqual({ plugins });
      expect(documented.map(({ code }) => code.trim())).toContain(PLUGIN_INSTALL);
    });

    describe("after `up`, a preview changes nothing", () => {
      it("where the consumer's component is renamed, with an alias from its older type", async () => {
        const renamed = await stack.run("esm", "preview", { renamed: "true" });
        expect(changesOf(renamed)).toEqual([]);
        expect(named(renamed, "MailRelay shop").urn).toContain(
          "::acme:platform:Platform$smarthost:index:MailRelay::",
        );
      });

      it("where the state has a mail path under an older type, with an alias from it", async () => {
        const state = await readFile(stack.stateFile, "utf8");
        // Only of the one at the stack's top: the other is in a component.
        const older = state.replaceAll("::smarthost:index:MailRelay", "::acme:index:Newsletter");
        expect(older).not.toBe(state);
        await writeFile(stack.stateFile, older);
        try {
          const moved = await stack.run("commonjs", "preview");
          expect(changesOf(moved)).toEqual([]);
          expect(named(moved, "MailRelay news").urn).toContain("::smarthost:index:MailRelay::");
        } finally {
          await writeFile(stack.stateFile, state);
        }
      });

      it("where the engine has the provider from `pulumi plugin install`, not from Pulumi.yaml", async () => {
        const file = join(consumer().folder, "Pulumi.yaml");
        const project = await readFile(file, "utf8");
        const { plugins, ...rest } = parse(project);
        expect(plugins.providers[0].name).toBe("sendgrid");
        await writeFile(file, stringify(rest));
        try {
          await expect(stack.run("commonjs", "preview")).rejects.toThrow(/sendgrid/);
          await stack.pulumi(...PLUGIN_INSTALL.split(" ").slice(1));
          expect(changesOf(await stack.run("commonjs", "preview"))).toEqual([]);
        } finally {
          await writeFile(file, project);
        }
      });
    });
  });
}
