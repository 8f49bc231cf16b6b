import { Volume } from "@pulumi/aws/ebs/volume";
import { getAmi } from "@pulumi/aws/ec2/getAmi";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { Instance } from "@pulumi/aws/ec2/instance";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import { getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { debianOwner } from "../../sandbox/aws/catalog";
import { type Cloud, previewed, startCloud, zone } from "./cloud";

// One stack of the real SDKs, through its life: each test goes on where the one before it ended.

const wanted = {
  userData: "#!/bin/sh\n",
  instanceType: "t4g.micro",
  clients: "10.77.0.0/16",
  text: "v=spf1 -all",
};

async function program() {
  const image = await getAmi({
    owners: [debianOwner],
    mostRecent: true,
    filters: [{ name: "name", values: ["debian-13-arm64-*"] }],
  });
  const subnet = await getSubnet({ availabilityZoneId: "euc1-az1", defaultForAz: true });
  const group = new SecurityGroup("group", { vpcId: subnet.vpcId, description: "SMTP" });
  new SecurityGroupIngressRule("in", {
    securityGroupId: group.id,
    cidrIpv4: wanted.clients,
    ipProtocol: "tcp",
    fromPort: 25,
    toPort: 25,
  });
  const password = new Parameter("password", {
    name: "/relay/password",
    type: "SecureString",
    value: "s3cret-s3cret",
  });
  const role = new Role("role", {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
  });
  new RolePolicy("policy", {
    role: role.name,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: password.arn }],
    }),
  });
  const profile = new InstanceProfile("profile", { role: role.name });
  const server = new Instance("server", {
    ami: image.id,
    instanceType: wanted.instanceType,
    subnetId: subnet.id,
    vpcSecurityGroupIds: [group.id],
    iamInstanceProfile: profile.name,
    userData: wanted.userData,
    userDataReplaceOnChange: true,
  });
  const queue = new Volume("queue", {
    availabilityZone: subnet.availabilityZone,
    size: 8,
    type: "gp3",
    encrypted: true,
  });
  new VolumeAttachment(
    "attachment",
    {
      instanceId: server.id,
      volumeId: queue.id,
      deviceName: "/dev/sdf",
      stopInstanceBeforeDetaching: true,
    },
    { deleteBeforeReplace: true },
  );
  const { name } = await getZone({ zoneId: zone.id });
  new DnsRecord("spf", { zoneId: zone.id, name, type: "TXT", content: `"${wanted.text}"`, ttl: 1 });
  new DnsRecord("mx", { zoneId: zone.id, name, type: "MX", content: `mx.${name}`, priority: 10, ttl: 300 });
  return { roleName: role.name, host: server.privateIp, password: password.value };
}

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud(program);
}, 900_000);

afterAll(async () => {
  await cloud?.close();
});

const patience = { timeout: 60_000 };

test("a first preview creates everything, and nothing exists after it", patience, async () => {
  const steps = await previewed(cloud.stack);
  expect(new Set(Object.values(steps))).toEqual(new Set(["create"]));
  expect(Object.keys(steps).sort()).toEqual(
    "attachment group in mx password policy profile queue role server spf".split(" "),
  );
  expect(cloud.aws.compute.instances.size).toBe(0);
  expect(cloud.zones.zone(zone.name).records()).toEqual([]);
});

test(
  "`up` makes it: the server has its address, its volume, its role and its records",
  patience,
  async () => {
    const { outputs } = await cloud.stack.up();
    expect(outputs.host?.value).toBe("10.77.0.30");
    expect(outputs.roleName?.value).toMatch(/^role-[0-9a-f]{7}$/);
    expect(outputs.password?.secret).toBe(true);
    expect(cloud.events).toEqual(["10.77.0.30 runs", "volume at 10.77.0.30"]);
    expect(cloud.zones.zone(zone.name).records()).toMatchObject([
      { name: "example.com", type: "MX", value: "mx.example.com", priority: 10 },
      { name: "example.com", type: "TXT", value: "v=spf1 -all" },
    ]);
  },
);

test("the instance's own credentials may read the parameter and nothing else", () => {
  const [instance] = cloud.aws.compute.instances.values();
  const { credentials } = cloud.aws.credentialsFor(instance?.id ?? "") ?? {};
  const principal = cloud.aws.principalOf(credentials?.accessKeyId ?? "");
  const arn = (name: string) => `arn:aws:ssm:eu-central-1:111122223333:parameter${name}`;
  const may = (action: string, resource: string) =>
    principal && cloud.aws.isAllowed(principal, action, resource);
  expect(may("ssm:GetParameter", arn("/relay/password"))).toBe(true);
  expect(may("ssm:GetParameter", arn("/other"))).toBe(false);
  expect(may("ssm:PutParameter", arn("/relay/password"))).toBe(false);
  expect(cloud.aws.principalOf("ASIAUNKNOWN")).toBeUndefined();
});

test("neither a second preview nor one after a refresh shows a change", patience, async () => {
  expect(await previewed(cloud.stack)).toEqual({});
  await cloud.stack.refresh();
  expect(await previewed(cloud.stack)).toEqual({});
});

test(
  "a newer image in the look-up's answer replaces the server, for nothing here keeps the old one",
  patience,
  async () => {
    const images = cloud.aws.images;
    cloud.aws.images = images.map((image) => ({
      ...image,
      ...(image.name.includes("13-arm64") && { id: `${image.id}9` }),
    }));
    expect(await previewed(cloud.stack)).toEqual({ server: "replace", attachment: "replace" });
    cloud.aws.images = images;
  },
);

test(
  "another instance type stops the server in order and starts it again, with its address",
  patience,
  async () => {
    cloud.events.length = 0;
    wanted.instanceType = "t4g.small";
    expect(await previewed(cloud.stack)).toEqual({ server: "update" });
    await cloud.stack.up();
    expect(cloud.events).toEqual(["10.77.0.30 stops", "10.77.0.30 runs"]);
  },
);

test(
  "other user data makes a new server, and the volume moves when the old one has stopped",
  patience,
  async () => {
    cloud.events.length = 0;
    wanted.userData = "#!/bin/sh\necho other\n";
    expect(await previewed(cloud.stack)).toEqual({ server: "replace", attachment: "replace" });
    await cloud.stack.up();
    expect(cloud.events).toEqual([
      "10.77.0.31 runs",
      "10.77.0.30 stops",
      "volume leaves 10.77.0.30",
      "volume at 10.77.0.31",
      "10.77.0.30 is gone",
    ]);
  },
);

const servedValues = () =>
  cloud.zones
    .zone(zone.name)
    .records()
    .map(({ value }) => value);

test("rules and records change in place", patience, async () => {
  wanted.clients = "10.77.0.0/24";
  wanted.text = "v=spf1 mx -all";
  expect(await previewed(cloud.stack)).toEqual({ in: "update", spf: "update" });
  await cloud.stack.up();
  expect(servedValues()).toContain("v=spf1 mx -all");
});

test("a record that was changed by hand is put right by the next refresh and `up`", patience, async () => {
  const record = cloud.cloudflare.records(zone.id).find(({ type }) => type === "TXT");
  cloud.cloudflare.change(zone.id, record?.id ?? "", { content: '"v=spf1 +all"' });
  await cloud.stack.refresh();
  expect(await previewed(cloud.stack)).toEqual({ spf: "update" });
  await cloud.stack.up();
  expect(servedValues()).toContain("v=spf1 mx -all");
});

test("`destroy` leaves nothing", patience, async () => {
  await cloud.stack.destroy();
  expect(cloud.aws.compute.instances.size).toBe(0);
  expect(cloud.aws.compute.volumes.size).toBe(0);
  expect(cloud.aws.access.roles.size).toBe(0);
  expect(cloud.aws.access.profiles.size).toBe(0);
  expect(cloud.aws.securityGroups.groups.size).toBe(0);
  expect(cloud.aws.getParameter("/relay/password")).toBeUndefined();
  expect(cloud.zones.zone(zone.name).records()).toEqual([]);
});
