import { Document } from "yaml";
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
  const cloudConfig = new Document({
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
  const text = `#cloud-config\n${cloudConfig.toString({ lineWidth: 0 })}`;
  const size = Buffer.byteLength(text);
  if (size > USER_DATA_LIMIT_BYTES) {
    throw new Error(
      `The relay's user data has ${size} bytes, and EC2 takes at most ${USER_DATA_LIMIT_BYTES}. ` +
        `It has ${settings.clients.length} ranges of clients: join neighbours into wider ranges.`,
    );
  }
  return text;
}
