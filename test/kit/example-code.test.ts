import { expect, it } from "vitest";
import * as z from "zod";
import {
  type AnyResource,
  defineProvider,
  defineResource,
  outputOf,
  packageSchema,
} from "../../providers/kit";
import { exampleCode } from "../../providers/kit/example-code";

const unused = {
  create: async () => ({ id: "1", outputs: { roomId: "1" } }),
  read: async () => undefined,
  delete: async () => {},
};
const Room = defineResource<null>()({
  ...unused,
  token: "house:index:Room",
  description: "A room.",
  inputs: z.object({ name: z.string(), doors: z.array(z.int()).optional() }),
  outputs: z.object({ roomId: z.string() }),
  examples: [{ name: "kitchen", doors: [1, 2] }, { name: "hall" }],
});
const Lamp = defineResource<null>()({
  ...unused,
  token: "house:index:Lamp",
  inputs: z.object({
    roomIds: z.array(z.string()),
    shade: z.object({ "colour-name": z.string() }).optional(),
    twin: z.string().optional(),
  }),
  outputs: z.object({ roomId: z.string() }),
  examples: [
    {
      roomIds: [outputOf("Room", "roomId"), outputOf("Room", "roomId", { name: "hall" })],
      shade: { "colour-name": "red" },
      twin: outputOf("Room", "roomId"),
    },
  ],
});
const all: AnyResource<null>[] = [Room, Lamp];

it("is the first example, as a program", () => {
  expect(exampleCode(Room, all)).toBe(
    ['const example = new house.Room("example", {', '  name: "kitchen",', "  doors: [1, 2],", "});"].join(
      "\n",
    ),
  );
});

it("makes the resources that it refers to, each once, with a name of its own", () => {
  expect(exampleCode(Lamp, all)).toBe(
    [
      'const room = new house.Room("room", {',
      '  name: "kitchen",',
      "  doors: [1, 2],",
      "});",
      'const room2 = new house.Room("room2", {',
      '  name: "hall",',
      "  doors: [1, 2],",
      "});",
      'const example = new house.Lamp("example", {',
      "  roomIds: [room.roomId, room2.roomId],",
      "  shade: {",
      '    "colour-name": "red",',
      "  },",
      "  twin: room.roomId,",
      "});",
    ].join("\n"),
  );
});

it("fails where it refers to a resource that there is not", () => {
  expect(() => exampleCode(Lamp, [Lamp])).toThrow(
    "house:index:Lamp: an example refers to Room, which has no example",
  );
});

it("stands in the schema's documentation", () => {
  const provider = defineProvider({
    name: "house",
    version: "1.0.0",
    config: z.object({}),
    connect: () => null,
    resources: all,
  });
  const { description } = Object(packageSchema(provider)).resources["house:index:Room"];
  expect(description).toMatch(/^A room\.\n\n## Example\n\n```typescript\nconst example = new house\.Room\(/);
});
