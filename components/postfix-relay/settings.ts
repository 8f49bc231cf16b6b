import type { Fault } from "../faults";
import type { SmartHostEndpoint } from "../smart-hosts/smart-host";
import { type ClientLimits, checkClientLimits } from "./postfix/client-limits";
import { checkClientRange } from "./postfix/clients";
import { checkHostName } from "./postfix/host-name";
import { checkMasquerade } from "./postfix/masquerade";
import { checkPlainAddress } from "./postfix/plain-address";
import { checkRoutes } from "./postfix/route-faults";
import type { Route } from "./postfix/routes";
import { checkSenders } from "./postfix/senders";
import { checkSmartHost } from "./postfix/smart-host-faults";
import { type CredentialedSmartHost, checkFallbacks, credentialFaults } from "./postfix/smart-host-list";
import { checkSubmission, type Submission } from "./postfix/submission";
import { awsPlace, type CredentialSource, parameterNameFaults } from "./server/credential-source";
import { type DrainSettings, drainFaults } from "./server/drain";
import { metricsFaults } from "./server/metrics";
import { checkUpgrades, type Upgrades } from "./server/upgrades";

/** All that the relay's user data is rendered from. Nothing in it is secret. */
export interface RelaySettings {
  /** The relay's own name (an FQDN): Postfix's `myhostname`, and what it says in HELO. */
  hostName: string;
  /** The IPv4 ranges that may hand in mail, as CIDR; everyone else is refused. At least one. */
  clients: string[];
  /** Where all mail goes. */
  smartHost: SmartHostEndpoint;
  /** Where the server finds the smart host's password. Not needed for an internal host without a `user`. */
  credential?: CredentialSource;
  /**
   * Smart hosts that take the mail when the first cannot, in order, at most three; each with a password of its own. All
   * have to start TLS in the same way. Each new connection begins with the first, so mail returns to it
   * by itself within a minute.
   *
   * The next one is tried at once when a host cannot be reached, offers no TLS or the wrong certificate, refuses the
   * login, or answers with 4xx. After 5xx none is: the message is given up. Where a connection breaks after the whole
   * message was sent, two hosts may deliver it. A message has to fit the smallest of their limits.
   */
  fallbacks?: CredentialedSmartHost[];
  /**
   * Mail of some senders, or to some recipients, that leaves by another host with a login of its own, or by an internal
   * host without one; at most eight. All other mail goes to `smartHost`. Default: none.
   */
  routes?: Route[];
  /** The Debian release: 13 (trixie) or 12 (bookworm). */
  debian: 12 | 13;
  /**
   * Where accepted mail waits: on an EBS volume of its own, which outlives the server, or on the server's root disk, for
   * clouds without EBS. Mail on a root disk is lost with the server. Default `ebs volume`.
   */
  queue?: "ebs volume" | "root disk";
  /**
   * Who is told about mail that could not be delivered.
   *
   * A bounce has no envelope sender (RFC 5321 section 4.5.5), and smart hosts such as SendGrid refuse such mail.
   * So the relay sends none: what would be a bounce goes to this address as a notice, from this address and
   * with the undeliverable message in it (its first 50,000 bytes; Postfix's `bounce_size_limit`). Its domain has
   * to be one that the smart host takes as sender. A notice that fails itself is logged and dropped, so there is
   * no loop. Mail without a sender from a client is refused when it is handed in.
   *
   * Without it the notices are kept 30 days in a maildir on the queue volume, /var/spool/postfix/notices.
   */
  bounceAddress?: string;
  /**
   * The domains that may be the envelope sender; others are refused with 550 5.7.1 when the client names a recipient.
   * Subdomains have to be named themselves. Mail without a sender stays refused as it is, and notices of the relay
   * itself are not held to it.
   *
   * Default: every sender, because the clients are known, the smart host checks senders itself, and each change of
   * the list makes a new server.
   */
  senders?: string[];
  /**
   * Addresses that take the place of others when mail leaves, in envelope and header: of one sender
   * (`root@app01.internal`) or of all senders of a host (`@app01.internal`), which may have a name of one label. The
   * relay's own cron mail comes from `root@` and the domain of `bounceAddress`, or `hostName` without one.
   *
   * Recipients are replaced too: Postfix has one table for both (generic(5)), so a domain with real mailboxes is
   * refused as a host. With `senders`, the addresses here may
   * send, and what takes their place has to be of those domains.
   */
  masquerade?: Record<string, string>;
  /**
   * Hides the clients from receivers: their Received, X-Received and X-Originating-IP fields go, and the relay's own
   * Received field says nothing of them. A host name in Message-ID stays, because replies refer to it. Default false.
   */
  hideClients?: boolean;
  /** Lets clients outside of the ranges hand in mail with a login over TLS, on 587 and 465. Default: nobody logs in. */
  submission?: Submission;
  /** What one client address may do within a minute. Default: 50 connections at the same time, and no rate. */
  clientLimits?: ClientLimits;
  /**
   * Security upgrades from Debian's security archive only, every day, and the time for a restart after them. Default: on,
   * with a restart at 03:30 UTC. False leaves the image's own way; Debian's EC2 image upgrades without restarting.
   */
  upgrades?: Upgrades | false;
  /**
   * Installs Amazon's Systems Manager agent, for a shell without an open port. Default: not installed.
   *
   * The vendor publishes no checksums beside its packages, and Debian does not package the agent, so a default
   * would be a number that nobody can check. You name the version and the SHA-256 of its .deb for your
   * instance's architecture, of a copy whose signature you verified (AWS, "Verifying the signature of SSM
   * Agent"). When download or checksum fail, the relay starts without the agent and its log says so.
   */
  ssmAgent?: { version: string; sha256: string };
  /**
   * How the names of the SSM parameters begin that have what user data has no room for, where the password is in Secrets
   * Manager. Default `/smarthost/` and `hostName`. With a password in SSM, they begin with its name.
   */
  parameterPrefix?: string;
  /** Sends metrics to CloudWatch every minute (see metrics.ts). Default: none are sent. */
  metrics?: true;
  /**
   * For a server of an Auto Scaling group: where it hands its mail over when the group ends it. Default: it is not of a
   * group, and its queue volume has the mail.
   */
  drain?: DrainSettings;
}

/** All faults of the settings at once; an empty list means that they can be rendered. */
export function checkRelaySettings(settings: RelaySettings): Fault[] {
  return [
    ...checkHostName(settings.hostName, "hostName"),
    ...checkClients(settings.clients),
    ...checkSmartHost(settings.smartHost, "smartHost"),
    ...credentialFaults({ endpoint: settings.smartHost, credential: settings.credential }, ""),
    ...checkFallbacks(settings),
    ...checkRoutes(settings),
    ...checkDebian(settings.debian),
    ...checkQueue(settings.queue),
    ...(settings.bounceAddress === undefined
      ? []
      : checkPlainAddress(settings.bounceAddress, "bounceAddress")),
    ...checkSenders(settings.senders),
    ...checkMasquerade(settings),
    ...checkSubmission(settings),
    ...checkClientLimits(settings),
    ...checkUpgrades(settings),
    ...checkSsmAgent(settings),
    ...(settings.parameterPrefix === undefined
      ? []
      : parameterNameFaults(settings.parameterPrefix, "parameterPrefix")),
    ...metricsFaults(settings),
    ...drainFaults(settings),
  ];
}

function checkClients(clients: string[]): Fault[] {
  if (clients.length === 0) {
    const next = "Give at least one range, such as your VPC's 10.0.0.0/16.";
    return [{ path: "clients", reason: "is empty, so nobody could hand in mail", next }];
  }
  return clients.flatMap((range, index) => checkClientRange(range, `clients[${index}]`));
}

function checkDebian(debian: number): Fault[] {
  return debian === 12 || debian === 13
    ? []
    : [
        {
          path: "debian",
          value: String(debian),
          reason: "is not a release that the relay is tested with",
          next: "Use 13 or 12.",
        },
      ];
}

function checkQueue(queue: string | undefined): Fault[] {
  if (queue === undefined || queue === "ebs volume" || queue === "root disk") {
    return [];
  }
  const next = 'Use "ebs volume" on AWS, "root disk" elsewhere.';
  return [{ path: "queue", value: queue, reason: "is no place for the queue", next }];
}

function checkSsmAgent(settings: RelaySettings): Fault[] {
  const { ssmAgent: agent } = settings;
  if (agent === undefined) {
    return [];
  }
  const faults: Fault[] = [];
  if (awsPlace(settings) === undefined) {
    const reason = "comes from the region of the password's parameter, and the password comes from a file";
    faults.push({
      path: "ssmAgent",
      reason,
      next: "Leave it out, or keep the password in SSM or Secrets Manager.",
    });
  }
  if (!/^\d+(\.\d+){3}$/.test(agent.version)) {
    const next = "Give one of the agent's releases, such as 3.3.1957.0.";
    faults.push({
      path: "ssmAgent.version",
      value: agent.version,
      reason: "is not a version of four numbers",
      next,
    });
  }
  if (!/^[0-9a-f]{64}$/.test(agent.sha256)) {
    const next = "Give the output of sha256sum for the .deb of your instance's architecture.";
    faults.push({
      path: "ssmAgent.sha256",
      value: agent.sha256,
      reason: "is not 64 lower-case hexadecimal digits",
      next,
    });
  }
  return faults;
}

/**
 * What is wrong with a password for the smart host: Postfix's table ends an entry at a line break, and SASL's
 * PLAIN has no room for control characters. The password itself is in no message.
 */
export function passwordFaults(password: string, path: string): Fault[] {
  if (/^[!-~]+$/.test(password)) {
    return [];
  }
  const reason =
    password === ""
      ? "is empty"
      : /[\r\n]/.test(password)
        ? "has a line break, often the last character of a file that it was read from"
        : "has white space or a character outside ASCII";
  return [{ path, reason, next: "Give the bare password or API key." }];
}
