import { readFile } from "node:fs/promises";
import type { Result } from "execa";
import { renderRelay } from "../../components/postfix-relay/render-relay";
import { READY_FILE } from "../../components/postfix-relay/server/setup";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import type { AwsAccount } from "../../sandbox/aws/account";
import type { Instance, Volume } from "../../sandbox/aws/compute";
import type { Machine } from "../../sandbox/machine/machine";
import type { Servers } from "../../sandbox/machine/servers";
import { blankVolume, launchServer } from "./launch";
import { CLIENTS, OPERATOR, PARAMETER, SMART_HOST } from "./names";
import { PRINT_QUEUE, parseQueue, parseReasons, type QueuedMessage } from "./queue";

/** How a relay is booted, beside its settings. */
export interface BootOptions {
  /** The queue volume of another relay, which is detached; default a blank one of 1 GiB. */
  volume?: Volume;
  /** Runs on the server after it was launched and before anyone waits for it. */
  onLaunched?: (instance: Instance, machine: Machine) => Promise<void>;
  /** How long a boot may hang, in ms. Default ten minutes. */
  limitMs?: number;
}

/** A relay that runs. */
export interface BootedRelay {
  readonly settings: RelaySettings;
  readonly userData: string;
  readonly instance: Instance;
  readonly machine: Machine;
  /** Its IPv4 address. */
  readonly address: string;
  /** Its queue volume; undefined with the queue on the root disk. */
  readonly volume: Volume | undefined;
  /** Runs a command on the server as root. Look at `exitCode`: it does not reject. */
  run(command: readonly string[], input?: string): Promise<Result<{ reject: false }>>;
  /** The messages in its queue, read from the queue's files. */
  queue(): Promise<QueuedMessage[]>;
  /** Has everything in the queue tried at once, in place of waiting for the next turn. */
  flush(): Promise<void>;
  /** Why what is in the queue was not delivered, each reason once, in the smart host's or Postfix's words. */
  reasons(): Promise<string[]>;
  /** The messages of its journal since boot, without time and host. */
  journal(): Promise<string>;
  /** All that it wrote to its console. */
  console(): Promise<string>;
}

/** The settings of the relay that most tests boot: port 587 of {@link SMART_HOST}, password in SSM. */
export function usualSettings(debian: 12 | 13): RelaySettings {
  return {
    hostName: "relay.example.com",
    clients: CLIENTS,
    smartHost: {
      name: "SendGrid",
      host: SMART_HOST,
      port: 587,
      tls: "starttls",
      user: "apikey",
      maxMessageBytes: 31_457_280,
      maxMessagesPerConnection: 5_000,
    },
    credential: { source: "ssm", parameterName: PARAMETER, region: "eu-central-1" },
    debian,
    bounceAddress: OPERATOR,
  };
}

/**
 * The usual settings with logins and a smart host of its own. Password, users and certificate are parameters in a folder of
 * their own, so that several such relays can stand in one network.
 */
export function settingsWithLogins(
  debian: 12 | 13,
  relay: { host: string; folder: string; serverName: string; senders: Record<string, string[]> },
) {
  const { host, folder, serverName, senders } = relay;
  const stored = (name: string) => ({
    source: "ssm" as const,
    parameterName: `${folder}/${name}`,
    region: "eu-central-1",
  });
  const usual = usualSettings(debian);
  return {
    ...usual,
    smartHost: { ...usual.smartHost, host },
    credential: stored("password"),
    submission: { users: stored("users"), certificate: stored("certificate"), serverName, senders },
  };
}

/** Boots a relay from the user data of these settings, with its volume, and waits until it takes mail. */
export async function bootRelay(
  { account, servers, debian }: { account: AwsAccount; servers: Servers; debian: 12 | 13 },
  changes: Partial<RelaySettings>,
  { volume: given, onLaunched, limitMs = 600_000 }: BootOptions,
): Promise<BootedRelay> {
  const settings: RelaySettings = { ...usualSettings(debian), ...changes };
  const { userData } = renderRelay(settings);
  const instance = await launchServer(account, debian, userData, "relay");
  const machine = servers.machine(instance.id);
  const volume = settings.queue === "root disk" ? undefined : (given ?? blankVolume(account));
  if (volume !== undefined) await account.compute.attach(volume.id, instance.id, "/dev/sdf");
  await onLaunched?.(instance, machine);
  await machine.waitForFile(READY_FILE, limitMs);
  return {
    settings,
    userData,
    instance,
    machine,
    address: instance.privateIp,
    volume,
    run: (command, input) => machine.run(command, input),
    queue: async () => parseQueue(String((await machine.run(PRINT_QUEUE)).stdout)),
    flush: async () => {
      await machine.run(["postqueue", "-f"]);
    },
    reasons: async () => parseReasons(String((await machine.run(["postqueue", "-j"])).stdout)),
    journal: async () => String((await machine.run(["journalctl", "--no-pager", "-o", "cat"])).stdout),
    console: () => readFile(machine.consoleLog, "utf8"),
  };
}
