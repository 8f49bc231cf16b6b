import type { AwsAccount } from "../../sandbox/aws/account";
import type { Instance, Volume } from "../../sandbox/aws/compute";

/** The zone of the one subnet that is the sandbox's network. */
const ZONE = "eu-central-1c";

/**
 * Launches a server as the component does; it boots in the sandbox's network.
 *
 * @param profile the instance profile with its role; undefined for a server that asks nothing of AWS
 */
export async function launchServer(
  account: AwsAccount,
  debian: 12 | 13,
  userData: string,
  profile: string | undefined,
): Promise<Instance> {
  const image = account.images.find(({ name }) => name.startsWith(`debian-${debian}-arm64`));
  const subnet = account.subnets.find(({ zone }) => zone === ZONE);
  if (image === undefined || subnet === undefined) {
    throw new Error(`The account has no image of Debian ${debian}, or no subnet in ${ZONE}.`);
  }
  return account.compute.launch({
    image,
    subnet,
    metadata: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    userData,
    instanceType: "t4g.nano",
    publicAddress: true,
    securityGroupIds: [],
    profile,
    tags: {},
  });
}

/** A blank queue volume of 1 GiB in that zone. */
export function blankVolume(account: AwsAccount): Volume {
  return account.compute.createVolume({
    zone: ZONE,
    size: 1,
    type: "gp3",
    encrypted: true,
    iops: 3000,
    throughput: 125,
    tags: {},
  });
}
