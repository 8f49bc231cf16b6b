import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { ADDRESS } from "../../../sandbox/machine/addresses";
import { until } from "../../../sandbox/until";
import { Client, failed, type Letter, SENDER } from "../client";
import { Dialogue, onLine } from "../dialogue";
import { ofSize } from "../message-size";
import { CROWD } from "../names";
import { SlowClient } from "../slow-client";
import type { Trial } from "../trial";
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
      const { address } = trial.relay;
      const opened = Dialogue.open({ address, port: 25, localAddress: ADDRESS.application });
      await onLine(opened, async (line) => {
        await line.greet();
        const fits = await line.command(`MAIL FROM:<${SENDER}> SIZE=${SIZE_LIMIT}`);
        await line.command("RSET");
        const exceeds = await line.command(`MAIL FROM:<${SENDER}> SIZE=${SIZE_LIMIT + 1}`);
        trial.check("the largest size is accepted at MAIL", fits.code === 250);
        trial.check("one byte more is refused at MAIL", exceeds.text.startsWith("552 5.3.4 "));
      });
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
      const { address } = trial.relay;
      const at = { address, port: 25, localAddress: ADDRESS.application };
      const slow = await Promise.all(letters.map((letter) => SlowClient.connect(letter, at)));
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
    run: manyClients,
  },
];

/** Every client has a connection and a message of its own; half of them have one address. */
const MANY = 500;
/** Connections that one address may have: the relay's default. */
const MOST_OF_ONE = 50;
/** Connections that are served on a port: Postfix's default_process_limit. The others wait for their greeting. */
const MOST_AT_ONCE = 100;
/** How long it is watched that nobody else is let in. */
const LOOK_MS = 1_000;

/**
 * Who is let in does nothing until the relay is full, so all clients are there at the same time. The one address comes
 * first: its clients are to meet its own limit, and not the wait behind the others. The others wait in the kernel, which
 * has room for some and lets the rest ask again, or resets a connection that waited too long.
 */
async function manyClients(trial: Trial): Promise<void> {
  const [busy = ADDRESS.application, ...others] = CROWD;
  const { address } = trial.relay;
  const release = new AbortController();
  const released = once(release.signal, "abort");
  const letIn: string[] = [];
  const sentAway: { localAddress: string; answer: string; letter: Letter }[] = [];
  let notTaken = 0;
  const visit = async (letter: Letter, localAddress: string) => {
    let client: Client;
    try {
      client = await Client.connect({ address }, localAddress);
    } catch (error) {
      sentAway.push({ localAddress, answer: failed(error).answer, letter });
      return;
    }
    letIn.push(localAddress);
    await released;
    const { accepted } = await client.send(letter);
    client.close();
    if (accepted) trial.book(letter);
    else notTaken += 1;
  };
  const tooMany = () => sentAway.filter(({ answer }) => TOO_MANY.test(answer));

  const first = trial.letters(MANY / 2).map((letter) => visit(letter, busy));
  await until("a client of one address is sent away", () => tooMany().length > 0);
  await until("one address has its share", () => letIn.length >= MOST_OF_ONE);
  const second = trial
    .letters(MANY / 2)
    .map((letter, index) => visit(letter, others[index % others.length] ?? busy));
  await until("the relay is full", () => letIn.length >= MOST_AT_ONCE);
  await sleep(LOOK_MS);
  trial.check(
    `${MOST_AT_ONCE} clients are served at once, and the others wait`,
    letIn.length === MOST_AT_ONCE,
  );
  trial.check(
    `one address has ${MOST_OF_ONE} of them`,
    letIn.filter((one) => one === busy).length === MOST_OF_ONE,
  );
  release.abort();
  await Promise.all([...first, ...second]);

  trial.check("everybody who was let in, at once or later, could hand in", notTaken === 0);
  trial.check(
    "only the one address is told that it has too many connections",
    tooMany().every(({ localAddress }) => localAddress === busy),
  );
  trial.check(
    "nobody is told anything else",
    sentAway.every(({ answer }) => TOO_MANY.test(answer) || answer.endsWith("ECONNRESET")),
  );
  // As real clients do, they come again until they are let in. That is an error if one never is.
  await trial.load(
    sentAway.map(({ letter }) => letter),
    { connections: sentAway.length, messagesPerConnection: 1, localAddresses: [busy] },
  );
}

const TOO_MANY = /^421 4\.7\.0 \S+ Error: too many connections from [\d.]+$/;
