import { setTimeout as sleep } from "node:timers/promises";
import { createTransport } from "nodemailer";
import { CREDENTIAL_SERVICE } from "../components/postfix-relay/server/credential";
import type { Journey } from "./journey";
import type { Machine } from "./machine/machine";
import { changes } from "./stack-run";
import { until } from "./until";

/** What a rotation of the relay's API key showed. */
export interface Rotation {
  /** Messages that an application handed in from before it until after it; the relay took each. */
  sent: number;
  /** How many of them the smart host took with the old key, and with the new one. */
  byOldKey: number;
  byNewKey: number;
}

const SUBJECT = "while the key is rotated";
const MESSAGES_AFTERWARDS = 5;

/**
 * Rotates the key of a stack that is up while an application sends: `pulumi up` makes a new key, writes the parameter and
 * waits before it deletes the old one. The relay's look for a new password, every five minutes, is brought forward.
 *
 * @throws Error when a message is refused, lost or delivered twice, a login is refused while both keys are valid, or the
 * old key works afterwards
 */
export async function rotateKey(
  journey: Journey,
  machine: Machine,
  onProgress: (line: string) => void,
): Promise<Rotation> {
  const { account, smtp } = journey.world.sendgrid;
  const oldKey = journey.retirePassword();
  const oldId = account.keys.find(oldKey)?.id;
  await journey.run.configure({ sendgridKeyRotation: "2026-12" });
  const steps = changes(await journey.preview()).map(({ op, name }) => `${op} ${name}`);
  if (
    steps.join() !==
    "create-replacement mail-key,replace mail-key,update mail-password,delete-replaced mail-key"
  ) {
    throw new Error(`the preview of a rotation shows something else: ${steps.join(", ")}`);
  }
  if ((await logIn(journey, oldKey)) !== 235) {
    throw new Error("the old key does not work before the rotation");
  }

  const flow = startMail(journey);
  const settled = journey.up().then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    await until("the parameter has the new key", async () => journey.password() !== oldKey);
    onProgress("the parameter has the new key; the relay takes it over");
    await machine.run(["systemctl", "start", CREDENTIAL_SERVICE]);
    const refused = await refusedLogins(machine);
    if (account.keys.find(oldKey) !== undefined && refused > 0) {
      throw new Error(`${refused} logins were refused while both keys were valid`);
    }
    onProgress("pulumi up waits for the end of the old key");
    const failure = await settled;
    if (failure !== undefined) {
      throw failure;
    }
    const sent = await flow.stop(MESSAGES_AFTERWARDS);
    const answer = await logIn(journey, oldKey);
    if (answer !== 535) {
      throw new Error(`the old key still works after the rotation: ${answer}`);
    }
    await until(`${sent} messages are in the inbox`, async () => arrived(journey).size >= sent);
    const twice = [...arrived(journey)].filter(([, count]) => count > 1);
    if (twice.length > 0 || smtp.counters().duplicates > 0) {
      throw new Error(`delivered more than once: ${twice.map(([subject]) => subject).join(", ")}`);
    }
    const ids = new Set(
      journey.world.inbox
        .messages()
        .filter(isOurs)
        .map(({ messageId }) => messageId),
    );
    const taken = smtp.accepted().filter(({ messageId }) => ids.has(messageId));
    const byOldKey = taken.filter(({ apiKeyId }) => apiKeyId === oldId).length;
    if (byOldKey === taken.length) {
      throw new Error("every message went by the old key");
    }
    return { sent, byOldKey, byNewKey: taken.length - byOldKey };
  } finally {
    await flow.stop(0);
    await settled;
  }
}

const isOurs = ({ subject }: { subject: string | undefined }) => subject?.startsWith(SUBJECT) === true;

/** How often each message is in the inbox, by subject. */
function arrived({ world }: Journey): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { subject = "" } of world.inbox.messages().filter(isOurs)) {
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return counts;
}

/** An application that sends one message after the other until it is stopped. */
function startMail(journey: Journey): { stop(after: number): Promise<number> } {
  let sent = 0;
  let more = Number.POSITIVE_INFINITY;
  const sending = (async () => {
    for (; more > 0; more -= 1) {
      await journey.send(`${SUBJECT}, ${sent}`);
      sent += 1;
      await sleep(100);
    }
    return sent;
  })();
  // Whoever stops it hears of a refusal.
  sending.catch(() => {});
  return {
    stop: (after) => {
      more = Math.min(more, after);
      return sending;
    },
  };
}

/** The smart host's answer to a login with a key. */
async function logIn({ world }: Journey, key: string): Promise<number | undefined> {
  const [{ address, port } = { address: "", port: 0 }] = world.sendgrid.smtp.addresses;
  const transport = createTransport({
    host: address,
    port,
    auth: { user: "apikey", pass: key },
    tls: { ca: world.authority.ca, servername: "smtp.sendgrid.net" },
  });
  try {
    await transport.verify();
    return 235;
  } catch (error) {
    return error instanceof Error && "responseCode" in error ? Number(error.responseCode) : undefined;
  }
}

async function refusedLogins(machine: Machine): Promise<number> {
  const { stdout } = await machine.run(["journalctl", "-q", "-o", "cat", "-t", "postfix/smtp"]);
  return String(stdout)
    .split("\n")
    .filter((line) => line.includes("SASL authentication failed")).length;
}
