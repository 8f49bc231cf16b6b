import { Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CHECKED, openBookshop } from "./bookshop";
import { secret } from "./client";

/** A substitute for the engine's log service: it keeps what it gets, and shows nothing of how an engine displays it. */
async function startEngine() {
  const requests: LogRequest[] = [];
  const arrivals: (() => void)[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: (call: { request: LogRequest }, callback: (error: null, answer: Empty) => void) => {
      requests.push(call.request);
      for (const arrived of arrivals.splice(0)) arrived();
      callback(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const received = async (count: number) => {
    while (requests.length < count) await new Promise<void>((resolve) => arrivals.push(resolve));
    return requests.slice(0, count);
  };
  return { address: `127.0.0.1:${port}`, received, close: () => server.forceShutdown() };
}

let engine: Awaited<ReturnType<typeof startEngine>>;
let open: Awaited<ReturnType<typeof openBookshop>>;
beforeEach(async () => {
  engine = await startEngine();
  open = await openBookshop();
  await open.shop();
});
afterEach(async () => {
  await open.close();
  engine.close();
});

const update = () =>
  open.client.update(
    "shop:index:Book",
    "389721121X",
    { inputs: CHECKED, state: CHECKED },
    { ...CHECKED, title: "New" },
  );

it("shows messages at the resource, progress as passing", async () => {
  await open.client.attach(engine.address);
  await update();
  const messages = (await engine.received(2)).map((request) => request.toObject());
  const at = { urn: expect.stringMatching(/shop:index:Book::it$/), severity: LogSeverity.INFO };
  expect(messages).toEqual([
    expect.objectContaining({ ...at, message: "printing a new label", ephemeral: true }),
    expect.objectContaining({ ...at, message: "label printed", ephemeral: false }),
  ]);
});

it("shows no secret", async () => {
  await open.client.attach(engine.address);
  const after = { ...CHECKED, title: "New", note: secret("label printed") };
  await open.client.update("shop:index:Book", "389721121X", { inputs: CHECKED, state: CHECKED }, after);
  expect((await engine.received(2)).map((request) => request.getMessage())).toContain("[secret]");
});

it("works without an engine", async () => {
  expect(await update()).toMatchObject({ title: "New" });
});

it("works with an engine that does not answer", async () => {
  await open.client.attach(engine.address);
  engine.close();
  expect(await update()).toMatchObject({ title: "New" });
});
