import type { IssuedCertificate } from "../../../sandbox/pki";
import { selfSigned } from "../certificates";
import { type ClearTextOptions, listenInClearText } from "../clear-text-host";
import { SMART_HOST } from "../names";
import type { Trial } from "../trial";
import type { Fault } from "./fault";

const DAY = 86_400_000;
const MESSAGES = 10;
/** What a client may say before TLS; a login, an envelope or a message is not among it. */
const HARMLESS = /^(EHLO \S+|HELO \S+|STARTTLS|NOOP|RSET|QUIT)$/i;

/** Connections that must get neither the login nor the mail. */
export const ENCRYPTION: readonly Fault[] = [
  refused("certificate-expired", "the smart host's certificate expired yesterday", ({ world }) =>
    world.authority.issue([SMART_HOST], { notBefore: fromNow(-30), notAfter: fromNow(-1) }),
  ),
  refused("certificate-not-yet-valid", "the smart host's certificate begins tomorrow", ({ world }) =>
    world.authority.issue([SMART_HOST], { notBefore: fromNow(1), notAfter: fromNow(30) }),
  ),
  refused("certificate-wrong-name", "the smart host's certificate is for another name", ({ world }) =>
    world.authority.issue(["smtp.sendgrid.net.example.com"]),
  ),
  refused("certificate-self-signed", "the smart host's certificate is signed by itself", () =>
    selfSigned(SMART_HOST),
  ),
  inClearText("starttls-stripped", "the smart host offers a login and no STARTTLS", /but was not offered/),
  inClearText("starttls-refused", "the smart host answers 502 to STARTTLS", /refused to start TLS/, {
    startTls: "502 5.5.1 not implemented",
  }),
  {
    name: "login-not-offered",
    title: "the smart host offers no login, and answers 530 to who is not logged in",
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      trial.inDoubt(await first.close());
      await first.open({ offersLogin: false });
      await trial.load(MESSAGES);
      await trial.untilDeferred(/said: 530/);
      const { queued } = await trial.during("while no login is offered");
      trial.check("all mail waits meanwhile", queued === MESSAGES);
      await first.close();
      await first.open();
    },
  },
];

function inClearText(name: string, title: string, reason: RegExp, options?: ClearTextOptions): Fault {
  return {
    name,
    title,
    relay: "submission",
    async run(trial) {
      trial.inDoubt(await trial.hosts.first.close());
      const host = await listenInClearText(options);
      try {
        await trial.load(MESSAGES);
        await trial.untilDeferred(reason);
        const { queued } = await trial.during("without TLS");
        trial.check("all mail waits meanwhile", queued === MESSAGES);
        trial.check(
          "neither login nor mail is sent in clear text",
          host.lines.length > 0 && host.lines.every((line) => HARMLESS.test(line)),
        );
      } finally {
        await host.close();
      }
      await trial.hosts.first.open();
    },
  };
}

function refused(name: string, title: string, issue: (trial: Trial) => Promise<IssuedCertificate>): Fault {
  return {
    name,
    title,
    relay: "submission",
    async run(trial) {
      const { first } = trial.hosts;
      trial.inDoubt(await first.close());
      const before = first.logins.length;
      await first.open({ certificate: await issue(trial) });
      await trial.load(MESSAGES);
      await trial.untilDeferred(/certificate/i);
      const { queued } = await trial.during("while the certificate is wrong");
      trial.check("all mail waits meanwhile", queued === MESSAGES);
      trial.check("no login is sent", first.logins.length === before);
      await first.close();
      await first.open();
    },
  };
}

function fromNow(days: number): Date {
  return new Date(Date.now() + days * DAY);
}
