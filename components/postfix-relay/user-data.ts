import { Document } from "yaml";
import { describeFaults, type Fault } from "../faults";
import { credentialFiles } from "./credential";
import type { ServerFile } from "./file";
import { renderMainCf } from "./main-cf";
import { queueVolumeFiles } from "./queue-volume";
import type { RelaySettings } from "./settings";
import { SETUP_SERVICE, setupFiles } from "./setup";

/** EC2 takes at most 16 KB of user data, before base64 (EC2 User Guide, "Work with instance user data"). */
export const USER_DATA_LIMIT_BYTES = 16_384;

/** The files that make a fresh Debian into the relay. */
export function relayFiles(settings: RelaySettings): ServerFile[] {
  return [
    { path: "/etc/postfix/main.cf", mode: "0644", content: renderMainCf(settings) },
    ...setupFiles(settings),
    ...queueVolumeFiles(),
    ...credentialFiles(settings),
  ];
}

/**
 * The server's user data: a cloud-config that makes a fresh Debian into the relay. It contains no secret, and the
 * same settings give the same text.
 *
 * @param settings without faults by `checkRelaySettings`
 * @throws Error with the size, when the text is longer than {@link USER_DATA_LIMIT_BYTES}
 */
export function renderUserData(settings: RelaySettings): string {
  const text = cloudConfig(settings);
  const faults = sizeFaults(text, settings);
  if (faults.length > 0) {
    throw new Error(describeFaults("The relay's user data", faults));
  }
  return text;
}

function cloudConfig(settings: RelaySettings): string {
  const document = new Document({
    write_files: relayFiles(settings).map(({ path, mode, content }) => ({
      path,
      permissions: mode,
      content,
    })),
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", SETUP_SERVICE],
    ],
  });
  return `#cloud-config\n${document.toString({ lineWidth: 0 })}`;
}

/** The fault of user data that is longer than {@link USER_DATA_LIMIT_BYTES}; only the clients can make it so. */
export function userDataFaults(settings: RelaySettings): Fault[] {
  return sizeFaults(cloudConfig(settings), settings);
}

function sizeFaults(text: string, settings: RelaySettings): Fault[] {
  const size = Buffer.byteLength(text);
  if (size <= USER_DATA_LIMIT_BYTES) {
    return [];
  }
  const reason = `make ${size} bytes of user data, and EC2 takes at most ${USER_DATA_LIMIT_BYTES}`;
  const next = "Join neighbouring ranges into wider ones.";
  return [{ path: "clients", value: `${settings.clients.length} ranges`, reason, next }];
}
