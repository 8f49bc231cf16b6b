import { parse } from "yaml";
import { z } from "zod";
import { SECRET, UNKNOWN, type Value } from "../../../mail-resources/value";
import { listOf, type MainCf, nextHops, parseMainCf, routesOf } from "./main-cf";

/** What a relay's user data says about mail. */
export interface RelayConfiguration {
  /** `myhostname`; undefined where main.cf does not say. */
  hostName: string | undefined;
  /** `relayhost` without brackets, such as `smtp.sendgrid.net:587`, in the order in which Postfix tries them. */
  smartHosts: string[];
  /** Mail that leaves by another host, by the routes' names. */
  routes: { name: string; host: string }[];
  /** `mynetworks` without the loopback range. */
  clients: string[];
  /** Whether clients outside of the ranges can log in. */
  hasLogins: boolean;
  /** Where accepted mail lies until it is delivered. */
  queue: "volume" | "root disk";
  mainCf: MainCf;
  /** The server's other files, by path. */
  files: Readonly<Record<string, string>>;
}

/** User data as far as a preview shows it: a relay's, somebody else's, or not to be seen. */
export type ReadUserData =
  | { kind: "relay"; configuration: RelayConfiguration }
  | { kind: "other" }
  | { kind: "unknown" };

const MAIN_CF = "/etc/postfix/main.cf";
/** A server has one of these files if, and only if, it is set up by this project's user data. */
const SETUP = "/usr/local/sbin/smarthost-setup";
const QUEUE_UNIT = "/etc/systemd/system/smarthost-queue.service";
/** EC2's limit is 16 KB, IBM's 64 KB; what is longer is not read. */
const MOST_CHARACTERS = 200_000;

const cloudConfigSchema = z.looseObject({
  write_files: z.array(z.looseObject({ path: z.string(), content: z.string().default("") })),
});

/**
 * Reads user data, in clear or in base64. It may be anybody's text: what is no cloud-config of a relay is `other`,
 * and what the preview does not show is `unknown`.
 */
export function readUserData(value: Value | undefined): ReadUserData {
  if (value === UNKNOWN || value === SECRET) {
    return { kind: "unknown" };
  }
  if (typeof value !== "string" || value.length > MOST_CHARACTERS) {
    return { kind: "other" };
  }
  const text = value.startsWith("#") ? value : Buffer.from(value, "base64").toString("utf8");
  const files = writtenFiles(text);
  const mainCfText = files?.[MAIN_CF];
  return files === undefined || mainCfText === undefined || files[SETUP] === undefined
    ? { kind: "other" }
    : { kind: "relay", configuration: configurationOf(mainCfText, files) };
}

function writtenFiles(text: string): Record<string, string> | undefined {
  if (!text.startsWith("#cloud-config")) {
    return undefined;
  }
  try {
    const { success, data } = cloudConfigSchema.safeParse(parse(text, { logLevel: "silent" }));
    return success
      ? Object.fromEntries(data.write_files.map(({ path, content }) => [path, content]))
      : undefined;
  } catch {
    return undefined;
  }
}

function configurationOf(mainCfText: string, files: Record<string, string>): RelayConfiguration {
  const mainCf = parseMainCf(mainCfText);
  return {
    hostName: mainCf.myhostname,
    smartHosts: nextHops(listOf(mainCf, "relayhost")),
    routes: routesOf(mainCf),
    clients: listOf(mainCf, "mynetworks").filter((range) => !range.startsWith("127.")),
    hasLogins: /\bpermit_sasl_authenticated\b/.test(mainCf.smtpd_relay_restrictions ?? ""),
    queue: files[QUEUE_UNIT] === undefined ? "root disk" : "volume",
    mainCf,
    files,
  };
}
