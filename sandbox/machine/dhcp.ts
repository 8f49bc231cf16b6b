import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa, type ResultPromise } from "execa";
import { ADDRESS, macOf } from "./addresses";
import { runFolder } from "./leftovers";
import type { Network } from "./network";

/** Tells instances their addresses, as a VPC does: each gets the one that was decided for it, and no other asks. */
export class DhcpServer {
  readonly #hosts: string;
  readonly #process: ResultPromise;

  private constructor(hosts: string, process: ResultPromise) {
    this.#hosts = hosts;
    this.#process = process;
  }

  /**
   * Starts dnsmasq as DHCP server only, on the bridge; the caller runs inside the network.
   *
   * @throws Error with dnsmasq's own words when it does not start
   */
  static async start(network: Network, region: string): Promise<DhcpServer> {
    const folder = join(runFolder(network.name), "dhcp");
    const hosts = join(folder, "hosts");
    const log = join(folder, "log");
    await mkdir(hosts, { recursive: true });
    const child = execa(
      "dnsmasq",
      [
        "--keep-in-foreground",
        "--conf-file=/dev/null",
        "--user=root",
        "--port=0",
        "--interface=br0",
        "--bind-interfaces",
        // A server that boots again asks for the address that it had, and would wait if nobody answered.
        "--dhcp-authoritative",
        "--dhcp-range=10.77.0.0,static,255.255.255.0,1h",
        `--dhcp-hostsdir=${hosts}`,
        `--dhcp-option=option:router,${ADDRESS.gateway}`,
        `--dhcp-option=option:dns-server,${ADDRESS.dns}`,
        `--dhcp-option=option:domain-name,${region}.compute.internal`,
        `--dhcp-leasefile=${join(folder, "leases")}`,
        `--log-facility=${log}`,
        "--pid-file",
        "--no-ping",
      ],
      { stdin: "ignore", reject: false },
    );
    let ended = false;
    child.then(() => {
      ended = true;
    });
    while (!(await readFile(log, "utf8").catch(() => "")).includes("sockets bound")) {
      if (ended) {
        throw new Error(`dnsmasq did not start: ${(await child).stderr}`);
      }
      await sleep(50);
    }
    return new DhcpServer(hosts, child);
  }

  /** Reserves the address; dnsmasq notices the file by itself. */
  async reserve(privateIp: string): Promise<void> {
    await writeFile(join(this.#hosts, privateIp), `${macOf(privateIp)},${privateIp},infinite\n`);
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process;
  }
}
