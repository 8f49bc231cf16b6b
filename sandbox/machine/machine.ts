import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa, type Result } from "execa";
import { macOf } from "./addresses";
import { readConsole } from "./console";
import { makeControlGroups } from "./control-groups";
import { applySeams } from "./guest-seams";
import { removeGuest, runFolder } from "./leftovers";
import type { Network } from "./network";
import { type BlockDevice, closeVolume, openVolume, type Volume } from "./volume";

/** systemd takes SIGRTMIN+4 for "power off" (systemd(1), "Signals"); SIGRTMIN is 34 with glibc. */
const POWER_OFF = 34 + 4;
const SHUTDOWN_LIMIT_MS = 60_000;
/** Joins the control groups whose files are its first word, and becomes the command of the other words. */
const INTO_GROUPS = 'for file in $1; do echo $$ > "$file" || exit; done; shift; exec "$@"';

/** What a server is made of. */
export interface MachineOptions {
  network: Network;
  /** The cached root file system, from `baseImage`. */
  image: string;
  instanceId: string;
  /** Its address; the DHCP server has it reserved, and the metadata server knows the instance by it. */
  privateIp: string;
  /** The sandbox's CA certificate, PEM. */
  authority: string;
}

/**
 * A virtual server, really booted: systemd and everything above it, from a Debian root, in a network namespace
 * of its own. It is a container of systemd-nspawn and so a substitute for an EC2 instance: the kernel, the disk
 * driver, the boot loader and the firmware are not the real ones, and udev does not run in it.
 *
 * Its disk outlives `shutdown` and `kill`, as an instance's does; `terminate` deletes it.
 */
export class Machine {
  /** What the server wrote to its console, over all boots; stays until the run's folder is removed. */
  readonly consoleLog: string;
  readonly #folder: string;
  readonly #root: string;
  readonly #namespace: string;
  readonly #link: string;
  readonly #volumes = new Map<string, AttachedVolume>();
  #running: { process: ChildProcess; leader: number } | undefined;

  private constructor(private readonly options: MachineOptions) {
    const { network, instanceId, privateIp } = options;
    const number = privateIp.split(".").at(-1);
    this.#folder = join(runFolder(network.name), instanceId);
    this.#root = join(this.#folder, "root");
    this.consoleLog = join(runFolder(network.name), `console-${instanceId}.log`);
    this.#namespace = `${network.name}-${number}`;
    this.#link = `vb-${number}`;
  }

  /** Makes a server and boots it. The caller runs inside the network. */
  static async boot(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options);
    await machine.#makeDisk();
    await machine.start();
    return machine;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Boots a server that is off, from the disk and with the volumes that it had. */
  async start(): Promise<void> {
    if (this.#running !== undefined) {
      throw new Error(`${this.options.instanceId} runs already.`);
    }
    await this.#plugIn();
    const child = await this.#startContainer();
    const exited = once(child, "exit");
    const leader = await findFirstProcess(child, exited, this.consoleLog);
    this.#running = { process: child, leader };
    child.once("exit", () => {
      this.#running = undefined;
    });
    for (const attached of this.#volumes.values()) {
      await this.#showDevice(attached);
    }
  }

  /**
   * Attaches a volume to the running server, where it shows as the NVMe disk that it is on EC2's Nitro: the
   * device and the symbolic link that udev's rules make of an EBS volume's serial number. Both are put there
   * from outside, because udev does not run in a container.
   */
  async attachVolume(volume: Volume): Promise<void> {
    if (this.#volumes.has(volume.id)) {
      throw new Error(`${volume.id} is attached to ${this.options.instanceId} already.`);
    }
    const taken = [...this.#volumes.values()].map(({ node }) => node);
    const node = ["/dev/nvme1n1", "/dev/nvme2n1", "/dev/nvme3n1"].find((path) => !taken.includes(path));
    if (node === undefined) {
      throw new Error(
        `${this.options.instanceId} has three volumes already, the most that the sandbox shows.`,
      );
    }
    const attached = { volume, node, device: await openVolume(volume) };
    this.#volumes.set(volume.id, attached);
    if (this.#running !== undefined) {
      await this.#showDevice(attached);
    }
  }

  /**
   * Detaches a volume. A running server loses sight of it at once.
   *
   * @throws Error when the server still has it mounted
   */
  async detachVolume(id: string): Promise<void> {
    const attached = this.#volumes.get(id);
    if (attached === undefined) {
      throw new Error(`${id} is not attached to ${this.options.instanceId}.`);
    }
    if (this.#running !== undefined) {
      await this.run(["rm", "-f", attached.node, linkOf(id)]);
    }
    await closeVolume(attached.volume, attached.device);
    this.#volumes.delete(id);
  }

  /** Powers off in order, so that services stop and disks are unmounted; after 60 s by force. */
  async shutdown(): Promise<void> {
    await this.#end(POWER_OFF);
  }

  /**
   * Ends all processes at once. The host's memory still has what they wrote, so this shows what survives a
   * crash of the server's software, not a loss of power.
   */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Powers off, gives the volumes back and deletes the disk. */
  async terminate(): Promise<void> {
    await this.shutdown();
    for (const id of [...this.#volumes.keys()]) {
      await this.detachVolume(id);
    }
    await this.#unplug();
    await execa("umount", [this.#root], { reject: false });
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The words in front of a command that make it run on the server. @throws Error while the server is off */
  enterCommand(): string[] {
    if (this.#running === undefined) {
      throw new Error(`${this.options.instanceId} does not run.`);
    }
    return ["nsenter", "-t", String(this.#running.leader), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--"];
  }

  /** Runs a command in the server as root. Never rejects for an exit code: look at `exitCode`. */
  async run(command: readonly string[], input?: string): Promise<Result<{ reject: false }>> {
    const [program = "", ...words] = [...this.enterCommand(), ...command];
    return execa(program, words, {
      reject: false,
      input: input ?? "",
      extendEnv: false,
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" },
    });
  }

  /**
   * Waits until a file appears on the root disk.
   *
   * @param onProgress gets what the console says meanwhile, as short lines
   * @throws Error with the console's last lines, when the time is up or the server goes off
   */
  async waitForFile(
    path: string,
    limitMs: number,
    onProgress: (line: string) => void = () => {},
  ): Promise<void> {
    const deadline = Date.now() + limitMs;
    const console = readConsole(this.consoleLog);
    while (!existsSync(join(this.#root, path))) {
      for (const line of await console.progress()) {
        onProgress(line);
      }
      if (this.#running === undefined || Date.now() > deadline) {
        const what = this.#running === undefined ? "went off" : `took longer than ${limitMs / 1_000} s`;
        const kept = await this.#keepConsole();
        throw new Error(
          `The server ${this.options.instanceId} ${what} before it was ready. Its console's last lines:\n` +
            `${await console.tail(15)}\nThe whole console: ${kept}`,
        );
      }
      await sleep(200);
    }
  }

  /** Copies the console to where it stays when the run's folder is removed. @returns the copy's path */
  async #keepConsole(): Promise<string> {
    const { network, instanceId } = this.options;
    const kept = join(tmpdir(), `console-${network.name}-${instanceId}.log`);
    await copyFile(this.consoleLog, kept);
    return kept;
  }

  async #makeDisk(): Promise<void> {
    const upper = join(this.#folder, "upper");
    const work = join(this.#folder, "work");
    for (const folder of [upper, work, this.#root]) {
      await mkdir(folder, { recursive: true });
    }
    const layers = `lowerdir=${this.options.image},upperdir=${upper},workdir=${work}`;
    await execa("mount", ["-t", "overlay", "overlay", "-o", layers, this.#root]);
    await applySeams(this.#root, this.options.instanceId, this.options.authority);
  }

  /** A fresh namespace for every boot: a booting server finds a network card that nobody has set up. */
  async #plugIn(): Promise<void> {
    await this.#unplug();
    await execa("ip", ["netns", "add", this.#namespace]);
    await execa("ip", ["-n", this.#namespace, "link", "set", "lo", "up"]);
    const mac = macOf(this.options.privateIp);
    const card = ["peer", "name", "ens5", "address", mac, "netns", this.#namespace];
    await execa("ip", ["link", "add", this.#link, "type", "veth", ...card]);
    await execa("ip", ["link", "set", this.#link, "master", "br0", "up"]);
  }

  async #unplug(): Promise<void> {
    await execa("ip", ["link", "del", this.#link], { reject: false });
    await removeGuest(this.#namespace);
  }

  async #startContainer(): Promise<ChildProcess> {
    const groups = await makeControlGroups(this.#namespace);
    const log = await open(this.consoleLog, "a");
    try {
      return spawn(
        "sh",
        [
          ...["-c", INTO_GROUPS, "sh", groups.join(" "), "nsenter"],
          `--net=/run/netns/${this.#namespace}`,
          "systemd-nspawn",
          "--quiet",
          "--boot",
          `--directory=${this.#root}`,
          "--register=no",
          "--keep-unit",
          `--hostname=ip-${this.options.privateIp.replaceAll(".", "-")}`,
          "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
          "--resolv-conf=off",
          "--timezone=off",
          "--link-journal=no",
          "--console=read-only",
        ],
        {
          // A process group of its own: Ctrl-C is for the sandbox, which then powers off in order.
          detached: true,
          stdio: ["ignore", log.fd, log.fd],
          env: { PATH: process.env.PATH, SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network" },
        },
      );
    } finally {
      await log.close();
    }
  }

  async #showDevice({ volume, node, device }: AttachedVolume): Promise<void> {
    const script = 'mkdir -p /dev/disk/by-id && mknod "$1" b "$2" "$3" && ln -s "$1" "$4"';
    const numbers = [String(device.major), String(device.minor)];
    const { exitCode, stderr } = await this.run([
      "sh",
      "-c",
      script,
      "sh",
      node,
      ...numbers,
      linkOf(volume.id),
    ]);
    if (exitCode !== 0) {
      throw new Error(`${volume.id} could not be shown in ${this.options.instanceId}: ${stderr}`);
    }
  }

  async #end(signal: NodeJS.Signals | number): Promise<void> {
    const running = this.#running;
    if (running === undefined) {
      return;
    }
    const exited = once(running.process, "exit");
    process.kill(running.leader, signal);
    const force = setTimeout(() => process.kill(running.leader, "SIGKILL"), SHUTDOWN_LIMIT_MS);
    await exited;
    clearTimeout(force);
    this.#running = undefined;
  }
}

interface AttachedVolume {
  volume: Volume;
  /** The device in the guest. */
  node: string;
  /** The device on this machine. */
  device: BlockDevice;
}

/** The link that Amazon's udev rules make of an EBS volume's serial number. */
function linkOf(volumeId: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}`;
}

/** The guest's first process: the one below nspawn that is number 1 in its own namespace. */
async function findFirstProcess(child: ChildProcess, exited: Promise<unknown>, log: string): Promise<number> {
  let over = false;
  exited.then(() => {
    over = true;
  });
  while (!over) {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").catch(() => "");
    for (const pid of children.split(" ").filter(Boolean).map(Number)) {
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      if (/^NSpid:.*\t1$/m.test(status) && /^Name:\t(systemd|init)$/m.test(status)) {
        return pid;
      }
    }
    await sleep(50);
  }
  throw new Error(`systemd-nspawn could not start the server:\n${await readConsole(log).tail(10)}`);
}
