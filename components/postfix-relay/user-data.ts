import { Document } from "yaml";
import { describeFaults, type Fault } from "../faults";
import { renderMainCf } from "./postfix/main-cf";
import { submissionFiles } from "./postfix/submission";
import { withAwsSession } from "./server/aws-session";
import { credentialFiles } from "./server/credential";
import { drainFiles, drainParameters } from "./server/drain";
import type { ServerFile } from "./server/file";
import { hardeningFiles } from "./server/hardening";
import { metricsFiles, metricsParameter } from "./server/metrics";
import { queueFiles } from "./server/queue";
import { scriptFaults } from "./server/script-parameter";
import { SETUP_SERVICE, setupFiles } from "./server/setup";
import { submissionParameter } from "./server/submission-data";
import { upgradeFiles } from "./server/upgrades";
import type { RelaySettings } from "./settings";

/** EC2 takes at most 16 KB of user data, before base64 (EC2 User Guide, "Work with instance user data"). */
export const USER_DATA_LIMIT_BYTES = 16_384;

const MAIN_CF = "/etc/postfix/main.cf";

/** The files that make a fresh Debian into the relay. */
export function relayFiles(settings: RelaySettings): ServerFile[] {
  return withAwsSession([
    { path: MAIN_CF, mode: "0644", content: renderMainCf(settings) },
    ...setupFiles(settings),
    ...queueFiles(settings),
    ...credentialFiles(settings),
    ...metricsFiles(settings),
    ...drainFiles(settings),
    ...submissionFiles(settings),
    ...upgradeFiles(settings),
    ...hardeningFiles(settings),
  ]);
}

/**
 * The server's user data: a cloud-config that makes a fresh Debian into the relay. It contains no secret, and the
 * same settings give the same text. The files' comments are in it as long as there is room for them.
 *
 * @param settings without faults by `checkRelaySettings`
 * @throws Error with the size, when the text is longer than {@link USER_DATA_LIMIT_BYTES}, or a script longer than its
 *   parameter takes
 */
export function renderUserData(settings: RelaySettings): string {
  const text = cloudConfig(settings);
  const faults = sizeFaults(text, settings);
  if (faults.length > 0) {
    throw new Error(describeFaults("The relay's user data", faults));
  }
  return text;
}

/** With the comments of the files, or without them where they make it too long; nothing that they do changes. */
function cloudConfig(settings: RelaySettings): string {
  const files = relayFiles(settings);
  const text = cloudConfigOf(files);
  return Buffer.byteLength(text) <= USER_DATA_LIMIT_BYTES ? text : cloudConfigOf(files.map(shortened));
}

/**
 * The file without its comments, and main.cf with the least white space: around `=`, and where a line goes on
 * (postconf(5)).
 */
export function shortened(file: ServerFile): ServerFile {
  const content = withoutComments(file.content);
  return { ...file, content: file.path === MAIN_CF ? withLeastSpace(content) : content };
}

function withLeastSpace(mainCf: string): string {
  return mainCf.replace(/^(\w+) = ?/gm, "$1=").replace(/^ +/gm, " ");
}

/** A file of the server without comments, a unit's description and empty lines; a script's first line stays. */
export function withoutComments(content: string): string {
  return content.replace(/^( *#(?!!)|Description=).*\n/gm, "").replace(/\n{2,}/g, "\n");
}

function cloudConfigOf(files: readonly ServerFile[]): string {
  const document = new Document({
    write_files: files.map(({ path, mode, content }) => ({
      path,
      // cloud-init's default is 0644.
      ...(mode === "0644" ? {} : { permissions: mode }),
      content,
    })),
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", SETUP_SERVICE],
    ],
  });
  // Little indentation: each line of a script has it, and EC2 counts every byte.
  return `#cloud-config\n${document.toString({ lineWidth: 0, indent: 1, indentSeq: false })}`;
}

/** The faults of user data that EC2 has no room for, and of scripts that SSM has none for. */
export function userDataFaults(settings: RelaySettings): Fault[] {
  return sizeFaults(cloudConfig(settings), settings);
}

function sizeFaults(text: string, settings: RelaySettings): Fault[] {
  return [
    ...lengthFaults(text, settings),
    ...scriptFaults("metrics", metricsParameter(settings)),
    ...scriptFaults("submission", submissionParameter(settings)),
    ...scriptFaults("drain", drainParameters(settings)?.script),
  ];
}

/** Only the longest of the lists is named. */
function lengthFaults(text: string, settings: RelaySettings): Fault[] {
  const size = Buffer.byteLength(text);
  if (size <= USER_DATA_LIMIT_BYTES) {
    return [];
  }
  const lists: Record<string, string[]> = {
    clients: settings.clients,
    senders: settings.senders ?? [],
    masquerade: Object.entries(settings.masquerade ?? {}).flat(),
    routes: (settings.routes ?? []).flatMap(({ senders = [], recipients = [] }) => [
      ...senders,
      ...recipients,
    ]),
  };
  const [path = "clients", entries = []] =
    Object.entries(lists).toSorted(([, a], [, b]) => b.join().length - a.join().length)[0] ?? [];
  const reason = `make ${size} bytes of user data, and EC2 takes at most ${USER_DATA_LIMIT_BYTES}`;
  const what = { clients: "ranges", senders: "domains", routes: "senders and recipients" }[path];
  const value = what === undefined ? `${entries.length / 2} addresses` : `${entries.length} ${what}`;
  const next = path === "clients" ? "Join neighbouring ranges into wider ones." : "Shorten the list.";
  return [{ path, value, reason, next }];
}
