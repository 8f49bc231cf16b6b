import { QUEUE_DIRECTORY } from "../postfix/main-cf";
import type { RelaySettings } from "../settings";
import { renderUnit, type ServerFile } from "./file";

/** The unit that mounts the queue volume; Postfix never starts without it. */
export const QUEUE_SERVICE = "smarthost-queue.service";

/** The file system's label, by which a later server knows the volume. */
const LABEL = "smarthost-queue";

/**
 * What puts Postfix's queue onto a volume of its own, so that accepted mail outlives the server.
 *
 * The volume is attached after the server runs, at a replacement minutes later, so the boot waits without a
 * limit and says for what. It never guesses: there has to be exactly one EBS disk besides the root disk, and
 * that disk has to be blank (then it is formatted) or to carry this module's own file system. A volume that was
 * made larger is used in full after the next boot.
 */
export function queueVolumeFiles({ debian }: RelaySettings): ServerFile[] {
  const afterQueue = renderUnit({ Unit: { Requires: QUEUE_SERVICE, After: QUEUE_SERVICE } });
  // Debian 12 runs Postfix in postfix@-.service, Debian 13 in postfix.service.
  const postfix = debian === 12 ? "postfix@" : "postfix";
  return [
    { path: "/usr/local/sbin/smarthost-queue", mode: "0755", content: SCRIPT },
    { path: `/etc/systemd/system/${QUEUE_SERVICE}`, mode: "0644", content: SERVICE },
    { path: `/etc/systemd/system/${postfix}.service.d/queue.conf`, mode: "0644", content: afterQueue },
  ];
}

const SERVICE = renderUnit({
  // Dovecot has its socket below the queue directory.
  Unit: { Description: "Mount the volume with the mail queue", Before: "dovecot.service" },
  Service: {
    Type: "oneshot",
    RemainAfterExit: "yes",
    ExecStart: "/usr/local/sbin/smarthost-queue",
    ExecStop: `umount ${QUEUE_DIRECTORY}`,
    CapabilityBoundingSet: "CAP_SYS_ADMIN CAP_DAC_OVERRIDE",
    StandardOutput: "journal+console",
  },
  Install: { WantedBy: "multi-user.target" },
});

// `blkid -p` reads the disk itself; it ends with 2 when it finds no signature of any kind. A blank EBS volume is all
// zeros, and whatever else is there may be data in a format that blkid doesn't know.
const SCRIPT = `#!/bin/sh
# Mounts the queue volume; waits for it, and formats it only if it is blank.
set -u
root=$(lsblk -nrso KNAME "$(findmnt -nro SOURCE /)" 2>/dev/null | tail -n 1)

disks() {
  for link in /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol* /dev/sdf /dev/xvdf; do
    case $link in *-part*) continue ;; esac
    [ -b "$link" ] && readlink -f "$link"
  done | sort -u | grep -vx "/dev/$root"
}

attach() {
  set -- $(disks)
  case $# in
    0) problem="waiting for the queue volume to be attached"; return 1 ;;
    1) disk=$1 ;;
    *) problem="several disks could be the queue volume ($*): detach all but one"; return 1 ;;
  esac
  found=$(blkid -p -o export "$disk") && code=0 || code=$?
  label=$(printf '%s\\n' "$found" | sed -n 's/^LABEL=//p')
  type=$(printf '%s\\n' "$found" | sed -n 's/^TYPE=//p')
  if [ $code = 2 ] && [ -z "$found" ] && cmp -s -n 1048576 "$disk" /dev/zero; then
    echo "formatting the blank volume $disk"
    mkfs.ext4 -q -L ${LABEL} "$disk" || { problem="cannot format $disk"; return 1; }
  elif [ "$type" != ext4 ] || [ "$label" != ${LABEL} ]; then
    problem="$disk is not blank and not a queue volume (type '$type', label '$label'): it stays as it is"
    return 1
  fi
  e2fsck -fp "$disk" >/dev/null
  [ $? -lt 4 ] || { problem="$disk has a damaged file system: repair it with e2fsck"; return 1; }
  resize2fs "$disk" >/dev/null 2>&1 || echo "$disk keeps the size that it had"
  mkdir -p ${QUEUE_DIRECTORY}
  mount -t ext4 -o noatime,nosuid "$disk" ${QUEUE_DIRECTORY} || { problem="cannot mount $disk"; return 1; }
  echo "the queue is on $disk"
}

mountpoint -q ${QUEUE_DIRECTORY} && exit 0
said= tries=0
until attach; do
  [ "$problem" = "$said" ] && [ $((tries % 30)) != 0 ] || echo "$problem (no mail is accepted until then)"
  said=$problem tries=$((tries + 1))
  sleep 2
done
`;
