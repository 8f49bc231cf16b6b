import { beforeAll, describe, expect, test } from "vitest";
import { runInNetwork } from "../boot/network-run";
import type { Release, SubmissionFacts } from "./submission-server";

/** A first run makes the base image too; a later one takes about a minute and a half. */
const LIMIT_MS = 900_000;
const wanted = process.getuid?.() === 0 || process.env.CI === "true";

const RELEASES: [debian: Release, codename: string][] = [
  [12, "bookworm"],
  [13, "trixie"],
];
let both: SubmissionFacts;

beforeAll(async () => {
  if (!wanted) return;
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const entry = "test/postfix-relay/submission-server.ts";
  // The other half of this file's own, so its shape is known.
  both = (await runInNetwork(entry, {}, [12, 13], say).catch((cause: unknown) => {
    throw new Error(lines.join("\n"), { cause });
  })) as SubmissionFacts;
}, LIMIT_MS);

describe.runIf(wanted).each(RELEASES)(
  "a relay with logins that is booted on Debian %i",
  (debian, codename) => {
    let facts: SubmissionFacts[Release];
    beforeAll(() => {
      facts = both[debian];
    });

    test.each([
      "starttls",
      "wrapper",
      "capitals",
      "loginMethod",
      "ownAddress",
      "otherScheme",
      "fromRange",
    ] as const)("takes mail: %s", (way) => {
      expect(facts.logins[way]).toMatch(/^250 2\.0\.0 Ok: queued/);
    });

    test.each(["noLogin", "noLoginOnWrapper", "noLoginOn25"] as const)(
      "refuses a stranger without a login: %s",
      (way) => {
        expect(facts.logins[way]).toContain("554 5.7.1 <unknown[10.77.0.100]>: Client host rejected");
      },
    );

    test.each(["wrongPassword", "unknownUser", "withClearTextUsers"] as const)(
      "refuses the login: %s",
      (way) => {
        expect(facts.logins[way]).toContain("535 5.7.8");
      },
    );

    test("holds a login to its own senders", () => {
      expect(facts.logins.othersSender).toContain("553 5.7.1 <robot@example.net>: Sender address rejected");
      expect(facts.logins.othersSender).toContain("not owned by user app");
      expect(facts.logins.otherAddress).toContain("not owned by user robot@example.net");
    });

    test("offers a login after TLS only, and never on port 25", () => {
      const { on25, on25WithTls, inClearText, withTls } = facts.offers;
      expect(withTls.at(-1)).toContain("250-AUTH PLAIN LOGIN\r\n");
      for (const answers of [on25, on25WithTls, inClearText]) {
        expect(answers.slice(0, -1).join("")).not.toContain("AUTH");
        expect(answers.at(-1)).toMatch(/^5\d\d 5\./);
      }
    });

    test("shows the certificate of the submission ports' name, and not one that is expired, and a renewed one", () => {
      const { withExpired, shown, renewed } = facts.certificate;
      expect(shown.before).toBe(shown.first);
      expect(withExpired).toMatch(/^250 /);
      expect(renewed).toMatch(/^250 /);
      expect(facts.logins.otherName).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
      expect(facts.journal).toContainEqual(expect.stringContaining("certificate has expired"));
      expect(facts.journal).toContainEqual(
        expect.stringContaining("no valid certificate for mail.example.com; what was there stays."),
      );
    });

    test("limits how many logins an address may try", () => {
      expect(facts.eager).toContain("450 4.7.1 Error: too many AUTH commands from 10.77.0.101");
    });

    test("has the users' names in its log, and no password, hash, key or content", () => {
      expect(facts.journal).toContainEqual(expect.stringMatching(/sasl_method=PLAIN, sasl_username=app$/));
      expect(facts.journal).toContainEqual(
        expect.stringMatching(/authentication failed.*sasl_username=nobody/),
      );
      expect(facts.secretsInJournal).toBe(0);
      expect(facts.subjectsInJournal).toBe(false);
      expect(facts.secretsInUserData).toBe(0);
    });

    test("has a Dovecot that finds no fault with its configuration, and no unit that failed", () => {
      // Users that are not there yet, and its restart by the setup.
      const expected = /No such file or directory|Killed with signal 15/;
      expect(facts.dovecotsComplaints.filter((line) => !expected.test(line))).toEqual([]);
      expect(facts.failedUnits).toEqual([]);
    });

    test("keeps hashes and key from everybody but who needs them", () => {
      expect(facts.modes).toEqual([
        "/etc/postfix/smarthost-users root:dovecot 640",
        "/etc/postfix/smarthost-tls.pem root:root 640",
      ]);
    });

    test("keeps its queue and its logins over a restart", () => {
      expect(facts.afterRestart.subjects).toContain("over a restart");
      expect(facts.afterRestart.login).toMatch(/^250 /);
    });

    test("lets its own units do little, by systemd's measure, and they work", () => {
      expect(facts.exposure.credential).toBeLessThan(4);
      expect(facts.exposure.metrics).toBeLessThan(4);
      expect(facts.exposure.queue).toBeLessThan(7);
      expect(facts.exposure.setup).toBeLessThan(9);
      expect(facts.fetchExits).toEqual([0]);
      expect(facts.metricsExit).toBe(0);
      expect(facts.metricsSent).toBeGreaterThan(0);
    });

    test("would install security upgrades and nothing else, and restarts after any", () => {
      expect(facts.upgrades).toMatchObject({
        exitCode: 0,
        timer: "enabled",
        wantedBefore: false,
        wantedAfter: true,
      });
      expect(facts.upgrades.said).toContain(
        `Allowed origins are: origin=Debian,codename=${codename}-security,label=Debian-Security\n`,
      );
      expect(facts.upgrades.settings).toEqual(
        expect.arrayContaining([
          'Unattended-Upgrade::Automatic-Reboot "true";',
          'Unattended-Upgrade::Automatic-Reboot-Time "03:30";',
        ]),
      );
    });

    test("bounds its journal", () => {
      expect(facts.journal).toContainEqual(expect.stringMatching(/System Journal .* max 1(\.0)?G/));
    });
  },
);
