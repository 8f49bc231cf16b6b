import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { defineProvider, defineResource, serve } from "../../providers/kit";
import { connect, type ProviderClient, secret } from "./client";

interface Row {
  name: string;
  colour: string;
  size: number;
}

/** A service that keeps labels, of which each has a name of its own; it can lose its answers. */
class Labels {
  readonly rows = new Map<string, Row & { code: string }>();
  /** What becomes of the next creates: done and not answered, or neither. */
  readonly trouble: ("after" | "before")[] = [];
  readonly calls: string[] = [];
  /** What the last create and delete were told besides their inputs. */
  replacing: string | undefined;
  replacedAt: Date | undefined;
}

class Lost extends Error {
  readonly mayHaveHappened = true;
}

const Label = defineResource<Labels>()({
  token: "labels:index:Label",
  inputs: z.object({
    name: z.string(),
    colour: z.string().meta({ replace: true }),
    size: z.int().default(1),
    code: z.string().meta({ secret: true, neverReturned: true }),
  }),
  outputs: z.object({ number: z.string() }),
  identity: {
    properties: ["name"],
    find: async ({ inputs, session }) => [...session.rows].find(([, { name }]) => name === inputs.name)?.[0],
  },
  create: async ({ inputs, session, replacing }) => {
    session.calls.push(`create ${Object.keys(inputs).join(" ")}`);
    session.replacing = replacing;
    const trouble = session.trouble.shift();
    if (trouble === "before") throw new Lost("no answer");
    const id = String(session.rows.size + 1);
    session.rows.set(id, inputs);
    if (trouble === "after") throw new Lost("no answer");
    return { id, outputs: { number: `no. ${id}` } };
  },
  read: async ({ id, session }) => {
    const row = session.rows.get(id);
    if (row === undefined) return undefined;
    const { name, colour, size } = row;
    return { inputs: { name, colour, size }, outputs: { number: `no. ${id}` } };
  },
  update: async ({ id, inputs, session }) => {
    session.calls.push(`update ${Object.keys(inputs).join(" ")}`);
    session.rows.set(id, inputs);
    return {};
  },
  delete: async ({ id, session, replacedAt }) => {
    session.replacedAt = replacedAt;
    session.rows.delete(id);
  },
});

const LABEL = "labels:index:Label";
const RED = { name: "shelf", colour: "red", size: 1, code: secret("1234567") };
let labels: Labels;
let client: ProviderClient;
let close: () => Promise<void>;
beforeEach(async () => {
  labels = new Labels();
  const provider = defineProvider({
    name: "labels",
    version: "1.0.0",
    config: z.object({}),
    connect: () => labels,
    resources: [Label],
  });
  const server = await serve(provider);
  client = connect(server.port);
  await client.configure({});
  close = async () => {
    client.close();
    await server.close();
  };
});
afterEach(() => close());

const failure = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => "it did not fail",
    (reason: unknown) => reason,
  );
  return String(Object(error).details ?? error);
};
const there = (row: Partial<Row> = {}) =>
  labels.rows.set("7", { name: "shelf", colour: "red", size: 5, code: "old", ...row });

describe("a create where one with the same identity exists", () => {
  it("is refused with its id, the import command and what else to do", async () => {
    there();
    expect(await failure(client.create(LABEL, RED))).toBe(
      'Label with name "shelf" exists already, with the id 7. Take it over with adopt: true, or with ' +
        "`pulumi import labels:index:Label it 7`, or choose another name.",
    );
    expect(labels.calls).toEqual([]);
  });

  it("takes it over with adopt: true, and brings it to the inputs", async () => {
    there();
    const { id, properties } = await client.create(LABEL, { ...RED, adopt: true });
    expect({ id, properties }).toEqual({ id: "7", properties: { ...RED, adopt: true, number: "no. 7" } });
    expect(labels.rows.get("7")).toEqual({ ...RED, code: "1234567" });
    expect(labels.calls).toEqual(["update name colour size code"]);
  });

  it("refuses to take over what can't be brought to the inputs, and changes nothing", async () => {
    there({ colour: "blue" });
    expect(await failure(client.create(LABEL, { ...RED, adopt: true }))).toBe(
      'Label with name "shelf" exists already, with the id 7, and can\'t be taken over: colour (it is "blue", not ' +
        '"red") can\'t be changed. Give the values that it has, or delete it and run the same again.',
    );
    expect(labels.rows.get("7")?.size).toBe(5);
  });
});

describe("adopt", () => {
  it("is an input that is documented", async () => {
    expect(Object(await client.schema()).resources[LABEL].inputProperties.adopt).toEqual({
      type: "boolean",
      description:
        "Whether one that exists already with the same name is taken over and changed to these inputs, instead of being refused. It matters at the creation only.",
    });
  });

  it("makes no diff when it comes or goes", async () => {
    expect(await client.diff(LABEL, RED, { ...RED, adopt: true })).toMatchObject({ changes: false });
    expect(await client.diff(LABEL, { ...RED, adopt: true }, RED)).toMatchObject({ changes: false });
  });

  it("creates where nothing exists, and the resource's own code does not see it", async () => {
    expect((await client.create(LABEL, { ...RED, adopt: true })).id).toBe("1");
    expect(labels.calls).toEqual(["create name colour size code"]);
  });
});

describe("a create without an answer", () => {
  it("is found when it was done, and not repeated", async () => {
    labels.trouble.push("after");
    expect(await client.create(LABEL, RED)).toMatchObject({ id: "1", properties: { number: "no. 1" } });
    expect(labels.rows.size).toBe(1);
  });

  it("is repeated when it was not done", async () => {
    labels.trouble.push("before");
    expect((await client.create(LABEL, RED)).id).toBe("1");
    expect(labels.calls).toEqual(["create name colour size code", "create name colour size code"]);
  });

  it("fails when the second has no answer either", async () => {
    labels.trouble.push("before", "before");
    expect(await failure(client.create(LABEL, RED))).toBe("no answer");
  });
});

describe("a replacement", () => {
  it("deletes first where it keeps the identity", async () => {
    expect(await client.diff(LABEL, RED, { ...RED, colour: "blue" })).toMatchObject({
      replaces: ["colour"],
      deleteBeforeReplace: true,
    });
  });

  it("creates first where it has another identity", async () => {
    expect(await client.diff(LABEL, RED, { ...RED, name: "box", colour: "blue" })).toMatchObject({
      replaces: ["colour"],
      deleteBeforeReplace: false,
    });
  });

  it("tells the create what it replaces, and the delete when it was replaced", async () => {
    const { id } = await client.create(LABEL, RED);
    expect(labels.replacing).toBeUndefined();
    await client.diff(LABEL, RED, { ...RED, name: "box", colour: "blue" }, [], RED, id);
    const before = Date.now();
    await client.create(LABEL, { ...RED, name: "box", colour: "blue" });
    expect(labels.replacing).toBe(id);
    await client.delete(LABEL, id, RED);
    expect(labels.replacedAt?.getTime()).toBeGreaterThanOrEqual(before);
  });

  it("tells nothing of the kind to a delete that stands alone", async () => {
    await client.delete(LABEL, "1", RED);
    expect(labels.replacedAt).toBeUndefined();
  });
});
