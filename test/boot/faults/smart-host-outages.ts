import { until } from "../../../sandbox/until";
import { addPacketRule } from "../packet-rule";
import type { Fault } from "./fault";

/** Connections whose end the relay does not hear of. */
const UNHEARD = 2;
/** Postfix waits five minutes for the answer to a recipient (RFC 5321, 4.5.3.2.3); the other mail must not. */
const FLOW_SECONDS = 60;

/** The kernel ends a connection 100 to 120 seconds after the first packet that nothing confirms (`tcp_retries2`). */
const DEAD_SECONDS = 150;
/** Postfix's initial_destination_concurrency: deliveries at once, until the first succeeds. */
const FIRST_DELIVERIES = 5;

/** The smart host is gone for a while. */
export const OUTAGES: readonly Fault[] = [
  {
    name: "outage",
    title: "the smart host refuses connections while mail flows, and is back later",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      let ended: Promise<void> | undefined;
      await trial.load(300, {
        onAccepted: (count) => {
          if (count === 100) ended = first.close().then((doubtful) => trial.inDoubt(doubtful));
        },
      });
      await ended;
      await trial.untilDeferred(/Connection refused/);
      const { queued } = await trial.during("while the smart host is gone");
      trial.check("mail waits while the smart host is gone", queued > 0);
      await first.open();
    },
  },
  {
    name: "unheard-end",
    title: "the smart host is gone for a moment, and of two connections the relay never hears the end",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      const hanging = new Set<string>();
      first.beforeText = async (connection) => {
        if (hanging.size < UNHEARD) hanging.add(connection);
        // Never: an answer would end what hangs.
        if (hanging.has(connection)) await new Promise(() => {});
      };
      let gone: Promise<() => Promise<void>> | undefined;
      const vanish = async () => {
        await until("deliveries hang", () => hanging.size === UNHEARD);
        const ports = [...hanging].flatMap((connection) => first.connections.get(connection) ?? []);
        const restore = await addPacketRule("output", `tcp dport { ${ports.join(", ")} } drop`);
        trial.inDoubt(await first.close());
        return restore;
      };
      await trial.load(300, {
        onAccepted: (count) => {
          if (count === 100) gone = vanish();
        },
      });
      const restore = await gone;
      try {
        await trial.untilDeferred(/Connection refused/);
        await first.open();
        const flows = await trial.waitingAtMost(UNHEARD, FLOW_SECONDS);
        trial.check("mail flows past the connections that hang", flows);
        const { queued } = await trial.during("while connections hang");
        trial.check("what hangs still waits", queued === UNHEARD);
      } finally {
        await restore?.();
      }
    },
  },
  {
    name: "lost-connections",
    title: "all that the relay sends on its open connections gets lost, as when a firewall forgets them",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      let waiting = 0;
      const lost = new Promise<() => Promise<void>>((resolve, reject) => {
        first.beforeText = async () => {
          waiting += 1;
          if (waiting === FIRST_DELIVERIES) {
            const ports = [...first.connections.values()];
            addPacketRule("input", `tcp sport { ${ports.join(", ")} } drop`).then(resolve, reject);
          }
          await lost;
        };
      });
      await trial.load(60);
      const restore = await lost;
      try {
        const { queued } = await trial.during("while no connection works");
        trial.check("all mail waits while no connection works", queued === 60);
        const flows = await trial.waitingAtMost(0, DEAD_SECONDS);
        trial.check("it flows on new connections when the kernel has ended the dead ones", flows);
      } finally {
        await restore();
      }
    },
  },
  {
    name: "failover",
    title: "the first of two smart hosts is gone while mail flows, and is back later",
    relay: "fallback",
    async run(trial) {
      const { first, second } = trial.hosts;
      let ended: Promise<void> | undefined;
      await trial.load(200, {
        onAccepted: (count) => {
          if (count === 80) ended = first.close().then((doubtful) => trial.inDoubt(doubtful));
        },
      });
      await ended;
      await trial.settle();
      await trial.during("while the second smart host stands in");
      trial.check(
        "the second smart host takes the mail",
        second.taken.some(({ id }) => trial.owns(id)),
      );
      await first.open();
      // Postfix keeps connections for the whole list of smart hosts: while mail flows without a pause, those to the
      // second are used on, for a minute at most (smtp_connection_reuse_time_limit). It closes idle ones.
      await until("the connections to the second smart host are closed", () => second.connections.size === 0);
      const back = trial.letters(20);
      await trial.load(back);
      await trial.settle();
      const ids = new Set(back.map(({ id }) => id));
      trial.check(
        "mail returns to the first smart host",
        first.taken.filter(({ id }) => ids.has(id)).length === back.length,
      );
    },
  },
  {
    name: "silent-failover",
    title: "packets to the first of two smart hosts get lost while mail flows, and arrive again later",
    relay: "fallback",
    async run(trial) {
      const { first, second } = trial.hosts;
      let closed: Promise<() => Promise<void>> | undefined;
      await trial.load(100, {
        onAccepted: (count) => {
          if (count === 40) closed = addPacketRule("input", `ip daddr ${first.address} drop`);
        },
      });
      const restore = await closed;
      try {
        // What the first took, and the relay never heard of.
        trial.inDoubt(first.lastOf(new Set(first.connections.keys())));
        const flows = await trial.waitingAtMost(0, DEAD_SECONDS);
        trial.check("no mail waits for longer than dead connections last", flows);
        trial.check(
          "the second smart host takes the mail",
          second.taken.some(({ id }) => trial.owns(id)),
        );
      } finally {
        await restore?.();
      }
    },
  },
];
