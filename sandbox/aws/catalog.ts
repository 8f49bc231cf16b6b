import type { Parameter } from "./parameters";

/**
 * What an AWS account finds without having made it: the default network, Debian's images, the instance types
 * and the zones that offer them. A small excerpt, shaped like the real answers for eu-central-1; the ids are
 * made up.
 */

/** A machine image (AMI). */
export interface Image {
  id: string;
  name: string;
  ownerId: string;
  architecture: Architecture;
  /** ISO 8601, as DescribeImages gives it. */
  creationDate: string;
  description: string;
  /** What it calls its root disk. */
  rootDeviceName: string;
  /** Size of the root disk, GiB. */
  rootVolumeSize: number;
}

export type Architecture = "arm64" | "x86_64";

export interface Vpc {
  id: string;
  cidrBlock: string;
  default: boolean;
}

export interface Subnet {
  id: string;
  vpcId: string;
  cidrBlock: string;
  /** The account's own name of the zone, e.g. eu-central-1a; another account may mean another place by it. */
  zone: string;
  /** The place itself, e.g. euc1-az1. */
  zoneId: string;
  defaultForZone: boolean;
  /** Whether instances get a public address without asking. */
  publicAddresses: boolean;
}

/** An instance type and the zones that offer it. */
export interface InstanceTypeOffering {
  instanceType: string;
  architecture: Architecture;
  zoneIds: string[];
}

/** Debian's account at AWS (https://wiki.debian.org/Cloud/AmazonEC2Image). */
export const debianOwner = "136693071363";

export const defaultVpc: Vpc = { id: "vpc-0c0ffee0000000001", cidrBlock: "10.77.0.0/16", default: true };

/** One default subnet a zone. That the zones' names and ids do not run in parallel is as in real accounts. */
export function defaultSubnets(): Subnet[] {
  return [
    { letter: "a", zoneId: "euc1-az2", third: 1 },
    { letter: "b", zoneId: "euc1-az3", third: 2 },
    { letter: "c", zoneId: "euc1-az1", third: 0 },
  ].map(({ letter, zoneId, third }) => ({
    id: `subnet-0c0ffee000000000${letter}`,
    vpcId: defaultVpc.id,
    cidrBlock: `10.77.${third}.0/24`,
    zone: `eu-central-1${letter}`,
    zoneId,
    defaultForZone: true,
    publicAddresses: true,
  }));
}

/** Two builds of each Debian release and architecture, so that "the most recent" means something. */
export function debianImages(): Image[] {
  const builds = [
    { release: 12, build: "20261026-2278" },
    { release: 12, build: "20261109-2292" },
    { release: 13, build: "20261027-2279" },
    { release: 13, build: "20261110-2293" },
  ];
  const architectures = [
    { debian: "arm64", aws: "arm64" },
    { debian: "amd64", aws: "x86_64" },
  ] as const;
  return builds.flatMap(({ release, build }, index) =>
    architectures.map(({ debian, aws }) => ({
      id: `ami-0deb${release}${aws === "arm64" ? "a" : "b"}000000000${index}`,
      name: `debian-${release}-${debian}-${build}`,
      ownerId: debianOwner,
      architecture: aws,
      creationDate: `${build.slice(0, 4)}-${build.slice(4, 6)}-${build.slice(6, 8)}T06:14:02.000Z`,
      description: `Debian ${release} (${build})`,
      rootDeviceName: "/dev/xvda",
      rootVolumeSize: 8,
    })),
  );
}

export function newestFirst(images: readonly Image[]): Image[] {
  return images.toSorted((a, b) => b.creationDate.localeCompare(a.creationDate));
}

/** Debian's public parameter of this name, such as `/aws/service/debian/release/13/latest/arm64`: its newest image's id. */
export function debianParameter(
  name: string,
  images: readonly Image[],
  { partition, region }: { partition: string; region: string },
): Parameter | undefined {
  const [, release, architecture] =
    /^\/aws\/service\/debian\/release\/(\d+)\/latest\/(\w+)$/.exec(name) ?? [];
  const prefix = `debian-${release}-${architecture}-`;
  const [newest] = newestFirst(images.filter((image) => image.name.startsWith(prefix)));
  return (
    newest && {
      ...{ name, type: "String", value: newest.id, description: undefined, tags: {}, keyId: "" },
      ...{ tier: "Standard", version: 1, lastModified: newest.creationDate },
      arn: `arn:${partition}:ssm:${region}::parameter${name}`,
    }
  );
}

export function instanceTypeOfferings(): InstanceTypeOffering[] {
  const everywhere = ["euc1-az1", "euc1-az2", "euc1-az3"];
  return [
    { instanceType: "t4g.nano", architecture: "arm64", zoneIds: everywhere },
    { instanceType: "t4g.micro", architecture: "arm64", zoneIds: everywhere },
    { instanceType: "t4g.small", architecture: "arm64", zoneIds: everywhere },
    { instanceType: "t3.micro", architecture: "x86_64", zoneIds: everywhere },
    { instanceType: "t3.small", architecture: "x86_64", zoneIds: everywhere },
    // Some types are missing from some zones.
    { instanceType: "c8g.medium", architecture: "arm64", zoneIds: ["euc1-az2", "euc1-az3"] },
  ];
}
