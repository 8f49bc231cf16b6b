import { NOTICES_DIRECTORY, POSTFIX_ID, QUEUE_DIRECTORY } from "../postfix/main-cf";
import type { RelaySettings } from "../settings";
import type { ServerFile } from "./file";
import { QUEUE_SERVICE, queueVolumeFiles } from "./queue-volume";

/** Postfix's group for handing in mail on the server itself. */
const POSTDROP_ID = 826;

/**
 * What the queue needs, wherever it is.
 *
 * Queue files belong to numeric ids. They are fixed here, before the package would pick free ones, because another
 * server has to be able to read them: the next one with the same volume, or one that gets a copy.
 */
export function queueFiles(settings: RelaySettings): ServerFile[] {
  return [
    ...(settings.queue === "root disk" ? [] : queueVolumeFiles(settings)),
    { path: "/etc/sysusers.d/smarthost.conf", mode: "0644", content: USERS },
    {
      path: "/etc/tmpfiles.d/smarthost.conf",
      mode: "0644",
      content: `e ${NOTICES_DIRECTORY}/new - - - 30d\n`,
    },
  ];
}

/**
 * What looks for the packages, and downloads them while the queue volume is still on its way, in shell. Where the volume
 * is there by then, the installation downloads them itself, which saves a run of apt.
 */
export function downloadStep({ queue }: RelaySettings): string {
  return queue === "root disk"
    ? "apt update\n"
    : `systemctl start --no-block ${QUEUE_SERVICE}
apt update
mountpoint -q ${QUEUE_DIRECTORY} || apt install --no-install-recommends --download-only $packages
`;
}

/** The step of the setup before which Postfix must not be installed, in shell. */
export function queueStep({ queue }: RelaySettings): string {
  const [title, mount] =
    queue === "root disk"
      ? ["preparing the queue", ""]
      : ["mounting the queue volume", `systemctl start ${QUEUE_SERVICE}\n`];
  return `begin '${title}'
systemd-sysusers /etc/sysusers.d/smarthost.conf
[ "$(id -u postfix)" = ${POSTFIX_ID} ]
${mount}install -d -m 700 -o postfix -g postfix ${NOTICES_DIRECTORY}
`;
}

const USERS = `g postfix ${POSTFIX_ID}
g postdrop ${POSTDROP_ID}
u postfix ${POSTFIX_ID}:${POSTFIX_ID} "Postfix" ${QUEUE_DIRECTORY} /usr/sbin/nologin
`;
