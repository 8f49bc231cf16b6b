import * as z from "zod";
import { defineFunction } from "../../../providers/kit";
import type { AwsAccount } from "../account";
import { type Image, type InstanceTypeOffering, newestFirst, type Subnet, type Vpc } from "../catalog";
import { matches } from "../policy";
import { AwsRefusal } from "../refusal";
import type { Session } from "./properties";

const filters = z
  .array(z.object({ name: z.string(), values: z.array(z.string()).min(1) }))
  .optional()
  .meta({ description: "What has to match." });

type Filters = z.output<typeof filters>;

/** What a filter of a name compares with, for each thing that is looked up. */
type Filterable<Thing> = Record<string, (thing: Thing) => string>;

/** Keeps what every filter matches; a filter matches when one of its values does. */
function filtered<Thing>(things: readonly Thing[], given: Filters, filterable: Filterable<Thing>): Thing[] {
  return (given ?? []).reduce<Thing[]>(
    (left, { name, values }) => {
      const read = filterable[name];
      if (read === undefined) {
        throw new AwsRefusal(
          "InvalidParameterValue",
          `The filter '${name}' is invalid; the substitute knows ${Object.keys(filterable).join(", ")}`,
        );
      }
      return left.filter((thing) => values.some((pattern) => matches(pattern, read(thing))));
    },
    [...things],
  );
}

/** The one thing that was found, refused in the provider's words when there is none or more than one. */
export function theOnly<Thing>(found: readonly Thing[], what: string): Thing {
  const [only, ...others] = found;
  if (only === undefined) throw new Error(`no matching ${what} found`);
  if (others.length > 0) {
    throw new Error(
      `multiple ${what}s matched; use additional constraints to reduce matches to a single one`,
    );
  }
  return only;
}

const imageFilters: Filterable<Image> = {
  "image-id": ({ id }) => id,
  name: ({ name }) => name,
  architecture: ({ architecture }) => architecture,
  "owner-id": ({ ownerId }) => ownerId,
  state: () => "available",
  "virtualization-type": () => "hvm",
  "root-device-type": () => "ebs",
};

export const getAmi = defineFunction<Session>()({
  token: "aws:ec2/getAmi:getAmi",
  inputs: z.object({
    owners: z.array(z.string()).min(1).optional().meta({ description: "Accounts." }),
    filters,
    mostRecent: z.boolean().optional().meta({ description: "Takes the newest of several." }),
    includeDeprecated: z
      .boolean()
      .optional()
      .meta({ description: "Also those that are deprecated; here none is." }),
  }),
  outputs: z.object({
    id: z.string(),
    imageId: z.string(),
    arn: z.string(),
    name: z.string(),
    ownerId: z.string(),
    architecture: z.string(),
    creationDate: z.string(),
    description: z.string(),
    state: z.string(),
    rootDeviceName: z.string(),
    rootDeviceType: z.string(),
    virtualizationType: z.string(),
  }),
  call: async ({ inputs, session }) => {
    const { owners } = inputs;
    if (owners === undefined && !inputs.filters?.some(({ name }) => name === "image-id")) {
      throw new Error("Stricter than the provider: owners have to be named, or the image by its id.");
    }
    const found = newestFirst(
      filtered(session.images, inputs.filters, imageFilters).filter(
        ({ ownerId }) => owners === undefined || owners.includes(ownerId),
      ),
    );
    const [newest] = found;
    if (newest === undefined) {
      throw new Error("Your query returned no results. Please change your search criteria and try again.");
    }
    if (found.length > 1 && !inputs.mostRecent) {
      throw new Error(
        "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
      );
    }
    const { rootVolumeSize: _size, ...image } = newest;
    return {
      ...image,
      imageId: image.id,
      arn: `arn:${session.partition}:ec2:${session.region}::image/${image.id}`,
      state: "available",
      rootDeviceType: "ebs",
      virtualizationType: "hvm",
    };
  },
});

export const getVpc = defineFunction<Session>()({
  token: "aws:ec2/getVpc:getVpc",
  inputs: z.object({
    id: z.string().optional().meta({ description: "Its id." }),
    default: z.boolean().optional().meta({ description: "The default VPC." }),
  }),
  outputs: z.object({
    id: z.string(),
    arn: z.string(),
    cidrBlock: z.string(),
    default: z.boolean(),
    ownerId: z.string(),
    state: z.string(),
  }),
  call: async ({ inputs, session }) => {
    const wanted = (vpc: Vpc) =>
      (inputs.id === undefined || vpc.id === inputs.id) &&
      (inputs.default === undefined || vpc.default === inputs.default);
    const vpc = theOnly(session.vpcs.filter(wanted), "EC2 VPC");
    return { ...vpc, arn: session.arn("ec2", `vpc/${vpc.id}`), ownerId: session.id, state: "available" };
  },
});

const subnetFilters: Filterable<Subnet> = {
  "vpc-id": ({ vpcId }) => vpcId,
  "default-for-az": ({ defaultForZone }) => String(defaultForZone),
  "availability-zone": ({ zone }) => zone,
  "availability-zone-id": ({ zoneId }) => zoneId,
  "subnet-id": ({ id }) => id,
};

export const getSubnets = defineFunction<Session>()({
  token: "aws:ec2/getSubnets:getSubnets",
  inputs: z.object({ filters }),
  outputs: z.object({ id: z.string(), ids: z.array(z.string()) }),
  call: async ({ inputs, session }) => ({
    id: session.region,
    ids: filtered(session.subnets, inputs.filters, subnetFilters).map(({ id }) => id),
  }),
});

export const getSubnet = defineFunction<Session>()({
  token: "aws:ec2/getSubnet:getSubnet",
  inputs: z.object({
    id: z.string().optional().meta({ description: "Its id." }),
    vpcId: z.string().optional().meta({ description: "The VPC." }),
    availabilityZone: z.string().optional().meta({ description: "The zone's name." }),
    availabilityZoneId: z.string().optional().meta({ description: "The zone's id." }),
    defaultForAz: z.boolean().optional().meta({ description: "The default subnet." }),
    filters,
  }),
  outputs: z.object({
    id: z.string(),
    arn: z.string(),
    vpcId: z.string(),
    cidrBlock: z.string(),
    availabilityZone: z.string(),
    availabilityZoneId: z.string(),
    defaultForAz: z.boolean(),
    mapPublicIpOnLaunch: z.boolean(),
    ownerId: z.string(),
    state: z.string(),
  }),
  call: async ({ inputs, session }) => {
    const wanted = (subnet: Subnet) =>
      (inputs.id === undefined || subnet.id === inputs.id) &&
      (inputs.vpcId === undefined || subnet.vpcId === inputs.vpcId) &&
      (inputs.availabilityZone === undefined || subnet.zone === inputs.availabilityZone) &&
      (inputs.availabilityZoneId === undefined || subnet.zoneId === inputs.availabilityZoneId) &&
      (inputs.defaultForAz === undefined || subnet.defaultForZone === inputs.defaultForAz);
    const found = filtered(session.subnets, inputs.filters, subnetFilters).filter(wanted);
    return describe(session, theOnly(found, "EC2 Subnet"));
  },
});

function describe(account: AwsAccount, subnet: Subnet) {
  return {
    id: subnet.id,
    arn: account.arn("ec2", `subnet/${subnet.id}`),
    vpcId: subnet.vpcId,
    cidrBlock: subnet.cidrBlock,
    availabilityZone: subnet.zone,
    availabilityZoneId: subnet.zoneId,
    defaultForAz: subnet.defaultForZone,
    mapPublicIpOnLaunch: subnet.publicAddresses,
    ownerId: account.id,
    state: "available",
  };
}

const offeringFilters: Filterable<InstanceTypeOffering> = {
  "instance-type": (offering) => offering.instanceType,
};

export const getInstanceTypeOfferings = defineFunction<Session>()({
  token: "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
  inputs: z.object({
    filters,
    locationType: z
      .enum(["region", "availability-zone", "availability-zone-id"])
      .default("region")
      .meta({ description: "What a location is." }),
  }),
  outputs: z.object({
    id: z.string(),
    instanceTypes: z.array(z.string()),
    locations: z.array(z.string()),
    locationTypes: z.array(z.string()),
  }),
  call: async ({ inputs: { filters, locationType }, session }) => {
    const zoneName = (zoneId: string) => session.subnets.find((subnet) => subnet.zoneId === zoneId)?.zone;
    const offered = filtered(session.offerings, filters, offeringFilters).flatMap(
      ({ instanceType, zoneIds }) => {
        const locations = {
          region: [session.region],
          "availability-zone": zoneIds.flatMap((id) => zoneName(id) ?? []),
          "availability-zone-id": zoneIds,
        };
        return locations[locationType].map((location) => ({ instanceType, location }));
      },
    );
    return {
      id: session.region,
      instanceTypes: offered.map(({ instanceType }) => instanceType),
      locations: offered.map(({ location }) => location),
      locationTypes: offered.map(() => locationType),
    };
  },
});

export const getRegion = defineFunction<Session>()({
  token: "aws:index/getRegion:getRegion",
  inputs: z.object({}),
  outputs: z.object({
    id: z.string(),
    name: z.string(),
    region: z.string(),
    description: z.string(),
    endpoint: z.string(),
  }),
  call: async ({ session: { region } }) => ({
    id: region,
    name: region,
    region,
    description: "Europe (Frankfurt)",
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
});

export const getCallerIdentity = defineFunction<Session>()({
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  inputs: z.object({}),
  outputs: z.object({ id: z.string(), accountId: z.string(), arn: z.string(), userId: z.string() }),
  call: async ({ session }) => ({
    id: session.id,
    accountId: session.id,
    arn: session.iamArn("user/deployer"),
    userId: "AIDA000000000DEPLOYER",
  }),
});

export const getPartition = defineFunction<Session>()({
  token: "aws:index/getPartition:getPartition",
  inputs: z.object({}),
  outputs: z.object({
    id: z.string(),
    partition: z.string(),
    dnsSuffix: z.string(),
    reverseDnsPrefix: z.string(),
  }),
  call: async ({ session: { partition } }) => ({
    id: partition,
    partition,
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
});
