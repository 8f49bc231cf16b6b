import { PASSWORD } from "../names";
import type { Fault } from "./fault";

const NEW_PASSWORD = "SG.second-password.in-the-network";
const FETCH = ["systemctl", "start", "smarthost-credential"];

/** The password is wrong, changes, or cannot be fetched. */
export const CREDENTIALS: readonly Fault[] = [
  {
    name: "wrong-credential",
    title: "the smart host refuses the password, and takes it later",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      first.passwords = new Set(["another"]);
      // A connection that is logged in stays so; a new one is refused.
      await trial.relay.run(["postfix", "reload"]);
      const before = first.logins.length;
      await trial.load(200);
      await trial.untilDeferred(/535/);
      const { queued } = await trial.during("while the password is refused");
      trial.check("all mail waits while the password is refused", queued === 200);
      const tries = first.logins.length - before;
      trial.check("the refused password is not tried for each of them", tries > 0 && tries <= 20);
      first.passwords = new Set([PASSWORD]);
    },
  },
  {
    name: "rotation",
    title: "a new password, at the smart host and in SSM, while mail flows",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      let changed: Promise<unknown> | undefined;
      const { refusals, unknown } = await trial.load(400, {
        onAccepted: (count) => {
          if (count !== 100) return;
          first.passwords = new Set([NEW_PASSWORD]);
          // What the timer does every five minutes.
          changed = trial.world.setPassword(NEW_PASSWORD).then(() => trial.relay.run(FETCH));
        },
      });
      await changed;
      await trial.settle();
      trial.check("the relay refuses no message meanwhile", refusals.size === 0 && unknown.size === 0);
      // Connections that were logged in before stay so: only a new one needs the new password.
      trial.inDoubt(await first.close());
      await first.open();
      const before = first.logins.length;
      await trial.load(20);
      await trial.settle();
      const logins = first.logins.slice(before);
      trial.check("new logins are accepted", logins.length > 0 && logins.every(({ accepted }) => accepted));
    },
  },
  {
    name: "ssm-time-skew",
    title: "SSM answers RequestTimeTooSkewed after the password changed, and is well later",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      const { api } = trial.world.servers;
      api.failure = {
        status: 400,
        code: "RequestTimeTooSkewed",
        message: "The difference between the request time and the current time is too large.",
      };
      first.passwords = new Set([NEW_PASSWORD]);
      await trial.world.setPassword(NEW_PASSWORD);
      const fetched = await trial.relay.run(FETCH);
      trial.check("fetching the password fails", fetched.exitCode !== 0);
      await trial.relay.run(["postfix", "reload"]);
      await trial.load(20);
      await trial.untilDeferred(/535/);
      const { queued } = await trial.during("while SSM answers with an error");
      trial.check("all mail waits meanwhile", queued === 20);
      trial.check(
        "the journal names SSM's error",
        (await trial.relay.journal()).includes("RequestTimeTooSkewed"),
      );
      api.failure = undefined;
      // Nobody asks it to: the unit tries again by itself.
      await trial.settle();
    },
  },
];
