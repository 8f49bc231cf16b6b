import type { Fault } from "../../faults";
import type { RelaySettings } from "../settings";
import type { ServerFile } from "./file";
import { READY_FILE } from "./ready-file";

/** Security upgrades that the server installs by itself. */
export interface Upgrades {
  /**
   * When the server may restart, as `HH:MM` in UTC. It does so on a day on which an upgrade has replaced something, because
   * Postfix and the libraries below it stay in memory as they were. Mail in the queue stays. False: the server never
   * restarts by itself, for one that is replaced regularly instead. Default `03:30`.
   */
  rebootAt?: string | false;
}

const DEFAULT_REBOOT = "03:30";

/** Everything that is wrong with the upgrades' setting. */
export function checkUpgrades({ upgrades }: RelaySettings): Fault[] {
  const rebootAt = upgrades === false ? undefined : upgrades?.rebootAt;
  return rebootAt === undefined || rebootAt === false || /^([01]\d|2[0-3]):[0-5]\d$/.test(rebootAt)
    ? []
    : [
        {
          path: "upgrades.rebootAt",
          value: rebootAt,
          reason: "is not a time of day from 00:00 to 23:59",
          next: `Leave it out for ${DEFAULT_REBOOT} UTC, or give false for no restart.`,
        },
      ];
}

/** The package that installs the upgrades; Debian's image for EC2 has it. Empty where upgrades are off. */
export function upgradePackages({ upgrades }: RelaySettings): string[] {
  return upgrades === false ? [] : ["unattended-upgrades"];
}

/**
 * The configuration of unattended-upgrades, in the place of the package's own, whose origins have more than the security
 * archive. apt's timers start it once a day.
 *
 * dpkg's configuration files stay as they are: an upgrade that asked about one would never be installed.
 */
export function upgradeFiles({ upgrades }: RelaySettings): ServerFile[] {
  return upgrades === false
    ? []
    : [
        {
          path: "/etc/apt/apt.conf.d/50unattended-upgrades",
          mode: "0644",
          content: configuration(upgrades?.rebootAt ?? DEFAULT_REBOOT),
        },
      ];
}

function configuration(rebootAt: string | false): string {
  const [end, reboot, hook] =
    rebootAt === false
      ? ["the server is replaced", 'Automatic-Reboot "false";', ""]
      : [
          "the reboot",
          `Automatic-Reboot "true";\n Automatic-Reboot-Time "${rebootAt}";`,
          `DPkg::Post-Invoke { "! test -e ${READY_FILE} || touch /run/reboot-required"; };\n`,
        ];
  return `# Security upgrades every day. What runs uses the old libraries until ${end}.
APT::Periodic { Update-Package-Lists "1"; Unattended-Upgrade "1"; };
Unattended-Upgrade {
 Origins-Pattern { "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security"; };
 ${reboot}
};
${hook}DPkg::Options { "--force-confold"; };
`;
}
