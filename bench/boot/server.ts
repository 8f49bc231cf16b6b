import type { Machine } from "../../sandbox/machine/machine";
import { blankVolume, launchServer } from "../../test/boot/launch";
import type { RelayWorld } from "../../test/boot/relay-world";

/** A server that was launched for one measurement. */
export interface Server {
  privateIp: string;
  machine: Machine;
  /** Deletes the server and its volume. */
  discard(): Promise<void>;
}

/** Boots a server of the world's release, with a blank queue volume attached as soon as it runs. */
export async function bootServer(
  { account, servers, debian }: RelayWorld,
  userData: string,
): Promise<Server> {
  const volume = blankVolume(account);
  const { id, privateIp } = await launchServer(account, debian, userData, "relay");
  await account.compute.attach(volume.id, id, "/dev/sdf");
  return {
    privateIp,
    machine: servers.machine(id),
    async discard() {
      await account.compute.stop(id);
      await account.compute.detach(volume.id, id);
      await account.compute.terminate(id);
      await account.compute.deleteVolume(volume.id);
    },
  };
}
