import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PostfixRelayFleet, type PostfixRelayFleetArgs } from "../../components";
import { METRICS } from "../../components/postfix-relay/server/metrics";
import { AwsAccount } from "../../sandbox/aws";
import { answerFleetCall } from "../../sandbox/machine/fleet-api";
import { changes, type RunResult } from "../../sandbox/stack-run";
import { failure, openAccount, type TestAccount } from "../stack/account";

const subnetIds = new AwsAccount().subnets.map(({ id }) => id);
const minimal: PostfixRelayFleetArgs = {
  hostName: "relay.example.com",
  smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
  password: "not-in-clear",
  subnetIds,
};
/** A parameter of the account that names an image, and how a fleet is told to launch it. */
const goldenImage = { name: "/golden/mail", type: "String" as const, description: undefined, tags: {} };
const fromGoldenImage = `resolve:ssm:${goldenImage.name}`;
const GROUP = "smarthost-smarthost-sandbox-mail";

/** Opens an account whose program's arguments may change between runs. */
async function openFleet(options: (account: TestAccount) => Partial<PostfixRelayFleetArgs>) {
  let account: TestAccount | undefined;
  const current = { options };
  account = await openAccount({
    program: async () => {
      if (account === undefined) throw new Error("the program ran before the account was open");
      const { host, groupName } = new PostfixRelayFleet("mail", { ...minimal, ...current.options(account) });
      return { host, groupName };
    },
  });
  return { account, current };
}

async function expectNoChange(account: TestAccount) {
  expect(changes(await account.run.preview())).toEqual([]);
  expect(changes(await account.run.refresh())).toEqual([]);
  expect(changes(await account.run.preview())).toEqual([]);
}

function inputsOf(result: RunResult, type: string): Record<string, unknown>[] {
  return result.steps.filter((step) => step.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
}

const operations = ({ steps }: RunResult) => steps.map(({ op, urn }) => `${op} ${urn}`).toSorted();

describe("a fleet", () => {
  let account: TestAccount;
  let preview: RunResult;
  let template: Record<string, unknown> | undefined;
  const userData = () => Buffer.from(String(template?.userData), "base64").toString();

  beforeAll(async () => {
    account = (await openFleet(() => ({}))).account;
    preview = await account.run.preview();
    [template] = inputsOf(preview, "LaunchTemplate");
  });
  afterAll(() => account?.close());

  it("is made as the first preview says, user data included, and nothing changes after it", async () => {
    expect(userData()).toMatch(/^#cloud-config\n/);
    expect(userData()).not.toContain("not-in-clear");
    const up = await account.run.up();
    expect(operations(up)).toEqual(operations(preview));
    await expectNoChange(account);

    const { loadBalancing, autoScaling } = account.aws;
    const [balancer] = loadBalancing.loadBalancers.values();
    const group = autoScaling.groups.get(GROUP);
    expect(group).toMatchObject({
      ...{ minSize: 2, maxSize: 6, healthCheckType: "ELB" },
      hooks: [{ lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING", defaultResult: "CONTINUE" }],
    });
    expect(new Set(group?.targetGroupArns)).toEqual(new Set(loadBalancing.targetGroups.keys()));
    const outputs = await account.run.outputs();
    expect([outputs.host?.value, outputs.groupName?.value]).toEqual([balancer?.dnsName, GROUP]);
  });

  it("has servers that never restart by themselves and are replaced after a week, each new one first", () => {
    expect(userData()).toMatch(/^ +Automatic-Reboot "false";$/m);
    expect(userData()).not.toMatch(/Automatic-Reboot-Time|reboot-required/);
    expect(userData()).toMatch(/^ *packages='.* unattended-upgrades/m);
    expect(account.aws.autoScaling.group(GROUP)).toMatchObject({
      maxInstanceLifetime: 604_800,
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
    });
  });

  it("launches servers with IMDSv2 alone and encrypted disks, of which the queue's outlives a server", () => {
    expect(template).toMatchObject({
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { encrypted: "true", deleteOnTermination: "true" } },
        { deviceName: "/dev/sdf", ebs: { encrypted: "true", deleteOnTermination: "false", volumeSize: 8 } },
      ],
    });
  });

  it("has its health looked at by connections to its own ports, and shows the clients' addresses", () => {
    const groups = inputsOf(preview, "TargetGroup");
    expect(new Set(groups.map(({ port }) => port))).toEqual(new Set([25, 587]));
    for (const group of groups) {
      const healthCheck = { protocol: "TCP", port: "traffic-port" };
      expect(group).toMatchObject({ preserveClientIp: "true", healthCheck });
    }
    expect(inputsOf(preview, "LoadBalancer")).toMatchObject([
      { loadBalancerType: "network", internal: true, enableCrossZoneLoadBalancing: true },
    ]);
  });

  it("scales on the processors and on the mail that is being delivered, which is a metric that servers send", () => {
    const policies = inputsOf(preview, "Policy").map(
      ({ targetTrackingConfiguration }) => targetTrackingConfiguration,
    );
    const predefinedMetricSpecification = { predefinedMetricType: "ASGAverageCPUUtilization" };
    const customizedMetricSpecification = {
      ...{ namespace: "Smarthost", metricName: "DeliveryBacklog", statistic: "Average" },
      metricDimensions: [{ name: "Relay", value: "relay.example.com" }],
    };
    expect(policies).toHaveLength(2);
    expect(policies).toContainEqual({ predefinedMetricSpecification, targetValue: 60 });
    expect(policies).toContainEqual({ customizedMetricSpecification, targetValue: 500 });
    expect(Object.keys(METRICS)).toContain("DeliveryBacklog");
  });

  it("may speak for its own group's hooks, and change no server but the one that asks", () => {
    const { aws } = account;
    const { arn } = aws.autoScaling.group(GROUP);
    const [profile = ""] = aws.access.profiles.keys();
    const credentials = aws.access.credentialsFor("i-1", profile);
    const principal = credentials && aws.principalOf(credentials.accessKeyId);
    if (!principal) throw new Error("the servers have no role");
    for (const action of ["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"]) {
      expect(aws.isAllowed(principal, `autoscaling:${action}`, arn)).toBe(true);
      expect(aws.isAllowed(principal, `autoscaling:${action}`, `${arn}-2`)).toBe(false);
    }
    const changed = ["i-1", "i-2"].map((instanceId) => {
      const disk = { size: 8, type: "gp3", encrypted: true, iops: 3000, throughput: 125, tags: {} };
      const volume = aws.compute.createVolume({ ...disk, zone: "eu-central-1a" });
      volume.attachment = { instanceId, deviceName: "/dev/sdf" };
      const form = new URLSearchParams({
        ...{ Action: "ModifyInstanceAttribute", Version: "2016-11-15", InstanceId: instanceId },
        "BlockDeviceMapping.1.DeviceName": "/dev/sdf",
        "BlockDeviceMapping.1.Ebs.DeleteOnTermination": "true",
      });
      return [answerFleetCall(aws, "ec2", form, principal).status, volume.attachment.deleteOnTermination];
    });
    expect(changed).toEqual([
      [200, true],
      [403, undefined],
    ]);
    expect(aws.isAllowed(principal, "ec2:TerminateInstances", aws.arn("ec2", "instance/i-1"))).toBe(false);
  });

  it("shows in the first preview what a server runs at its end, with its checksum in the user data", () => {
    const script = preview.steps.find(({ name }) => name === "mail-drain")?.inputs;
    const name = "/smarthost/smarthost/sandbox/mail/password";
    const text = String(script?.insecureValue);
    const sum = createHash("sha256").update(text).digest("hex");
    expect(script).toMatchObject({ type: "String", name: `${name}.drain-${sum.slice(0, 8)}` });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    expect(userData()).toContain(sum);
    const [balancer] = account.aws.loadBalancing.loadBalancers.values();
    expect(account.aws.getParameter(`${name}.balancer`)?.value).toBe(balancer?.dnsName);
  });

  it("is gone when it is destroyed", async () => {
    await account.run.destroy();
    const { loadBalancing, autoScaling, launchTemplates, securityGroups, access } = account.aws;
    const { loadBalancers, targetGroups, listeners } = loadBalancing;
    for (const { size } of [
      ...[loadBalancers, targetGroups, listeners, autoScaling.groups, autoScaling.policies],
      ...[launchTemplates.templates, securityGroups.groups, access.roles],
    ]) {
      expect(size).toBe(0);
    }
  });
});

describe("a fleet with a name, a key and alarms", () => {
  let account: TestAccount;
  let preview: RunResult;
  let key = "";
  let zoneId = "";
  const name = "mail.corp.example.net";

  beforeAll(async () => {
    const topicArn = "arn:aws:sns:eu-central-1:111122223333:operators";
    account = (
      await openFleet(() => ({
        address: { zoneId, name },
        kmsKeyId: key,
        alarms: { topicArn },
        clients: ["10.9.0.0/16"],
      }))
    ).account;
    [key = ""] = account.aws.keys;
    zoneId = account.aws.hostedZones.create({ name: "corp.example.net" }).id;
    preview = await account.run.preview();
    await account.run.up();
  });
  afterAll(() => account?.close());

  it("does not change after it was made", async () => {
    await expectNoChange(account);
  });

  it("lets clients reach the balancer, the balancer and nobody else the servers, and a server the balancer", () => {
    const { aws } = account;
    const [balancer] = aws.loadBalancing.loadBalancers.values();
    const balancerGroup = balancer?.securityGroupIds[0] ?? "";
    const [template] = aws.launchTemplates.templates.values();
    const servers = template?.versions[0]?.securityGroupIds[0] ?? "";
    const peers = (group: string, direction: "ingress" | "egress") =>
      new Set(
        aws.securityGroups
          .rulesOf(group, direction)
          .map((rule) => `${rule.cidrIpv4 ?? rule.referencedSecurityGroupId} ${rule.fromPort}`),
      );
    expect(peers(balancerGroup, "ingress")).toEqual(
      new Set(["10.9.0.0/16 25", "10.9.0.0/16 587", `${servers} 25`]),
    );
    expect(peers(balancerGroup, "egress")).toEqual(new Set([`${servers} 25`, `${servers} 587`]));
    expect(peers(servers, "ingress")).toEqual(new Set([`${balancerGroup} 25`, `${balancerGroup} 587`]));
    expect(peers(servers, "egress")).toContain(`${balancerGroup} 25`);
    // Postfix takes mail of the other servers too, which lie outside of the clients' range here.
    const userData = Buffer.from(template?.versions[0]?.userData ?? "", "base64").toString();
    for (const range of ["10.9.0.0/16", ...aws.subnets.map(({ cidrBlock }) => cidrBlock)]) {
      expect(userData).toMatch(new RegExp(`\\s${range.replaceAll(".", "\\.")}\\s`));
    }
  });

  it("is found by the name, which leads to the balancer", async () => {
    const [balancer] = account.aws.loadBalancing.loadBalancers.values();
    expect(account.aws.hostedZones.recordSet(zoneId, name, "CNAME")?.records).toEqual([balancer?.dnsName]);
    expect((await account.run.outputs()).host?.value).toBe(name);
  });

  it("has all disks encrypted with the key", () => {
    const ebs = { encrypted: "true", kmsKeyId: key };
    expect(inputsOf(preview, "LaunchTemplate")).toMatchObject([{ blockDeviceMappings: [{ ebs }, { ebs }] }]);
  });

  it("has alarms on its servers' metrics and on what the balancer sees, and none on a single server", () => {
    const metrics = inputsOf(preview, "MetricAlarm").map(({ metricName }) => String(metricName));
    expect(metrics.toSorted()).toEqual([
      ...["AuthFailures", "Bounced", "HealthyHostCount", "HealthyHostCount", "OldestSeconds"],
      ...["QueueDiskPercent", "QueueLength", "QueueLength", "TlsFailures"],
      ...["UnHealthyHostCount", "UnHealthyHostCount"],
    ]);
    const [balancer] = account.aws.loadBalancing.loadBalancers.values();
    for (const { namespace, dimensions } of account.aws.monitoring.alarms.values()) {
      if (namespace === "AWS/NetworkELB") expect(balancer?.arn).toContain(dimensions.LoadBalancer);
    }
  });

  it("rings where the balancer has no server to count, and where no server sends metrics", () => {
    const silent = inputsOf(preview, "MetricAlarm").filter(
      ({ treatMissingData }) => treatMissingData === "breaching",
    );
    expect(silent.map(({ metricName }) => metricName).toSorted()).toEqual([
      ...["HealthyHostCount", "HealthyHostCount", "QueueLength"],
    ]);
  });
});

describe("a fleet that changes", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  it("launches what is the newest image of its release on that day, and no run is needed for it", async () => {
    const opened = await openFleet(() => ({}));
    account = opened.account;
    const { aws } = account;
    await account.run.up();
    const launched = () => {
      const { template } = aws.autoScaling.group(GROUP);
      return aws.imageOf(aws.launchTemplates.version(template.id, template.version).imageId);
    };
    const before = launched();
    if (before === undefined) throw new Error("servers have no image");
    expect(before.name).toBe("debian-13-arm64-20261110-2293");
    aws.images.push({ ...before, id: "ami-00000000000000001", creationDate: "2030-01-01T00:00:00.000Z" });
    await expectNoChange(account);
    expect(launched()?.id).toBe("ami-00000000000000001");

    opened.current.options = () => ({ debian: 12, instanceType: "t3.small" });
    expect(changes(await account.run.up()).map(({ op, name }) => `${op} ${name}`)).toEqual([
      "update mail-template",
      "update mail-group",
    ]);
    expect(launched()?.name).toBe("debian-12-amd64-20261109-2292");

    opened.current.options = () => ({ debian: 12, image: before.id });
    await account.run.up();
    expect(launched()).toEqual(before);
    await expectNoChange(account);
  });

  it("encrypts the root disk of an image that calls it by another name", async () => {
    const opened = await openFleet(() => ({ image: fromGoldenImage }));
    account = opened.account;
    const { images, parameters } = account.aws;
    const [golden] = images.filter(({ architecture }) => architecture === "arm64");
    if (golden === undefined) throw new Error("the account has no image");
    golden.rootDeviceName = "/dev/sda1";
    await parameters.put({ ...goldenImage, value: golden.id }, { overwrite: false });
    const [template] = inputsOf(await account.run.up(), "LaunchTemplate");
    expect(template).toMatchObject({
      imageId: fromGoldenImage,
      blockDeviceMappings: [{ deviceName: "/dev/sda1", ebs: { encrypted: "true" } }, {}],
    });
    await expectNoChange(account);
  });

  it("replaces its servers one after the other, each new one first, and keeps their number", async () => {
    const opened = await openFleet(() => ({}));
    account = opened.account;
    await account.run.up();
    const { aws } = account;
    aws.autoScaling.changeGroup(GROUP, { desiredCapacity: 5 });
    await account.run.refresh();
    expect(changes(await account.run.preview())).toEqual([]);

    opened.current.options = () => ({ maxLifetimeDays: 30 });
    expect(changes(await account.run.up()).map(({ op, name }) => `${op} ${name}`)).toEqual([
      "update mail-group",
    ]);
    expect(aws.autoScaling.group(GROUP).maxInstanceLifetime).toBe(2_592_000);
    expect(aws.autoScaling.refreshes).toEqual([]);

    opened.current.options = () => ({ maxLifetimeDays: 30, hideClients: true, upgrades: false });
    const preview = await account.run.preview();
    expect(changes(preview).map(({ op, name }) => `${op} ${name}`)).toEqual([
      "update mail-template",
      "update mail-group",
    ]);
    const preferences = { minHealthyPercentage: 100, maxHealthyPercentage: 110 };
    expect(atob(String(inputsOf(preview, "LaunchTemplate")[0]?.userData))).not.toContain(
      "unattended-upgrades",
    );
    expect(inputsOf(preview, "Group")).toMatchObject([
      { instanceRefresh: { strategy: "Rolling", preferences } },
    ]);
    expect(operations(await account.run.up())).toEqual(operations(preview));
    expect(aws.autoScaling.refreshes).toEqual([{ group: GROUP, version: "2" }]);
    expect(aws.autoScaling.group(GROUP).desiredCapacity).toBe(5);
    await expectNoChange(account);
  });

  it("keeps the old script of a server's end until no template names it any more", async () => {
    const opened = await openFleet(() => ({}));
    account = opened.account;
    await account.run.up();
    opened.current.options = () => ({ drainSeconds: 600 });
    expect(changes(await account.run.up()).map(({ op, name }) => `${op} ${name}`)).toEqual([
      ...["create-replacement mail-drain", "replace mail-drain"],
      ...["update mail-template", "update mail-group", "delete-replaced mail-drain"],
    ]);
  });

  it("keeps its servers when a subnet goes, and its name moves when the new balancer listens", async () => {
    let address: PostfixRelayFleetArgs["address"];
    const opened = await openFleet(() => ({ address }));
    account = opened.account;
    const { hostedZones, loadBalancing } = account.aws;
    const { id: zoneId } = hostedZones.create({ name: "corp.example.net" });
    address = { zoneId, name: "mail.corp.example.net" };
    await account.run.up();

    opened.current.options = () => ({ address, subnetIds: subnetIds.slice(1) });
    const steps = changes(await account.run.up()).map(({ op, name }) => `${op} ${name}`);
    const listeners = ["create-replacement mail-listener-25", "create-replacement mail-listener-587"];
    const listening = Math.max(...listeners.map((step) => steps.indexOf(step)));
    for (const moved of ["update mail-address", "update mail-balancer-name"]) {
      expect(steps).toEqual(expect.arrayContaining([...listeners, moved]));
      expect(steps.indexOf(moved)).toBeGreaterThan(listening);
    }
    expect(steps).toContain("update mail-group");
    const [balancer, ...others] = loadBalancing.loadBalancers.values();
    expect(others).toEqual([]);
    expect(hostedZones.recordSet(zoneId, address.name, "CNAME")?.records).toEqual([balancer?.dnsName]);
    await expectNoChange(account);
  });
});

describe("a fleet is refused in the preview", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  it("where its name is the zone's own, which can lead to no other name", async () => {
    let zoneId = "";
    account = (await openFleet(() => ({ address: { zoneId, name: "corp.example.net" } }))).account;
    zoneId = account.aws.hostedZones.create({ name: "corp.example.net" }).id;
    expect(await failure(account.run.preview())).toContain("is the zone's own name");
  });

  it("where Debian's newest image cannot be found", async () => {
    account = (await openFleet(() => ({}))).account;
    account.aws.images = account.aws.images.filter(({ name }) => !name.startsWith("debian-13-arm64"));
    const message = await failure(account.run.preview());
    expect(message).toContain(
      'image: "/aws/service/debian/release/13/latest/arm64" is a parameter that cannot be read',
    );
    expect(message).toContain("ssm:GetParameters");
  });

  it("where the image that is named, or that a parameter names, is not one for its servers", async () => {
    const opened = await openFleet(() => ({}));
    account = opened.account;
    const { images, parameters } = account.aws;
    const x86 = images.find(({ architecture }) => architecture === "x86_64");
    const refusal = (image: string) => {
      opened.current.options = () => ({ image });
      return failure(account.run.preview());
    };
    expect(await refusal("ami-0123456789abcdef0")).toMatch(
      /image: "ami-0123456789abcdef0" is not found in this region: .*no results/,
    );
    expect(await refusal(x86?.id ?? "")).toContain(
      "is an image for x86_64, and the instance type's processor is arm64",
    );
    expect(await refusal(fromGoldenImage)).toContain(
      'image: "/golden/mail" is a parameter that cannot be read',
    );
    await parameters.put({ ...goldenImage, value: "debian" }, { overwrite: false });
    expect(await refusal(fromGoldenImage)).toContain("is a parameter that has no image's id");
  });

  it("with all that is wrong with its subnets", async () => {
    const [first = "", second = ""] = subnetIds;
    account = (await openFleet(() => ({ instanceType: "c8g.medium" }))).account;
    account.aws.subnets = account.aws.subnets.map((subnet) =>
      subnet.id === second ? { ...subnet, zone: "eu-central-1a", zoneId: "euc1-az2" } : subnet,
    );
    const message = await failure(account.run.preview());
    expect(message).toContain(`lies in eu-central-1a like ${first}`);
    expect(message).toContain("which does not have c8g.medium");
  });
});
