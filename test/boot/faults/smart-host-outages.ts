import { until } from "../../../sandbox/until";
import type { Fault } from "./fault";

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
];
