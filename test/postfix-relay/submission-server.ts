import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { USERS_FILE } from "../../components/postfix-relay/server/dovecot";
import { metricsParameter } from "../../components/postfix-relay/server/metrics";
import { submissionParameter } from "../../components/postfix-relay/server/submission-data";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { until } from "../../sandbox/until";
import { type BootedRelay, bootRelay, settingsWithLogins } from "../boot/booted-relay";
import { PASSWORD } from "../boot/names";
import { type NetworkInput, serveNetworkRun } from "../boot/network-run";
import { type RelayWorld, startRelayWorld } from "../boot/relay-world";
import { smtpDialogue } from "./smtp-dialogue";
import { type Submitter, submit } from "./submit";

/** What was seen of each release's server; the test says what it ought to be. */
export type SubmissionFacts = Record<Release, Awaited<ReturnType<typeof submissionServer>>>;

export type Release = 12 | 13;

const NAME = "mail.example.com";
/** What clients know and the server must not: it has hashes only. */
const PASSWORDS = {
  app: "correct-horse-battery",
  robot: "staple-in-the-machine",
  printer: "paper-behind-the-tray",
  wrong: "guessed-by-somebody",
};
const IN_CLEAR = "a-password-in-the-clear";
const HOUR_MS = 3_600_000;
const UNITS = ["credential", "metrics", "queue", "setup"];

/** A server of each release, both at the same time: most of it is waiting for late answers. */
async function bothReleases(
  input: NetworkInput<unknown>,
  say: (line: string) => void,
): Promise<SubmissionFacts> {
  const world = await startRelayWorld({ debian: 13, mirrors: input.mirrors, say });
  try {
    world.account.access.putRolePolicy("relay", "metrics", MAY_SEND_METRICS);
    await world.addAddress(EAGER);
    const [on12, on13] = await Promise.all([
      submissionServer(world, 12, (line) => say(`Debian 12: ${line}`)),
      submissionServer(world, 13, (line) => say(`Debian 13: ${line}`)),
    ]);
    return { 12: on12, 13: on13 };
  } finally {
    await world.close();
  }
}

/**
 * A relay with logins on a real server: who gets in, what it takes over, what it logs, and what its units may. It has
 * parameters and a smart host of its own.
 */
async function submissionServer(world: RelayWorld, debian: Release, say: (line: string) => void) {
  const name = `smtp-${debian}.example`;
  const host = await world.addSmartHost({ name, address: HOSTS[debian] });
  await host.open();
  const withLogins = settingsWithLogins(debian, {
    host: name,
    folder: `/smarthost/${debian}`,
    serverName: NAME,
    senders: { app: ["example.com"], printer: ["example.com"], "robot@example.net": ["robot@example.net"] },
  });
  const settings = { ...withLogins, metrics: true as const };
  const names = {
    password: settings.credential.parameterName,
    users: settings.submission.users.parameterName,
    certificate: settings.submission.certificate.parameterName,
  };
  const first = await world.authority.issue([NAME]);
  await world.setPassword(PASSWORD, names.password);
  await world.setPassword(`${first.cert}${first.key}`, names.certificate);
  await world.setPassword(`app:{PLAIN}${IN_CLEAR}`, names.users);
  for (const stored of [metricsParameter(settings), submissionParameter(settings)]) {
    if (stored === undefined) throw new Error("the settings have no script to store");
    await world.setPassword(stored.value, stored.name);
  }
  const relay = await bootRelay({ account: world.account, servers: world.servers, debian }, settings, {});

  const as = (options: Partial<Submitter> = {}) =>
    submit({ address: relay.address, ca: world.authority.ca, serverName: NAME, ...APP, ...options });
  const fetchExits = new Set<number | undefined>();
  const fetch = async () => {
    fetchExits.add((await relay.run(["systemctl", "start", "smarthost-credential"])).exitCode);
  };
  const talk = (port: number, ...commands: string[]) =>
    smtpDialogue({ host: relay.address, port, localAddress: ADDRESS.stranger }, commands);

  const withClearTextUsers = await as();
  const hash = async (scheme: string, password: string) =>
    String((await relay.run(["doveadm", "pw", "-s", scheme, "-p", password])).stdout).trim();
  const hashes = [
    await hash("SHA512-CRYPT", PASSWORDS.app),
    await hash("ARGON2ID", PASSWORDS.robot),
    await hash("BLF-CRYPT", PASSWORDS.printer),
  ];
  await world.setPassword(
    `app:${hashes[0]}\nrobot@example.net:${hashes[1]}\nprinter:${hashes[2]}\n`,
    names.users,
  );
  // A fetch that is under way already may still bring the old value.
  const fetchUntil = (what: string, holds: () => Promise<boolean>) =>
    until(what, async () => {
      await fetch();
      return holds();
    });
  await fetchUntil("the users are there", async () => {
    return (await relay.run(["test", "-e", USERS_FILE])).exitCode === 0;
  });
  say("logins are there");
  const logins = {
    withClearTextUsers,
    starttls: await as(),
    wrapper: await as({ port: 465 }),
    capitals: await as({ user: "App" }),
    loginMethod: await as({ method: "LOGIN" }),
    wrongPassword: await as({ password: PASSWORDS.wrong }),
    unknownUser: await as({ user: "nobody", password: PASSWORDS.wrong }),
    noLogin: await as({ user: undefined }),
    noLoginOnWrapper: await as({ user: undefined, port: 465 }),
    noLoginOn25: await as({ user: undefined, port: 25 }),
    fromRange: await as({ user: undefined, localAddress: ADDRESS.application }),
    othersSender: await as({ from: "robot@example.net" }),
    ownAddress: await as({ ...ROBOT, from: "robot@example.net" }),
    otherScheme: await as({ user: "printer", password: PASSWORDS.printer }),
    otherAddress: await as({ ...ROBOT, from: "other@example.net" }),
    otherName: await as({ serverName: "relay.example.com" }),
  };
  const token = Buffer.from(`\0app\0${PASSWORDS.app}`).toString("base64");
  const offers = {
    on25: await talk(25, "EHLO laptop", `AUTH PLAIN ${token}`),
    on25WithTls: await talk(25, "EHLO laptop", "STARTTLS", "EHLO laptop", `AUTH PLAIN ${token}`),
    inClearText: await talk(587, "EHLO laptop", `AUTH PLAIN ${token}`),
    withTls: await talk(587, "EHLO laptop", "STARTTLS", "EHLO laptop"),
  };
  say("logins were tried");

  const expired = {
    notBefore: new Date(Date.now() - 48 * HOUR_MS),
    notAfter: new Date(Date.now() - HOUR_MS),
  };
  const old = await world.authority.issue([NAME], expired);
  await world.setPassword(`${old.key}${old.cert}`, names.certificate);
  await fetchUntil("the certificate is refused", async () => {
    return (await relay.journal()).includes("certificate has expired");
  });
  const withExpired = await as();
  const before = await shownCertificate(relay);
  const renewed = await world.authority.issue([NAME]);
  await world.setPassword(`${renewed.key}${renewed.cert}`, names.certificate);
  // A reload ends the processes of Postfix that wait; one may still take a connection meanwhile.
  await fetchUntil("the new certificate is shown", async () => (await shownCertificate(relay)) !== before);
  const certificate = {
    withExpired,
    shown: { before, first: fingerprint(first.cert) },
    renewed: await as(),
  };
  say("certificates were changed");

  let eager = "";
  for (let count = 0; count < 200 && !eager.includes("too many AUTH"); count++) {
    eager = await as({ localAddress: EAGER });
  }

  const metrics = await relay.run(["systemctl", "start", "smarthost-metrics"]);
  const exposure = Object.fromEntries(
    await Promise.all(UNITS.map(async (unit) => [unit, await exposureOf(relay, unit)] as const)),
  );
  const upgrades = await unattendedUpgrades(relay);
  say("upgrades were tried");

  await host.close();
  await as({ subject: "over a restart" });
  await until("the message waits", async () => (await relay.queue()).length === 1);
  await relay.machine.shutdown();
  await relay.machine.start();
  await host.open();
  await until("it takes connections again", () =>
    talk(587).then(
      () => true,
      () => false,
    ),
  );
  await until("the queue is empty", async () => {
    await relay.flush();
    return (await relay.queue()).length === 0;
  });
  const afterRestart = { login: await as(), subjects: host.taken.map(({ subject }) => subject) };

  const failed = await relay.run(["systemctl", "--failed", "--no-legend", "--plain"]);
  const journal = await relay.journal();
  const secrets = [
    ...Object.values(PASSWORDS),
    IN_CLEAR,
    token,
    ...hashes.map((one) => one.replace(/^{.*}/, "")),
  ];
  const privateKey = renewed.key.split("\n")[2] ?? "";
  return {
    logins,
    offers,
    certificate,
    eager,
    fetchExits: [...fetchExits],
    metricsExit: metrics.exitCode,
    metricsSent: world.servers.api.metrics.length,
    exposure,
    upgrades,
    afterRestart,
    journal: journal
      .split("\n")
      .filter((line) => /sasl|smarthost[/-]|auth|lookup|fatal|reload|System Journal/i.test(line)),
    dovecotsComplaints: journal
      .split("\n")
      .filter((line) => /^[a-z-]+(\(.*?\))?: (Warning|Error|Fatal|Panic): /.test(line)),
    secretsInJournal: [...secrets, privateKey].filter((secret) => journal.includes(secret)).length,
    subjectsInJournal: journal.includes("over a restart"),
    secretsInUserData: secrets.filter((secret) => relay.userData.includes(secret)).length,
    modes: String((await relay.run(["stat", "-c", "%n %U:%G %a", ...PROTECTED])).stdout).split("\n"),
    failedUnits: String(failed.stdout)
      .split("\n")
      .flatMap((line) => line.split(" ")[0] || []),
  };
}

const APP = { user: "app", password: PASSWORDS.app };
const ROBOT = { user: "robot@example.net", password: PASSWORDS.robot };
/** An address outside of the relay's ranges that logs in over and over. */
const EAGER = "10.77.0.101";
/** Each release's smart host. */
const HOSTS: Record<Release, string> = { 12: "10.77.0.21", 13: ADDRESS.smartHost };
const PROTECTED = [USERS_FILE, "/etc/postfix/smarthost-tls.pem"];

const MAY_SEND_METRICS = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "cloudwatch:PutMetricData", Resource: "*" }],
});

/** The SHA-256 of the certificate that the relay shows on 465. */
async function shownCertificate({ address }: BootedRelay): Promise<string> {
  const socket = connect({ host: address, port: 465, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

function fingerprint(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256;
}

/** systemd's own measure: 0 is locked up, 10 may do everything. */
async function exposureOf(relay: BootedRelay, unit: string): Promise<number> {
  const { stdout } = await relay.run([
    "systemd-analyze",
    "security",
    "--no-pager",
    `smarthost-${unit}.service`,
  ]);
  return Number(/exposure level for \S+: ([\d.]+)/.exec(String(stdout))?.[1]);
}

/** What unattended-upgrades would do, what apt is told, and whether a changed package asks for a restart. */
async function unattendedUpgrades(relay: BootedRelay) {
  const wants = async () => (await relay.run(["test", "-e", "/run/reboot-required"])).exitCode === 0;
  const wantedBefore = await wants();
  const dry = await relay.run(["unattended-upgrades", "--dry-run", "--debug"]);
  const dump = await relay.run(["apt-config", "dump"]);
  const timer = await relay.run(["systemctl", "is-enabled", "apt-daily-upgrade.timer"]);
  await relay.run(["apt-get", "install", "-qq", "-y", "--reinstall", "netbase"]);
  return {
    exitCode: dry.exitCode,
    said: `${dry.stdout}\n${dry.stderr}`,
    settings: String(dump.stdout)
      .split("\n")
      .filter((line) => /^(Unattended-Upgrade|APT::Periodic|DPkg::Options)/i.test(line)),
    timer: String(timer.stdout).trim(),
    wantedBefore,
    wantedAfter: await wants(),
  };
}

serveNetworkRun(bothReleases);
