import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import {
  changes,
  exampleAt,
  expectedChange,
  functionsNamed,
  type LifeCycle,
  nameOf,
  resourcesNamed,
  runLifeCycle,
  stepsOf,
} from "../../conformance/life-cycle";
import { findEngine } from "../../engine/find-engine";
import { projectRoot } from "../../engine/project-root";
import { membersOf, metaOf } from "../../providers/kit/property";

/*
 * Every resource of the provider, by being there: its examples are its way through life.
 * To work on some of them: LIFE_CYCLE=ApiKey,Subuser npx vitest run test/provider/life-cycle.test.ts
 */
const names = process.env.LIFE_CYCLE?.split(",");
const definitions = resourcesNamed(names);
const functions = functionsNamed(names);

let life: LifeCycle;
beforeAll(async () => {
  const { command: engine } = await findEngine();
  life = await runLifeCycle({ engine, resources: definitions, functions });
});

/** One stage of the life cycle. */
const stage = (index: number) => {
  const found = life.stages[index];
  if (found === undefined) throw new Error(`the life cycle has no stage ${index}`);
  return found;
};

it("runs without a failure", () => {
  const runs = [
    ...life.stages.flatMap(({ preview, up, again, refresh }) => [preview, up, again, refresh]),
    life.imported,
    life.destroyed,
  ];
  expect(runs.flatMap(({ failure }) => failure ?? [])).toEqual([]);
});

it.skipIf(names !== undefined)("uses the operations of the API that docs/sendgrid-api.md names", async () => {
  const page = await readFile(join(projectRoot(), "docs", "sendgrid-api.md"), "utf8");
  const named = [...page.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/v3[^`]*)`/g)].map(
    ([, operation]) => operation,
  );
  const used = new Set(
    life.exchanges
      .filter(({ route }) => route !== "")
      .map(({ method, route }) => `${method} ${route.replace(/\/:(\w+)/g, "/{$1}")}`),
  );
  expect(named.toSorted()).toEqual([...used].toSorted());
});

describe.each(definitions.map((definition) => [nameOf(definition), definition] as const))(
  "%s",
  (_, definition) => {
    const { examples = [] } = definition;

    it("has examples that give and change every input", () => {
      const given = examples.map((_, index) => exampleAt(definition, index));
      const changed = new Set(
        given.slice(1).flatMap((after, index) => {
          const before = given[index] ?? {};
          return Object.keys({ ...before, ...after }).filter(
            (property) => !isDeepStrictEqual(before[property], after[property]),
          );
        }),
      );
      const inputs = membersOf(definition.inputs).map(([name]) => name);
      expect([...changed].sort()).toEqual(inputs.filter((name) => name !== "adopt").sort());
    });

    it("is created as the preview says, with outputs that are what was foreseen", () => {
      const { preview, up } = stage(0);
      expect(stepsOf(preview, definition).map(({ op }) => op)).toEqual(["create"]);
      const [made] = stepsOf(up, definition);
      expect(made?.op).toBe("create");
      expect(made?.outputs).toMatchObject(foreseen(stepsOf(preview, definition)[0]?.outputs));
    });

    it("has no diff right after, and none after a refresh, at every stage", () => {
      for (const { again, refresh } of life.stages) {
        expect(stepsOf({ steps: changes(again) }, definition)).toEqual([]);
        const refreshed = stepsOf(refresh, definition);
        expect(refreshed.map(({ op }) => op)).toEqual(["refresh"]);
        expect(refreshed[0]?.diffs).toEqual([]);
      }
    });

    it.each(examples.slice(1).map((_, index) => index + 1))(
      "is updated or replaced by exactly what changes in example %i",
      (index) => {
        const { preview, up } = stage(index);
        const expected = expectedChange(
          definition,
          exampleAt(definition, index - 1),
          exampleAt(definition, index),
        );
        for (const run of [preview, up]) {
          const ops = stepsOf(run, definition).map(({ op }) => op);
          if (expected.replaces) expect(ops).toContain("create-replacement");
          else expect(ops).toEqual(["update"]);
        }
        const planned = stepsOf(preview, definition).find(({ op }) => /^(update|create-rep)/.test(op));
        const properties = new Set(planned?.diffs.map((path) => path.split(/[.[]/)[0]));
        expect([...properties].sort()).toEqual(expected.properties.sort());
        const done = stepsOf(up, definition).find(({ op }) => op === planned?.op);
        expect(done?.outputs).toMatchObject(foreseen(planned?.outputs));
      },
    );

    it("is imported by its id, with no diff", () => {
      expect(stepsOf(life.imported, definition).map(({ op }) => op)).toEqual(["import"]);
    });

    it("is gone in the end, or as it was before", () => {
      expect(stepsOf(life.destroyed, definition).map(({ op }) => op)).toEqual(["delete"]);
      expect(life.leftOver.get(nameOf(definition))).toEqual(life.untouched.get(nameOf(definition)));
    });

    it("documents every property", () => {
      const properties = [...membersOf(definition.inputs), ...membersOf(definition.outputs)];
      expect(properties.filter(([, schema]) => !metaOf(schema).description).map(([name]) => name)).toEqual(
        [],
      );
      expect(definition.description).toMatch(/^API: https:\/\//m);
    });
  },
);

if (functions.length > 0)
  describe.each(functions.map((definition) => [nameOf(definition), definition] as const))(
    "%s",
    (name, definition) => {
      it("answers each of its examples with what it promises", () => {
        const answers = life.answers.get(name) ?? [];
        expect(answers).toHaveLength(definition.examples?.length ?? 0);
        expect(answers.length).toBeGreaterThan(0);
        for (const answer of answers) expect(() => definition.outputs.parse(answer)).not.toThrow();
      });

      it("documents every property", () => {
        const properties = [...membersOf(definition.inputs), ...membersOf(definition.outputs)];
        expect(properties.filter(([, schema]) => !metaOf(schema).description).map(([each]) => each)).toEqual(
          [],
        );
        expect(definition.description).toMatch(/^API: https:\/\//m);
      });
    },
  );

/** The outputs that a preview knows; unknown ones and secrets, which the engine does not show, say nothing. */
function foreseen(outputs: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).filter(([, value]) => !/04da6b54-|4dabf181/.test(JSON.stringify(value) ?? "")),
  );
}
