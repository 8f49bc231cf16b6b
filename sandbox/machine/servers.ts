import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AwsAccount, AwsEvents } from "../aws/account";
import type { Instance, Volume } from "../aws/compute";
import type { IssuedCertificate } from "../pki";
import { ADDRESS } from "./addresses";
import { AwsApi } from "./aws-api";
import { baseImage, debianMirrors, type Mirrors } from "./base-image";
import { DhcpServer } from "./dhcp";
import { runFolder } from "./leftovers";
import type { Listening } from "./listening";
import { Machine } from "./machine";
import { MetadataServer } from "./metadata-server";
import type { Network } from "./network";
import { createVolume } from "./volume";

const BYTES_PER_GIB = 2 ** 30;

export interface ServersOptions {
  network: Network;
  /** The sandbox's CA certificate (PEM), which the servers trust. */
  authority: string;
  /** For `ssm.<region>.amazonaws.com`, by that authority. */
  certificate: IssuedCertificate;
  /** What the base image is made from; default this machine's own apt sources. */
  mirrors?: Mirrors;
  /** Gets what happens to servers, as short lines. */
  onProgress?: (line: string) => void;
}

/**
 * Makes an account's servers real: an instance is a booted machine, a volume is a disk of it, and the metadata
 * service, SSM and DHCP answer inside the network. Give it to the account as its events:
 *
 *     const servers = new Servers(options);
 *     const account = new AwsAccount(servers);
 *     await servers.start(account);
 */
export class Servers implements AwsEvents {
  readonly #machines = new Map<string, Machine>();
  /** Boots that have not come to a machine yet. */
  readonly #booting = new Set<Promise<unknown>>();
  readonly #onProgress: (line: string) => void;
  #services: { dhcp: DhcpServer; metadata: MetadataServer; api: AwsApi; listening: Listening[] } | undefined;

  constructor(private readonly options: ServersOptions) {
    this.#onProgress = options.onProgress ?? (() => {});
  }

  /** Starts DHCP, the metadata service and the AWS API. The caller runs inside the network. */
  async start(account: AwsAccount): Promise<void> {
    const dhcp = await DhcpServer.start(this.options.network, account.region);
    const metadata = new MetadataServer(account);
    const api = new AwsApi(this.options.certificate, account);
    const listening = [
      await metadata.listen({ address: ADDRESS.metadata, port: 80 }),
      await api.listen({ address: ADDRESS.awsApi, port: 443 }),
    ];
    this.#services = { dhcp, metadata, api, listening };
  }

  /** Powers all servers off, deletes them and stops the services. Volumes' files go with the run's folder. */
  async stop(): Promise<void> {
    // A boot that is under way cannot be called off; it becomes a machine, which can be.
    await Promise.allSettled(this.#booting);
    await Promise.all([...this.#machines.values()].map((machine) => machine.terminate()));
    this.#machines.clear();
    await Promise.all((this.#services?.listening ?? []).map((server) => server.close()));
    await this.#services?.dhcp.stop();
    this.#services = undefined;
  }

  /** The metadata service, with the requests that it answered. @throws Error before `start` */
  get metadata(): MetadataServer {
    return this.#started().metadata;
  }

  /** The AWS API, with the calls that it answered. @throws Error before `start` */
  get api(): AwsApi {
    return this.#started().api;
  }

  /** The machine of an instance. @throws Error when it was not started, or is terminated */
  machine(instanceId: string): Machine {
    const machine = this.#machines.get(instanceId);
    if (machine === undefined) {
      throw new Error(`The sandbox has no machine for ${instanceId}.`);
    }
    return machine;
  }

  async onInstanceRunning(instance: Instance): Promise<void> {
    const booting = this.#boot(instance);
    this.#booting.add(booting);
    await booting.finally(() => this.#booting.delete(booting));
  }

  async onInstanceStopping({ id }: Instance): Promise<void> {
    this.#onProgress(`${id} shuts down`);
    await this.#machines.get(id)?.shutdown();
  }

  async onInstanceTerminated({ id }: Instance): Promise<void> {
    await this.#machines.get(id)?.terminate();
    this.#machines.delete(id);
  }

  async onVolumeAttached(volume: Volume, { id }: Instance): Promise<void> {
    this.#onProgress(`${volume.id} is attached to ${id}`);
    const disk = { id: volume.id, file: this.#fileOf(volume) };
    await this.machine(id).attachVolume(await createVolume(disk, volume.size * BYTES_PER_GIB));
  }

  async onVolumeDetaching(volume: Volume, { id }: Instance): Promise<void> {
    this.#onProgress(`${volume.id} is detached from ${id}`);
    await this.#machines.get(id)?.detachVolume(volume.id);
  }

  async onVolumeDeleted(volume: Volume): Promise<void> {
    await rm(this.#fileOf(volume), { force: true });
  }

  async #boot(instance: Instance): Promise<void> {
    const { id, privateIp, image } = instance;
    const present = this.#machines.get(id);
    if (present !== undefined) {
      this.#onProgress(`${id} starts again`);
      return present.start();
    }
    const mirrors = this.options.mirrors ?? (await debianMirrors());
    const release = image.name.includes("debian-12") ? 12 : 13;
    const root = await baseImage(release, mirrors, (line) => this.#onProgress(`Debian ${release}: ${line}`));
    await this.#started().dhcp.reserve(privateIp);
    this.#onProgress(`${id} boots Debian ${release} at ${privateIp}`);
    const { network, authority } = this.options;
    this.#machines.set(
      id,
      await Machine.boot({ network, image: root, instanceId: id, privateIp, authority }),
    );
  }

  #fileOf({ id }: Volume): string {
    return join(runFolder(this.options.network.name), "volumes", id);
  }

  #started() {
    if (this.#services === undefined) {
      throw new Error("Call start() before the account is used.");
    }
    return this.#services;
  }
}
