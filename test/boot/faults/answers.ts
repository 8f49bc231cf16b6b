import { until } from "../../../sandbox/until";
import { RECIPIENT } from "../client";
import { itemOf } from "../ledger";
import type { Fault } from "./fault";

/** A smart host that says no, or says nothing. */
export const ANSWERS: readonly Fault[] = [
  {
    name: "temporary-refusal",
    title: "the smart host answers 451 to every message, and takes them later",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      first.decide = () => ({ code: 451, text: "4.3.0 not now" });
      await trial.load(50);
      await trial.untilDeferred(/451 /);
      const { queued } = await trial.during("while the smart host answers 451");
      trial.check("all mail waits meanwhile", queued === 50);
      first.decide = () => "take";
    },
  },
  {
    name: "permanent-refusal",
    title: "the smart host answers 550 to some messages: a notice for each of them",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      first.decide = ({ subject }) =>
        subject === "refuse" ? { code: 550, text: "5.7.1 not a verified Sender Identity" } : "take";
      const unwanted = trial.letters(5, { subject: "refuse" });
      await trial.load([...unwanted, ...trial.letters(20)]);
      for (const letter of unwanted) trial.expectNotice(letter);
      await trial.settle();
    },
  },
  {
    name: "cut-after-dot",
    title: "the smart host takes each message and cuts the connection in place of its answer",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      const seen = new Set<string>();
      first.decide = ({ id }) => {
        if (!trial.owns(id) || seen.has(id)) return "take";
        seen.add(id);
        trial.mayRepeat(itemOf(id, RECIPIENT));
        return "take and cut";
      };
      await trial.load(20);
      await until("each message was taken and cut once", () => seen.size === 20);
    },
  },
];
