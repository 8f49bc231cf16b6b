import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConsole } from "../../sandbox/machine/console";

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "console-"));
  log = join(folder, "console.log");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("progress is what cloud-init and the relay's own units say, each line once", async () => {
  const reader = readConsole(log);
  expect(await reader.progress()).toEqual([]);
  await appendFile(
    log,
    "[  OK  ] Started dbus.service.\r\n\u001b[0;32mCloud-init v. 25.1.4 running 'modules:final' at Tue\r\n",
  );
  expect(await reader.progress()).toEqual(["cloud-init: modules:final"]);
  await appendFile(log, "smarthost-setup[229]: mounting the queue volume\r\nsmarthost-queue[253]: waiting");
  expect(await reader.progress()).toEqual(["mounting the queue volume"]);
  await appendFile(log, " for it\n");
  expect(await reader.progress()).toEqual(["waiting for it"]);
});

test("the tail has the last lines without terminal control", async () => {
  await appendFile(log, "one\n\n\u001b[1mtwo\u001b[0m\nthree\n");
  expect(await readConsole(log).tail(2)).toBe("two\nthree");
});
