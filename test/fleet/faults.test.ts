import { expect, it } from "vitest";
import type { PostfixRelayFleetArgs } from "../../components";
import { drainFaults } from "../../components/postfix-relay/server/drain";
import { postfixRelayFleetFaults } from "../../components/postfix-relay-fleet/fleet-faults";
import { relayRanges } from "../../components/postfix-relay-fleet/relay-ranges";
import { subnetFaults } from "../../components/postfix-relay-fleet/subnet-faults";

const minimal: PostfixRelayFleetArgs = {
  hostName: "relay.example.com",
  smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
  password: "not-in-clear",
  subnetIds: ["subnet-1", "subnet-2"],
};
const pathsOf = (changes: Partial<PostfixRelayFleetArgs>, name = "mail") =>
  postfixRelayFleetFaults(name, { ...minimal, ...changes }).map(({ path }) => path);

it("a fleet's arguments without faults have none", () => {
  expect(pathsOf({})).toEqual([]);
  expect(pathsOf({ size: { min: 1, max: 1 }, drainSeconds: 28_800, queueVolumeSize: 1 })).toEqual([]);
  expect(pathsOf({ size: { min: 9 }, maxLifetimeDays: 365, upgrades: false })).toEqual([]);
  expect(pathsOf({ maxLifetimeDays: 1 })).toEqual([]);
});

it("the faults of a fleet's arguments come all at once", () => {
  const wrong = {
    subnetIds: ["subnet-1"],
    size: { min: 0, max: 101 },
    scaling: { cpuPercent: 9, activeMessages: 0.5 },
    queueVolumeSize: 0,
    drainSeconds: 59,
    maxLifetimeDays: 366,
    address: { zoneId: "Z1", name: "*.example.net" },
    alarms: { topicArn: "operators" },
    image: "debian-13",
    hostName: "relay",
  };
  expect(pathsOf(wrong, "mail_relay")).toEqual([
    ...["name", "subnetIds", "size.min", "size.max", "scaling.cpuPercent", "scaling.activeMessages"],
    ...["queueVolumeSize", "drainSeconds", "maxLifetimeDays", "address.name", "alarms.topicArn", "image"],
    "hostName",
  ]);
  for (const maxLifetimeDays of [0, 0.5, 1.5, Number.NaN]) {
    expect(pathsOf({ maxLifetimeDays })).toEqual(["maxLifetimeDays"]);
  }
  expect(pathsOf({ size: { min: 3, max: 2 } })).toEqual(["size.max"]);
});

it("an image is named by its id, or by a parameter that has it", () => {
  for (const image of ["ami-0123456789abcdef0", "resolve:ssm:/golden/mail", "resolve:ssm:golden:3"]) {
    expect(pathsOf({ image })).toEqual([]);
  }
  for (const image of ["", "debian-13", "ami-", "resolve:ssm:", "/golden/mail", "resolve:ssm:a b"]) {
    expect(pathsOf({ image })).toEqual(["image"]);
  }
});

it("a name fits into a balancer's, or is refused", () => {
  expect(pathsOf({}, "a".repeat(20))).toEqual([]);
  expect(pathsOf({}, "a".repeat(21))).toEqual(["name"]);
  expect(pathsOf({}, "mail-")).toEqual(["name"]);
});

it("a notice's sender has to be one that the other servers take", () => {
  const senders = ["example.com"];
  expect(pathsOf({ senders, bounceAddress: "postmaster@example.com" })).toEqual([]);
  expect(pathsOf({ senders, bounceAddress: "postmaster@example.org" })).toEqual(["bounceAddress"]);
  expect(pathsOf({ bounceAddress: "postmaster@example.org" })).toEqual([]);
});

it("subnets lie in one VPC, in different zones that have the instance type", () => {
  const subnet = (id: string, zoneId: string, vpcId = "vpc-1") => ({
    ...{ id, vpcId, zoneId, zone: `zone-${zoneId}`, range: "10.0.0.0/24" },
  });
  const reasons = (...subnets: ReturnType<typeof subnet>[]) =>
    subnetFaults(subnets, ["az1", "az2"], "t4g.micro").map(({ path, reason }) => `${path} ${reason}`);
  expect(reasons(subnet("a", "az1"), subnet("b", "az2"))).toEqual([]);
  expect(reasons(subnet("a", "az1"), subnet("b", "az1"), subnet("c", "az3", "vpc-2"))).toEqual([
    "subnetIds[1] lies in zone-az1 like a",
    "subnetIds[2] lies in vpc-2, and the first in vpc-1",
    "subnetIds[2] lies in zone-az3, which does not have t4g.micro",
  ]);
});

it("a server takes mail from the clients and from the other servers, each range once", () => {
  expect(relayRanges(["10.0.0.0/16"], ["10.0.1.0/24", "10.1.1.0/24"])).toEqual([
    "10.0.0.0/16",
    "10.1.1.0/24",
  ]);
  expect(relayRanges(["10.0.1.0/25"], ["10.0.1.0/24"])).toEqual(["10.0.1.0/25", "10.0.1.0/24"]);
});

it("the end of a server is refused where it is not on AWS, or its names cannot stand in a request", () => {
  const settings = {
    hostName: "relay.example.com",
    clients: ["10.0.0.0/8"],
    smartHost: minimal.smartHost,
    debian: 13 as const,
    drain: { group: "a&b", hook: "", limitSeconds: 1e9 },
  };
  expect(drainFaults({ ...settings, credential: { source: "file" } }).map(({ path }) => path)).toEqual([
    "drain",
    "drain.group",
    "drain.hook",
    "drain.limitSeconds",
  ]);
});
