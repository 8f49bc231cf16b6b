import { addPacketRule } from "../packet-rule";
import type { Fault } from "./fault";

const FILLER = "/var/spool/postfix/filler";

/** What the relay stands on fails: its disk, its resolver. */
export const SURROUNDINGS: readonly Fault[] = [
  {
    name: "full-disk",
    title: "the queue volume is full, and has room later",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      trial.inDoubt(await first.close());
      await trial.load(50);
      await trial.untilDeferred(/Connection refused/);
      // All that is left: the file system's reserve is root's, and Postfix is not root.
      const fill = 'fallocate -l "$(df --output=avail -B1 /var/spool/postfix | tail -n 1)" "$1"';
      await trial.relay.run(["sh", "-c", fill, "sh", FILLER]);
      const refused = await trial.send();
      trial.check("a full disk is told with 452 4.3.1", /^452 4\.3\.1/.test(refused.answer));
      const { queued } = await trial.during("while the disk is full");
      trial.check("all mail waits while the disk is full", queued === 50);
      await first.open();
      await trial.relay.flush();
      const waiting = trial.load(50);
      await trial.relay.run(["rm", FILLER]);
      await waiting;
    },
  },
  {
    name: "dns-outage",
    title: "the resolver does not answer, and does later",
    relay: "submission",
    async run(trial) {
      const restore = await addPacketRule("input", "meta l4proto { tcp, udp } th dport 53 drop");
      try {
        await trial.relay.run(["resolvectl", "flush-caches"]);
        await trial.relay.run(["postfix", "reload"]);
        await trial.load(20, { connections: 10 });
        await trial.untilDeferred(/Host or domain name not found|Host not found/);
        const { queued } = await trial.during("while DNS is silent");
        trial.check("all mail waits while DNS is silent", queued === 20);
      } finally {
        await restore();
      }
    },
  },
  {
    name: "dns-no-such-name",
    title: "the resolver says that the smart host's name does not exist, and knows it later",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      const { zones } = trial.world;
      zones.delete(first.name);
      try {
        await trial.relay.run(["resolvectl", "flush-caches"]);
        await trial.relay.run(["postfix", "reload"]);
        await trial.load(20);
        await trial.untilDeferred(/Host or domain name not found/);
        const { queued } = await trial.during("while the name does not exist");
        trial.check("all mail waits meanwhile", queued === 20);
      } finally {
        zones.create(first.name, [{ name: first.name, type: "A", value: first.address }]);
        await trial.relay.run(["resolvectl", "flush-caches"]);
      }
    },
  },
];
