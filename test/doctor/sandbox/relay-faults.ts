import { ADDRESS } from "../../../sandbox/machine/addresses";
import type { Validity } from "../../../sandbox/pki";
import { listenSmtp, type SmtpListener } from "../../../sandbox/smtp-listener";
import { until } from "../../../sandbox/until";
import { type Patient, relayOf, type SeededFault } from "./patient";

const DAY_MS = 86_400_000;
const PASSWORD_PARAMETER = "/smarthost/smarthost/sandbox/mail/password";

/** What goes wrong between the relay and its smart host, and on the relay itself. */
export const RELAY_FAULTS: SeededFault[] = [
  {
    name: "smart-host-down",
    check: "smart-host",
    says: /refused/,
    seed: async ({ journey: { world } }) => {
      await world.sendgrid.smtp.pause();
      return () => world.sendgrid.smtp.resume();
    },
  },
  {
    name: "smart-host-certificate-expired",
    check: "smart-host",
    says: /has expired/,
    seed: (patient) =>
      impostor(patient, "smtp.sendgrid.net", {
        notBefore: new Date(Date.now() - 30 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
  },
  {
    name: "smart-host-certificate-of-another",
    check: "smart-host",
    says: /for another host \(it is for DNS:mail\.other\.example, and not for smtp\.sendgrid\.net\)/,
    seed: (patient) => impostor(patient, "mail.other.example"),
  },
  {
    name: "relay-postfix-stopped",
    check: "relay",
    says: /nothing listens/,
    seed: async (patient) => {
      await onRelay(patient, "systemctl", "stop", "postfix");
      return async () => {
        await onRelay(patient, "systemctl", "start", "postfix");
        await until("Postfix takes mail again", async () => {
          const { exitCode } = await relayOf(patient).run(["sh", "-c", "ss -ltn | grep -q ':587 '"]);
          return exitCode === 0;
        });
      };
    },
  },
  {
    name: "mail-deferred",
    check: "relay",
    says: /1 message waits for another try, the oldest for/,
    seed: async (patient) => {
      const { journey } = patient;
      const { smtp } = journey.world.sendgrid;
      const subject = "sent while the smart host is away";
      await smtp.pause();
      await journey.send(subject);
      await until("the message is deferred", async () => {
        const { stdout } = await relayOf(patient).run(["postqueue", "-j"]);
        return String(stdout).includes('"deferred"');
      });
      await smtp.resume();
      return async () => {
        await onRelay(patient, "postqueue", "-f");
        await journey.arrival(subject);
        await until(
          "the queue is empty",
          async () => (await relayOf(patient).run(["postqueue", "-j"])).stdout === "",
        );
      };
    },
  },
  {
    name: "password-not-fetched",
    check: "relay",
    says: /does not get the smart host's password/,
    seed: async (patient) => {
      const { parameters } = patient.journey.world.aws;
      const parameter = parameters.get(PASSWORD_PARAMETER);
      if (!parameter) {
        throw new Error(`the stack made no parameter ${PASSWORD_PARAMETER}`);
      }
      const fetch = ["systemctl", "start", "smarthost-credential.service"];
      await parameters.put({ ...parameter, value: "" }, { overwrite: true });
      await relayOf(patient).run(fetch);
      return async () => {
        await parameters.put(parameter, { overwrite: true });
        await until(
          "the password is fetched",
          async () => (await relayOf(patient).run(fetch)).exitCode === 0,
        );
      };
    },
  },
];

/** Another server at the smart host's address, with a certificate of the sandbox's authority. */
async function impostor(
  { journey: { world } }: Patient,
  name: string,
  valid?: Validity,
): Promise<() => Promise<void>> {
  const certificate = await world.authority.issue([name], valid);
  await world.sendgrid.smtp.pause();
  const listener: SmtpListener = await listenSmtp(
    { ...certificate, authMethods: ["PLAIN"], name },
    { address: ADDRESS.smartHost, port: 587 },
  );
  return async () => {
    await listener.close();
    await world.sendgrid.smtp.resume();
  };
}

async function onRelay(patient: Patient, ...command: string[]): Promise<void> {
  const { exitCode, stderr } = await relayOf(patient).run(command);
  if (exitCode !== 0) {
    throw new Error(`${command.join(" ")} failed on the relay: ${stderr}`);
  }
}
