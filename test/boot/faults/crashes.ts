import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../../sandbox/until";
import { CUSTOM_PORT } from "../relays";
import type { Fault } from "./fault";

/** How much waits in the queue when the server is killed. */
const IN_FLIGHT = 1_000;

/** The server itself ends, in order or not. */
export const CRASHES: readonly Fault[] = [
  {
    name: "hard-kill",
    title: "every process is killed with 1,000 messages in flight, then the server boots (no power loss)",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      first.beforeAnswer = () => sleep(2_000);
      let accepted = 0;
      const load = trial.load(IN_FLIGHT + 500, {
        connections: 20,
        onAccepted: (count) => {
          accepted = count;
        },
      });
      await until(
        `${IN_FLIGHT} messages are in flight`,
        () => accepted - trial.taken().length >= IN_FLIGHT || accepted === IN_FLIGHT + 500,
      );
      const open = new Set(first.connections.keys());
      const inFlight = accepted - trial.taken().length;
      await trial.relay.machine.kill();
      trial.inDoubt(first.lastOf(open));
      trial.check(`at least ${IN_FLIGHT} messages are in flight`, inFlight >= IN_FLIGHT);
      trial.kept = inFlight;
      first.beforeAnswer = async () => {};
      await trial.relay.machine.start();
      await load;
    },
  },
  {
    name: "replacement",
    title: "a new server with another port takes the queue volume over, with mail in the queue",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      trial.inDoubt(await first.close());
      await trial.load(100);
      await trial.untilDeferred(/Connection refused/);
      const { queued } = await trial.during("on the old server");
      trial.check("all mail waits on the old server", queued === 100);
      trial.relay = await trial.surroundings.relays.replace("submission", "custom");
      const moved = await trial.during("on the new server");
      trial.check("all mail waits on the new server", moved.queued === 100);
      await first.open();
      await trial.settle();
      trial.check(
        "the new server's port is used",
        trial.taken().every(({ port }) => port === CUSTOM_PORT),
      );
    },
  },
];
