import type { RelaySettings } from "../settings";
import { CREDENTIAL_SERVICE } from "./credential";
import { PASSWORD_FOLDER } from "./credential-source";
import { renderUnit, type ServerFile } from "./file";
import { passwordTables } from "./password-tables";
import { submissionSources } from "./submission-data";

const UNITS = "/etc/systemd/system";
/** Drop-ins of the unit that handles the passwords. */
const CREDENTIAL_DROP_INS = `${UNITS}/${CREDENTIAL_SERVICE}.d`;

/**
 * Least privilege for the relay's own units (systemd.exec(5)), a limit for the journal, no names by multicast, and an end of
 * connections that are dead.
 */
export function hardeningFiles(settings: RelaySettings): ServerFile[] {
  const sources = [
    ...passwordTables(settings).flatMap(({ entries }) => entries.map(({ credential }) => credential)),
    ...submissionSources(settings),
  ];
  const folder = sources.some(({ source }) => source === "file") ? PASSWORDS : {};
  return [
    // systemd reads it for every unit whose name begins with "smarthost-".
    { path: `${UNITS}/smarthost-.service.d/all.conf`, mode: "0644", content: renderUnit({ Service: ALL }) },
    {
      path: `${CREDENTIAL_DROP_INS}/strict.conf`,
      mode: "0644",
      content: renderUnit({ Service: { ...STRICT, ...folder } }),
    },
    { path: "/etc/systemd/journald.conf.d/smarthost.conf", mode: "0644", content: JOURNAL },
    { path: "/etc/systemd/resolved.conf.d/smarthost.conf", mode: "0644", content: RESOLVER },
    { path: "/etc/sysctl.d/smarthost.conf", mode: "0644", content: DEAD_CONNECTIONS },
  ];
}

/** The step of the setup that brings the above into force, in shell; the unit for metrics gets the strict drop-in too. */
export function hardeningStep({ metrics }: RelaySettings): string {
  // systemd 252 does not follow a symbolic link here.
  const shared = `\ncp -rT ${CREDENTIAL_DROP_INS} ${CREDENTIAL_DROP_INS.replace("-credential", "-metrics")}`;
  // Not every cloud's image has systemd-resolved, and a container cannot set the kernel's limit; the relay runs without.
  return `systemctl restart systemd-journald
/usr/lib/systemd/systemd-sysctl smarthost.conf || :
systemctl try-restart systemd-resolved || :${metrics === true ? shared : ""}`;
}

/** The operator's folder: systemd makes it, because the unit cannot. */
const PASSWORDS = {
  ConfigurationDirectory: PASSWORD_FOLDER.replace("/etc/", ""),
  ConfigurationDirectoryMode: "700",
};

/**
 * No names by multicast: LLMNR listens on port 5355 of all addresses, and lets every host of the subnet answer what a client
 * is called (resolved.conf(5)).
 */
const RESOLVER = renderUnit({ Resolve: { LLMNR: "no", MulticastDNS: "no" } });

/**
 * A connection whose packets nothing confirms any more ends after 100 seconds, the least that RFC 1122 (4.2.3.5) has for
 * it, in place of Linux's 15 minutes (tcp(7)). So connections that are dead take up deliveries for that time, and not for
 * the 3 to 10 minutes that Postfix waits in the middle of a message. A host that is only slow confirms what it gets, and
 * has all of Postfix's time.
 */
const DEAD_CONNECTIONS = "net.ipv4.tcp_retries2 = 8\n";

/**
 * The log of years cannot fill the root disk, and no line of it is dropped: journald's usual limit is below what Postfix
 * writes at full speed (journald.conf(5)).
 */
const JOURNAL = renderUnit({ Journal: { SystemMaxUse: "1G", RateLimitIntervalSec: "0" } });

/**
 * What the setup can do without, although it installs packages, and the unit that mounts the queue, which cannot have a
 * view of the file system of its own because the others are to see the mount.
 */
const ALL = {
  // Postfix asks the kernel for its addresses (getifaddrs(3)), which takes AF_NETLINK.
  NoNewPrivileges: "yes",
  LockPersonality: "yes",
  RestrictAddressFamilies: "AF_UNIX AF_INET AF_NETLINK",
  RestrictNamespaces: "yes",
  SystemCallArchitectures: "native",
};

/**
 * What curl, jq, `postfix reload` and `postqueue` can do without, in the units that have passwords and the role's keys. They
 * reach Postfix by sockets and files of another user, give a file to a group, and `postfix reload` becomes Postfix's user
 * (postsuper(1)).
 */
const STRICT = {
  ProtectSystem: "strict",
  ReadWritePaths: "/etc/postfix /run /var",
  StateDirectory: "smarthost",
  ProtectHome: "yes",
  PrivateTmp: "yes",
  PrivateDevices: "yes",
  ProtectKernelTunables: "yes",
  ProtectControlGroups: "yes",
  CapabilityBoundingSet: "CAP_CHOWN CAP_DAC_OVERRIDE CAP_SETGID CAP_SETUID",
  RestrictSUIDSGID: "yes",
  MemoryDenyWriteExecute: "yes",
  SystemCallFilter: "@system-service",
};
