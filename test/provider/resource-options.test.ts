import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as sendgrid from "@pulumi/sendgrid";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { openWorld } from "../../conformance/life-cycle";
import { findEngine } from "../../engine/find-engine";
import { settingsFor } from "../../sandbox/journey";
import { changes, RunFailed, StackRun } from "../../sandbox/stack-run";

/*
 * The resource options that the engine takes care of together with the provider, with a group and a link.
 */

let world: Awaited<ReturnType<typeof openWorld>>;
let directory: string;
let run: StackRun;
let program = () => {};

beforeAll(async () => {
  world = await openWorld();
  directory = await mkdtemp(join(tmpdir(), "smarthost-options-"));
  const { command: engine } = await findEngine();
  run = await StackRun.open({
    engine,
    directory,
    program: async () => program(),
    attachedProviders: { sendgrid: world.port },
    config: settingsFor(13),
    stackName: "options",
  });
});
afterAll(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  await declared(group());
});

const GROUP = { name: "Newsletter", description: "Once a month" };
const group =
  (change: Partial<typeof GROUP> = {}, options: CustomResourceOptions = {}, name = "group") =>
  () => {
    new sendgrid.UnsubscribeGroup(name, { ...GROUP, ...change }, options);
  };
/** What an update does, as `name op`. */
async function declared(next: () => void): Promise<string[]> {
  program = next;
  return changes(await run.up()).map(({ name, op }) => `${name} ${op}`);
}
const groupsThere = async () => {
  const purpose = { task: "look", scope: "asm.groups.read" };
  const { signal } = new AbortController();
  const answer = z.array(z.object({ name: z.string() }));
  const groups = await world.session.request({
    method: "GET",
    path: "/v3/asm/groups",
    answer,
    purpose,
    signal,
  });
  return groups.map(({ name }) => name);
};

it("ignoreChanges keeps what the state has", async () => {
  expect(await declared(group({ description: "Often" }, { ignoreChanges: ["description"] }))).toEqual([]);
});

it("replaceOnChanges replaces what would be updated, the old one first: both can't have the name", async () => {
  expect(await declared(group({ description: "Often" }, { replaceOnChanges: ["description"] }))).toEqual([
    "group delete-replaced",
    "group replace",
    "group create-replacement",
  ]);
  expect(await groupsThere()).toEqual(["Newsletter"]);
});

it("aliases take another name in the program for the same group", async () => {
  const renamed = group({}, { aliases: [{ name: "group" }] }, "newsletter");
  expect(await declared(renamed)).toEqual([]);
  expect(await groupsThere()).toEqual(["Newsletter"]);
  await declared(group({}, { aliases: [{ name: "newsletter" }] }));
});

it("protect refuses to delete", async () => {
  await declared(group({}, { protect: true }));
  program = () => {};
  const refused: unknown = await run.up().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RunFailed);
  expect(String(refused)).toMatch(/protected/);
  await declared(group({}, { protect: false }));
});

it("retainOnDelete forgets the group and leaves it; adopt takes it up again", async () => {
  await declared(group({}, { retainOnDelete: true }));
  await declared(() => {});
  expect(await groupsThere()).toEqual(["Newsletter"]);
  const adopted = () => {
    new sendgrid.UnsubscribeGroup("group", { ...GROUP, adopt: true });
  };
  expect(await declared(adopted)).toEqual(["group create"]);
  expect(await groupsThere()).toEqual(["Newsletter"]);
});

it("deleteBeforeReplace turns the order of a replacement round", async () => {
  const link =
    (subdomain: string, options: CustomResourceOptions = {}) =>
    () => {
      group()();
      new sendgrid.LinkBranding("link", { domain: "example.com", subdomain }, options);
    };
  await declared(link("one"));
  expect(await declared(link("two"))).toEqual([
    "link create-replacement",
    "link replace",
    "link delete-replaced",
  ]);
  expect(await declared(link("three", { deleteBeforeReplace: true }))).toEqual([
    "link delete-replaced",
    "link replace",
    "link create-replacement",
  ]);
});
