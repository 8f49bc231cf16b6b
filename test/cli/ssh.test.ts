import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand, startRelayWorld } from "./relay-world";
import { type SshServer, startSshServer } from "./ssh-server";

let world: Awaited<ReturnType<typeof startRelayWorld>>;
let server: SshServer;
beforeAll(async () => {
  world = await startRelayWorld();
  server = await startSshServer(world.env);
});
afterAll(async () => {
  await server?.stop();
  await world?.stop();
});

const remote = (destination: string, ...argv: string[]) =>
  runCommand(["relay", ...argv, "--ssh", destination, "--ssh-config", server.config], {
    locate: world.around.locate,
  });

it("the queue of a real Postfix is shown, held by ids and deleted, as root and by sudo", async () => {
  const id = await world.deferred("one");
  for (const destination of ["root@relay", "relay", "ssh://root@relay:22"]) {
    const { code, out, err } = await remote(destination, "queue", "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({ messages: [{ id }] });
  }
  expect(await remote("relay", "flush", id)).toMatchObject({ code: 0, err: "" });
  expect(await remote("relay", "hold", id)).toMatchObject({ code: 0, err: "" });
  expect((await world.queue()).messages).toMatchObject([{ id, queue: "hold" }]);
  expect(await remote("relay", "delete", "--yes", id)).toMatchObject({ code: 0, err: "" });
  expect(await world.queue()).toMatchObject({ count: 0 });
});

it("a test message is sent on the server and followed to the smart host's answer", async () => {
  const { code, out } = await remote("relay", "test", "--from", "app@example.com", "--to", "a@example.org");
  expect(out).toMatch(/Answer: +250 .*queued as SMART-HOST-1/);
  expect(code).toBe(0);
});

it("a host that is not there is told in ssh's words", async () => {
  const { code, err } = await remote("gone", "queue");
  expect(code).toBe(1);
  expect(err).toMatch(/gone by SSH could not be asked: .*refused.*\nNext: Run `ssh gone true`/);
});

it.each(["-oProxyCommand=id", "a b", "", "relay;id", "$(id)", "user@-oProxyCommand=id"])(
  "%j is no destination",
  async (destination) => {
    const { code, err } = await runCommand(["relay", "queue", `--ssh=${destination}`]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^error: (--ssh: .* is no destination|no relay)/),
    });
  },
);
