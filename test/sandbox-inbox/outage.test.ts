import { expect, test } from "vitest";
import { resolver } from "../../sandbox/dns";
import { startInbox } from "../../sandbox/inbox";
import { startMailWorld } from "./mail-world";

test("a message waits while the recipient's server is down, and arrives when it is up", async () => {
  const world = await startMailWorld();
  const again = { resolver: resolver("127.0.0.1", world.dns.port), domains: ["inbox.test"] };
  try {
    await world.authenticateDomain();
    const key = await world.createKey("mail.send");
    const { port } = world.inbox;
    await world.inbox.close();
    expect(await world.send(key, { subject: "patient" })).toMatch(/^250 /);

    const certificate = await world.authority.issue(["mx.inbox.test"]);
    const inbox = await startInbox({ ...again, certificate, port });
    try {
      const message = await inbox.waitFor(({ subject }) => subject === "patient", 10_000);
      expect(message.dmarc.result).toBe("pass");
      await world.smtp.idle();
      expect(world.smtp.outcomes()).toMatchObject([{ result: "delivered" }]);
    } finally {
      await inbox.close();
    }
  } finally {
    await world.close();
  }
});
