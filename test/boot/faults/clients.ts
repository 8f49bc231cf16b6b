import { ADDRESS } from "../../../sandbox/machine/addresses";
import { SENDER } from "../client";
import { Dialogue } from "../dialogue";
import { ofSize } from "../message-size";
import { CROWD } from "../names";
import { SlowClient } from "../slow-client";
import type { Fault } from "./fault";

/** Postfix's smtpd_recipient_limit. */
const RECIPIENT_LIMIT = 1_000;
/** What SendGrid takes, less the room for the header that the relay adds. */
const SIZE_LIMIT = 31_457_280 - 16_384;

/** Clients that ask for much. */
export const CLIENT_FAULTS: readonly Fault[] = [
  {
    name: "many-recipients",
    title: "one message to 10,000 recipients, in as many transactions as the relay asks for",
    relay: "submission",
    async run(trial) {
      const letter = trial.letter();
      let remaining = Array.from({ length: 10_000 }, (_, index) => `r${index}@example.net`);
      let transactions = 0;
      while (remaining.length > 0 && transactions < 20) {
        // One more than the limit: a client goes on until 452, sends to those that were taken, and begins again.
        const { recipients } = await trial.send({ ...letter, to: remaining.slice(0, RECIPIENT_LIMIT + 1) });
        const taken = new Set(recipients);
        remaining = remaining.filter((recipient) => !taken.has(recipient));
        transactions += 1;
      }
      trial.check("the relay takes all recipients in ten transactions", transactions === 10);
    },
  },
  {
    name: "size-limit",
    title: "a message of the largest size, and others that are one byte larger",
    relay: "submission",
    async run(trial) {
      const largest = await trial.send(ofSize(trial.letter(), SIZE_LIMIT));
      trial.check("the largest message is accepted", largest.accepted);
      const dialogue = new Dialogue({ address: trial.relay.address, localAddress: ADDRESS.application });
      await dialogue.answer();
      await dialogue.ask("EHLO app.example.com");
      const fits = await dialogue.ask(`MAIL FROM:<${SENDER}> SIZE=${SIZE_LIMIT}`);
      await dialogue.ask("RSET");
      const exceeds = await dialogue.ask(`MAIL FROM:<${SENDER}> SIZE=${SIZE_LIMIT + 1}`);
      dialogue.close();
      trial.check("the largest size is accepted at MAIL", fits.startsWith("250 "));
      trial.check("one byte more is refused at MAIL", exceeds.startsWith("552 5.3.4 "));
      const silent = await trial.send({ ...ofSize(trial.letter(), SIZE_LIMIT + 1), declareSize: false });
      trial.check("one byte more is refused after DATA", /^552 5\.3\.4/.test(silent.answer));
    },
  },
  {
    name: "slow-clients",
    title: "ten clients send one byte after the other, and others send beside them",
    relay: "submission",
    async run(trial) {
      const letters = trial.letters(10);
      const slow = letters.map(
        (letter) =>
          new SlowClient(letter, { address: trial.relay.address, localAddress: ADDRESS.application }),
      );
      await Promise.all(slow.map((client) => client.sendHalf()));
      await trial.load(50);
      const { delivered } = await trial.settle();
      trial.check("others' mail is delivered while the slow ones are half-way", delivered === 50);
      const answers = await Promise.all(slow.map((client) => client.sendRest()));
      trial.check(
        "the slow clients' mail is accepted",
        answers.every((answer) => answer.startsWith("250 ")),
      );
      for (const letter of letters) trial.book(letter);
    },
  },
  {
    name: "many-clients",
    title: "500 clients at once, half of them of one address",
    relay: "submission",
    async run(trial) {
      const [busy = ADDRESS.application, ...others] = CROWD;
      const localAddresses = others.flatMap((address) => [busy, address]);
      const { accepted } = await trial.load(500, {
        connections: 500,
        messagesPerConnection: 1,
        localAddresses,
      });
      trial.check("every client's mail is accepted in the end", accepted.length === 500);
    },
  },
];
