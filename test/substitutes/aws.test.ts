import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RunningProvider, serve } from "../../providers/kit";
import { AwsAccount, awsProvider, awsSdkVersion } from "../../sandbox/aws";
import { connect, type ProviderClient, secret, UNKNOWN } from "../kit/client";

// The substitute AWS provider as the engine talks to it, over gRPC.

let account: AwsAccount;
let server: RunningProvider;
let aws: ProviderClient;

beforeEach(async () => {
  account = new AwsAccount();
  server = await serve(awsProvider(account));
  aws = connect(server.port);
  await aws.configure({});
});

afterEach(async () => {
  aws.close();
  await server.close();
});

const [subnet, otherSubnet] = new AwsAccount().subnets.toSorted((a, b) => a.zoneId.localeCompare(b.zoneId));
const image = new AwsAccount().images.find(({ name }) => name.startsWith("debian-13-arm64"));
const vpcId = subnet?.vpcId;

const assumedBy = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

/** Inputs that pass, by resource type. */
const valid = {
  "aws:ec2/instance:Instance": {
    ami: image?.id,
    instanceType: "t4g.micro",
    subnetId: subnet?.id,
    vpcSecurityGroupIds: ["sg-1"],
    userData: "#!/bin/sh\n",
  },
  "aws:ec2/securityGroup:SecurityGroup": { name: "relay", vpcId, description: "SMTP" },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    securityGroupId: "sg-1",
    cidrIpv4: "10.0.0.0/16",
    ipProtocol: "tcp",
    fromPort: 25,
    toPort: 25,
  },
  "aws:ebs/volume:Volume": { availabilityZone: subnet?.zone, size: 8, type: "gp3", encrypted: true },
  "aws:ec2/volumeAttachment:VolumeAttachment": {
    deviceName: "/dev/sdf",
    instanceId: "i-1",
    volumeId: "vol-1",
  },
  "aws:iam/role:Role": { name: "relay", assumeRolePolicy: assumedBy("ec2.amazonaws.com") },
  "aws:iam/rolePolicy:RolePolicy": {
    name: "read",
    role: "relay",
    policy: policy({ Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" }),
  },
  "aws:iam/instanceProfile:InstanceProfile": { name: "relay", role: "relay" },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    name: "queue",
    namespace: "Smarthost",
    metricName: "QueueLength",
    dimensions: { Relay: "relay.example.com" },
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 5,
    threshold: 1000,
    comparisonOperator: "GreaterThanThreshold",
    alarmActions: ["arn:aws:sns:eu-central-1:111122223333:operators"],
  },
  "aws:cloudwatch/dashboard:Dashboard": { dashboardName: "relay", dashboardBody: '{"widgets":[]}' },
  "aws:ssm/parameter:Parameter": { name: "/relay/password", type: "SecureString", value: "s3cret-s3cret" },
};
type ResourceType = keyof typeof valid;

test("it reports the SDK's version, so that the engine does not warn", async () => {
  expect(await aws.version()).toBe(awsSdkVersion);
});

test("another region than the account's is refused", async () => {
  const { failures } = await aws.checkConfig({ region: "us-east-1" });
  expect(failures).toEqual([{ property: "region", reason: expect.stringContaining("eu-central-1") }]);
});

describe("check", () => {
  test.each(Object.entries(valid))("%s: inputs that are right pass", async (type, inputs) => {
    expect((await aws.check(type, inputs)).failures).toEqual([]);
  });

  test.each(Object.entries(valid))("%s: an unknown property is refused", async (type, inputs) => {
    const { failures } = await aws.check(type, { ...inputs, nonsense: 1 });
    expect(failures.map(({ property }) => property)).toEqual(["nonsense"]);
  });

  const wrong: [ResourceType, Record<string, unknown>, property: string, reason: RegExp][] = [
    ["aws:ec2/instance:Instance", { userData: "x".repeat(16385) }, "userData", /16385 bytes.*16384/],
    [
      "aws:ec2/instance:Instance",
      { metadataOptions: { httpTokens: "yes" } },
      "metadataOptions.httpTokens",
      /required/,
    ],
    ["aws:ec2/instance:Instance", { vpcSecurityGroupIds: "sg-1" }, "vpcSecurityGroupIds", /array/],
    ["aws:ec2/instance:Instance", { subnetId: undefined }, "subnetId", /missing/],
    ["aws:ec2/securityGroup:SecurityGroup", { description: "the relay's" }, "description", /EC2 takes/],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { cidrIpv4: undefined },
      "cidrIpv4",
      /exactly one/,
    ],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { referencedSecurityGroupId: "sg-2" },
      "cidrIpv4",
      /exactly one/,
    ],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { cidrIpv4: "10.0.0.1/16" },
      "cidrIpv4",
      /behind its prefix/,
    ],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { cidrIpv4: "10.0.0.0" },
      "cidrIpv4",
      /IPv4 range/,
    ],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { toPort: undefined }, "fromPort", /both/],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { fromPort: 26 },
      "fromPort",
      /behind toPort/,
    ],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { ipProtocol: "-1" },
      "fromPort",
      /no ports/,
    ],
    ["aws:ebs/volume:Volume", { size: undefined }, "size", /missing/],
    ["aws:ebs/volume:Volume", { encrypted: "yes" }, "encrypted", /boolean/],
    ["aws:ec2/volumeAttachment:VolumeAttachment", { deviceName: "/dev/sda" }, "deviceName", /sdf/],
    ["aws:iam/role:Role", { assumeRolePolicy: "{" }, "assumeRolePolicy", /no JSON/],
    ["aws:iam/role:Role", { name: "a b" }, "name", /characters/],
    [
      "aws:iam/rolePolicy:RolePolicy",
      { policy: policy({ Effect: "Allow", Action: "x" }) },
      "policy",
      /Resource/,
    ],
    [
      "aws:iam/rolePolicy:RolePolicy",
      { policy: policy({ Effect: "Allow", Action: "x", Resource: "*", Condition: { StringLike: {} } }) },
      "policy",
      /Condition/,
    ],
    ["aws:ssm/parameter:Parameter", { value: undefined }, "value", /exactly one/],
    ["aws:ssm/parameter:Parameter", { insecureValue: "x" }, "value", /exactly one/],
    [
      "aws:ssm/parameter:Parameter",
      { value: undefined, insecureValue: "x" },
      "insecureValue",
      /SecureString/,
    ],
    ["aws:ssm/parameter:Parameter", { value: "x".repeat(4097) }, "value", /4096/],
    ["aws:ssm/parameter:Parameter", { name: "/aws/mine" }, "name", /must not begin/],
    ["aws:ssm/parameter:Parameter", { name: "/a b" }, "name", /parameter's name/],
    ["aws:ssm/parameter:Parameter", { type: "Secret" }, "type", /SecureString/],
    ["aws:ssm/parameter:Parameter", { type: "String", keyId: "arn:k" }, "keyId", /only a SecureString/],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { period: 45 }, "period", /multiple of 60/],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { evaluationPeriods: 1441 }, "evaluationPeriods", /a day/],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { datapointsToAlarm: 6 }, "datapointsToAlarm", /more than/],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { treatMissingData: "bad" }, "treatMissingData", /breaching/],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { statistic: "p99" }, "statistic", /Maximum/],
    ["aws:cloudwatch/dashboard:Dashboard", { dashboardName: "relay.example" }, "dashboardName", /characters/],
    ["aws:cloudwatch/dashboard:Dashboard", { dashboardBody: "{" }, "dashboardBody", /no JSON/],
    [
      "aws:cloudwatch/dashboard:Dashboard",
      {
        dashboardBody:
          '{"widgets":[{"type":"metric","x":20,"y":0,"width":5,"height":1,"properties":{"metrics":[]}}]}',
      },
      "dashboardBody",
      /24 columns.*region is missing/,
    ],
    ["aws:ebs/volume:Volume", { encrypted: undefined, kmsKeyId: "arn:k" }, "kmsKeyId", /encrypted: true/],
    [
      "aws:ec2/instance:Instance",
      { rootBlockDevice: { kmsKeyId: "arn:k" } },
      "rootBlockDevice",
      /encrypted: true/,
    ],
  ];
  test.each(wrong)("%s with %o is refused at %s", async (type, change, property, reason) => {
    const { failures } = await aws.check(type, { ...valid[type], ...change });
    expect(failures).toContainEqual({ property, reason: expect.stringMatching(reason) });
  });

  test.each([
    "aws:iam/role:Role",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:ec2/securityGroup:SecurityGroup",
  ] as const)("%s gets a name from the program's where none is given", async (type) => {
    const { inputs, failures } = await aws.check(type, { ...valid[type], name: undefined });
    expect(failures).toEqual([]);
    expect(inputs.name).toMatch(/^it-[0-9a-f]{7}$/);
  });
});

describe("diff", () => {
  const cases: [ResourceType, Record<string, unknown>, Record<string, string>][] = [
    ["aws:ec2/instance:Instance", { userData: "other" }, { userData: "update" }],
    ["aws:ec2/instance:Instance", { instanceType: "t4g.small" }, { instanceType: "update" }],
    ["aws:ec2/instance:Instance", { ami: "ami-2" }, { ami: "update-replace" }],
    ["aws:ec2/instance:Instance", { subnetId: "subnet-2" }, { subnetId: "update-replace" }],
    ["aws:ec2/instance:Instance", { iamInstanceProfile: "p" }, { iamInstanceProfile: "add" }],
    ["aws:ec2/securityGroup:SecurityGroup", { description: "Other" }, { description: "update-replace" }],
    ["aws:ec2/securityGroup:SecurityGroup", { tags: { a: "b" } }, { tags: "add" }],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { cidrIpv4: "10.1.0.0/16" },
      { cidrIpv4: "update" },
    ],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { cidrIpv4: undefined, referencedSecurityGroupId: "sg-2" },
      { cidrIpv4: "delete-replace", referencedSecurityGroupId: "add-replace" },
    ],
    ["aws:ebs/volume:Volume", { size: 9 }, { size: "update" }],
    ["aws:ebs/volume:Volume", { availabilityZone: "x" }, { availabilityZone: "update-replace" }],
    ["aws:ebs/volume:Volume", { encrypted: false }, { encrypted: "update-replace" }],
    ["aws:ebs/volume:Volume", { kmsKeyId: "arn:k" }, { kmsKeyId: "add-replace" }],
    ["aws:ssm/parameter:Parameter", { keyId: "arn:k" }, { keyId: "add" }],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { threshold: 1 }, { threshold: "update" }],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { name: "other" }, { name: "update-replace" }],
    ["aws:cloudwatch/dashboard:Dashboard", { dashboardName: "other" }, { dashboardName: "update-replace" }],
    ["aws:ec2/volumeAttachment:VolumeAttachment", { instanceId: UNKNOWN }, { instanceId: "update-replace" }],
    ["aws:iam/role:Role", { name: "other" }, { name: "update-replace" }],
    ["aws:iam/role:Role", { assumeRolePolicy: assumedBy("x") }, { assumeRolePolicy: "update" }],
    ["aws:iam/rolePolicy:RolePolicy", { role: "other" }, { role: "update-replace" }],
    ["aws:ssm/parameter:Parameter", { value: "other" }, { value: "update" }],
    ["aws:ssm/parameter:Parameter", { name: "/other" }, { name: "update-replace" }],
  ];
  test.each(cases)("%s with %o", async (type, change, detailed) => {
    const before = (await aws.check(type, valid[type])).inputs;
    const after = (await aws.check(type, { ...valid[type], ...change })).inputs;
    expect((await aws.diff(type, before, after)).detailed).toEqual(detailed);
  });

  test("other user data replaces the instance where userDataReplaceOnChange says so", async () => {
    const type = "aws:ec2/instance:Instance";
    const before = { ...valid[type], userDataReplaceOnChange: true };
    const after = { ...before, userData: "other" };
    expect((await aws.diff(type, before, after)).detailed).toEqual({ userData: "update-replace" });
  });

  test("security groups in another order and a policy laid out differently are no change", async () => {
    const instance = { ...valid["aws:ec2/instance:Instance"], vpcSecurityGroupIds: ["sg-1", "sg-2"] };
    const reordered = { ...instance, vpcSecurityGroupIds: ["sg-2", "sg-1"] };
    expect((await aws.diff("aws:ec2/instance:Instance", instance, reordered)).changes).toBe(false);
    const role = valid["aws:iam/role:Role"];
    const spaced = { ...role, assumeRolePolicy: JSON.stringify(JSON.parse(role.assumeRolePolicy), null, 2) };
    expect((await aws.diff("aws:iam/role:Role", role, spaced)).changes).toBe(false);
  });
});

describe("a preview of a create", () => {
  const create = async (type: ResourceType) =>
    (await aws.create(type, (await aws.check(type, valid[type])).inputs, { preview: true })).properties;

  test("knows the inputs and not what AWS makes up", async () => {
    const properties = await create("aws:ec2/instance:Instance");
    expect(properties).toMatchObject({ ami: image?.id, userData: "#!/bin/sh\n", tagsAll: {} });
    expect(properties).toMatchObject({ arn: UNKNOWN, privateIp: UNKNOWN, availabilityZone: UNKNOWN });
    expect(account.compute.instances.size).toBe(0);
  });

  test("knows those options of a group that are given", async () => {
    const type = "aws:ec2/instance:Instance";
    const inputs = { ...valid[type], metadataOptions: { httpTokens: "required" } };
    const { properties } = await aws.create(type, inputs, { preview: true });
    expect(properties.metadataOptions).toEqual({
      httpTokens: "required",
      httpEndpoint: UNKNOWN,
      httpPutResponseHopLimit: UNKNOWN,
    });
  });

  test("knows a parameter's value, and keeps it a secret", async () => {
    const properties = await create("aws:ssm/parameter:Parameter");
    expect(properties.value).toEqual(secret("s3cret-s3cret"));
    expect(properties.version).toBe(UNKNOWN);
  });
});

describe("what AWS refuses", () => {
  async function make(type: ResourceType, change: Record<string, unknown> = {}) {
    const { inputs, failures } = await aws.check(type, { ...valid[type], ...change });
    expect(failures).toEqual([]);
    return { ...(await aws.create(type, inputs)), inputs };
  }
  const group = async () => (await make("aws:ec2/securityGroup:SecurityGroup")).id;
  const instance = async (change: Record<string, unknown> = {}) =>
    await make("aws:ec2/instance:Instance", { vpcSecurityGroupIds: [await group()], ...change });

  test.each([
    ["an unknown image", { ami: "ami-0" }, "InvalidAMIID.NotFound"],
    ["an image of another architecture", { instanceType: "t3.micro" }, "does not match the architecture"],
    ["an unknown instance type", { instanceType: "t9.pico" }, "Invalid value 't9.pico'"],
    [
      "a type that the zone does not offer",
      { instanceType: "c8g.medium" },
      "not supported in your requested",
    ],
    ["an unknown subnet", { subnetId: "subnet-0" }, "InvalidSubnetID.NotFound"],
    ["a zone that is not the subnet's", { availabilityZone: "eu-central-1a" }, "is in eu-central-1c"],
    ["an unknown security group", { vpcSecurityGroupIds: ["sg-0"] }, "InvalidGroup.NotFound"],
    ["an unknown instance profile", { iamInstanceProfile: "nobody" }, "NoSuchEntity"],
  ])("an instance with %s", async (_what, change, reason) => {
    await expect(instance(change)).rejects.toThrow(reason);
    expect(account.compute.instances.size).toBe(0);
  });

  test("a disk or a parameter with a key that the account does not have", async () => {
    const unknown = account.arn("kms", "key/0");
    const rootBlockDevice = { encrypted: true, kmsKeyId: unknown };
    await expect(instance({ rootBlockDevice })).rejects.toThrow("NotFoundException");
    await expect(make("aws:ebs/volume:Volume", { kmsKeyId: unknown })).rejects.toThrow("NotFoundException");
    await expect(make("aws:ssm/parameter:Parameter", { keyId: unknown })).rejects.toThrow(
      "NotFoundException",
    );
  });

  test("an alarm with an action of another region, or with a recovery that is not one", async () => {
    const type = "aws:cloudwatch/metricAlarm:MetricAlarm";
    const recover = "arn:aws:automate:eu-central-1:ec2:recover";
    await expect(make(type, { alarmActions: ["arn:aws:sns:us-east-1:111122223333:x"] })).rejects.toThrow(
      "Invalid region us-east-1",
    );
    await expect(make(type, { alarmActions: ["operators"] })).rejects.toThrow("Invalid arn syntax");
    await expect(make(type, { alarmActions: [recover] })).rejects.toThrow("StatusCheckFailed_System");
    const check = {
      namespace: "AWS/EC2",
      metricName: "StatusCheckFailed_System",
      dimensions: { InstanceId: "i-1" },
    };
    await make(type, { alarmActions: [recover], ...check });
    expect([...account.monitoring.alarms.keys()]).toEqual(["queue"]);
  });

  test("attaching a volume that is attached already", async () => {
    const { id: instanceId } = await instance();
    const { id: volumeId } = await make("aws:ebs/volume:Volume");
    await make("aws:ec2/volumeAttachment:VolumeAttachment", { instanceId, volumeId });
    await expect(
      make("aws:ec2/volumeAttachment:VolumeAttachment", { instanceId, volumeId, deviceName: "/dev/sdg" }),
    ).rejects.toThrow("VolumeInUse");
  });

  test("attaching a volume of another zone", async () => {
    const { id: instanceId } = await instance();
    const { id: volumeId } = await make("aws:ebs/volume:Volume", { availabilityZone: otherSubnet?.zone });
    await expect(make("aws:ec2/volumeAttachment:VolumeAttachment", { instanceId, volumeId })).rejects.toThrow(
      "InvalidVolume.ZoneMismatch",
    );
  });

  test("deleting a volume while it is attached", async () => {
    const { id: instanceId } = await instance();
    const { id: volumeId } = await make("aws:ebs/volume:Volume");
    await make("aws:ec2/volumeAttachment:VolumeAttachment", { instanceId, volumeId });
    await expect(aws.delete("aws:ebs/volume:Volume", volumeId)).rejects.toThrow("VolumeInUse");
  });

  test("a volume that shrinks", async () => {
    const { id, inputs, properties } = await make("aws:ebs/volume:Volume");
    await expect(
      aws.update("aws:ebs/volume:Volume", id, { inputs, state: properties }, { ...inputs, size: 4 }),
    ).rejects.toThrow("smaller");
  });

  test("deleting a security group that an instance uses", async () => {
    const groupId = await group();
    await make("aws:ec2/instance:Instance", { vpcSecurityGroupIds: [groupId] });
    await expect(aws.delete("aws:ec2/securityGroup:SecurityGroup", groupId)).rejects.toThrow(
      "DependencyViolation",
    );
  });

  test("the same rule, group, role, profile or parameter twice", async () => {
    const securityGroupId = await group();
    const rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    await make(rule, { securityGroupId });
    await expect(make(rule, { securityGroupId })).rejects.toThrow("InvalidPermission.Duplicate");
    await expect(group()).rejects.toThrow("InvalidGroup.Duplicate");
    await make("aws:iam/role:Role");
    await expect(make("aws:iam/role:Role")).rejects.toThrow("EntityAlreadyExists");
    await make("aws:iam/instanceProfile:InstanceProfile");
    await expect(make("aws:iam/instanceProfile:InstanceProfile")).rejects.toThrow("EntityAlreadyExists");
    await make("aws:ssm/parameter:Parameter");
    await expect(make("aws:ssm/parameter:Parameter")).rejects.toThrow("ParameterAlreadyExists");
  });

  test("deleting a role that a profile or a policy still has", async () => {
    await make("aws:iam/role:Role");
    await make("aws:iam/rolePolicy:RolePolicy");
    await expect(aws.delete("aws:iam/role:Role", "relay")).rejects.toThrow("DeleteConflict");
    await aws.delete("aws:iam/rolePolicy:RolePolicy", "relay:read");
    await make("aws:iam/instanceProfile:InstanceProfile");
    await expect(aws.delete("aws:iam/role:Role", "relay")).rejects.toThrow("DeleteConflict");
  });

  test("credentials for a role that EC2 may not assume", async () => {
    await make("aws:iam/role:Role", { assumeRolePolicy: assumedBy("lambda.amazonaws.com") });
    await make("aws:iam/instanceProfile:InstanceProfile");
    const { id } = await instance({ iamInstanceProfile: "relay" });
    expect(account.credentialsFor(id)).toBeUndefined();
  });

  test("what is gone is gone: a read finds nothing", async () => {
    const { id, inputs } = await make("aws:ebs/volume:Volume");
    await aws.delete("aws:ebs/volume:Volume", id);
    expect((await aws.read("aws:ebs/volume:Volume", id, inputs)).id).toBe("");
  });
});

describe("look-ups", () => {
  const names = { name: "name", values: ["debian-13-arm64-*"] };
  const getAmi = (args: Record<string, unknown>) =>
    aws.invoke("aws:ec2/getAmi:getAmi", { owners: [image?.ownerId], ...args });

  test("the most recent of several images", async () => {
    const { result } = await getAmi({ mostRecent: true, filters: [names] });
    expect(result).toMatchObject({ name: "debian-13-arm64-20261110-2293", architecture: "arm64" });
  });

  test("several images, none of them asked for as the most recent, are an error", async () => {
    await expect(getAmi({ filters: [names] })).rejects.toThrow("more than one result");
  });

  test("no image is an error", async () => {
    await expect(getAmi({ filters: [{ name: "name", values: ["plan9-*"] }] })).rejects.toThrow("no results");
  });

  test("an image by its id, of whomever; without an id the owners have to be named", async () => {
    const byId = [{ name: "image-id", values: ["ami-0deb13a0000000002"] }];
    const { result } = await getAmi({ owners: undefined, filters: byId, includeDeprecated: true });
    expect(result).toMatchObject({ id: "ami-0deb13a0000000002", rootDeviceName: "/dev/xvda" });
    await expect(getAmi({ owners: undefined, filters: [names] })).rejects.toThrow("owners have to be named");
  });

  test("a filter that EC2 does not have is an error", async () => {
    await expect(getAmi({ filters: [{ name: "nam", values: ["x"] }] })).rejects.toThrow("'nam' is invalid");
  });

  test("Debian's public parameters, which have the newest image; none of another system", async () => {
    const getParameter = (name: string) => aws.invoke("aws:ssm/getParameter:getParameter", { name });
    const { result } = await getParameter("/aws/service/debian/release/12/latest/amd64");
    const newest = account.images.find(({ name }) => name === "debian-12-amd64-20261109-2292");
    expect(result).toMatchObject({ type: "String", insecureValue: newest?.id });
    await expect(getParameter("/aws/service/plan9/release/4/latest/amd64")).rejects.toThrow(
      "ParameterNotFound",
    );
  });

  test("the default network: the VPC, its default subnets, and the zones that offer a type", async () => {
    const vpc = await aws.invoke("aws:ec2/getVpc:getVpc", { default: true });
    expect(vpc.result).toMatchObject({ id: vpcId, cidrBlock: "10.77.0.0/16" });
    const { result } = await aws.invoke("aws:ec2/getSubnets:getSubnets", {
      filters: [
        { name: "vpc-id", values: [vpcId] },
        { name: "default-for-az", values: ["true"] },
      ],
    });
    expect(result.ids).toEqual(account.subnets.map(({ id }) => id));
    const offerings = await aws.invoke("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", {
      locationType: "availability-zone-id",
      filters: [{ name: "instance-type", values: ["c8g.medium"] }],
    });
    expect(offerings.result.locations).toEqual(["euc1-az2", "euc1-az3"]);
    const found = await aws.invoke("aws:ec2/getSubnet:getSubnet", { id: subnet?.id });
    expect(found.result).toMatchObject({ availabilityZone: "eu-central-1c", availabilityZoneId: "euc1-az1" });
  });

  test("subnets come in whatever order the account has them", async () => {
    account.subnets.reverse();
    const { result } = await aws.invoke("aws:ec2/getSubnets:getSubnets", {});
    expect(result.ids).toEqual(account.subnets.map(({ id }) => id));
  });

  test("who, where and in which part of AWS", async () => {
    expect((await aws.invoke("aws:index/getRegion:getRegion", {})).result.region).toBe("eu-central-1");
    expect((await aws.invoke("aws:index/getPartition:getPartition", {})).result.partition).toBe("aws");
    expect((await aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})).result.accountId).toBe(
      account.id,
    );
  });
});
