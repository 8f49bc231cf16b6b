import type { Machine } from "../../sandbox/machine/machine";
import type { RelayWorld } from "../../test/boot/relay-world";

const ZONE = "eu-central-1c";

/** A server that was launched for one measurement. */
export interface Server {
  privateIp: string;
  machine: Machine;
  /** Deletes the server and its volume. */
  discard(): Promise<void>;
}

/** Boots a server of the world's release, with a blank queue volume attached as soon as it runs. */
export async function launchServer(
  { account, servers, debian }: RelayWorld,
  userData: string,
): Promise<Server> {
  const image = account.images.find(({ name }) => name.startsWith(`debian-${debian}-arm64`));
  const subnet = account.subnets.find(({ zone }) => zone === ZONE);
  if (image === undefined || subnet === undefined) {
    throw new Error(`The account has no image of Debian ${debian}, or no subnet.`);
  }
  const volume = account.compute.createVolume({
    zone: ZONE,
    size: 1,
    type: "gp3",
    encrypted: true,
    iops: 3000,
    throughput: 125,
    tags: {},
  });
  const { id, privateIp } = await account.compute.launch({
    image,
    subnet,
    userData,
    metadata: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    instanceType: "t4g.nano",
    publicAddress: true,
    securityGroupIds: [],
    profile: "relay",
    tags: {},
  });
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
