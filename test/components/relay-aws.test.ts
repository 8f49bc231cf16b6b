import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { PostfixRelay, type PostfixRelayArgs } from "../../components";
import { relayAlarms } from "../../components/postfix-relay/aws/alarms";
import { renderPermissions } from "../../components/postfix-relay/aws/permissions";
import { postfixRelayFaults } from "../../components/postfix-relay/postfix-relay";
import { METRICS } from "../../components/postfix-relay/server/metrics";
import { internalHost } from "../../components/smart-hosts/internal";
import { changes } from "../../sandbox/stack-run";
import { failure, openAccount, type TestAccount } from "../stack/account";

const minimal: PostfixRelayArgs = {
  hostName: "relay.example.com",
  smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
  password: "not-in-clear",
};

/** Opens an account whose program's arguments may change between runs. */
async function openRelay(options: (account: TestAccount) => Partial<PostfixRelayArgs>) {
  let account: TestAccount | undefined;
  const current = { options };
  account = await openAccount({
    program: async () => {
      if (account === undefined) throw new Error("the program ran before the account was open");
      const { host } = new PostfixRelay("mail", { ...minimal, ...current.options(account) });
      return { host };
    },
  });
  return { account, current };
}

async function expectNoChange(account: TestAccount) {
  expect(changes(await account.run.preview())).toEqual([]);
  expect(changes(await account.run.refresh())).toEqual([]);
  expect(changes(await account.run.preview())).toEqual([]);
}

describe("a relay with a name", () => {
  let account: TestAccount;
  afterEach(() => account?.close());
  const name = "mail.corp.example.net";
  const addressOf = (zoneId: string) => account.aws.hostedZones.recordSet(zoneId, name, "A")?.records;

  it("is found by it from the first preview on, also after a replacement, and nothing changes in between", async () => {
    let zoneId = "";
    const opened = await openRelay(() => ({ address: { zoneId, name } }));
    account = opened.account;
    zoneId = account.aws.hostedZones.create({ name: "corp.example.net" }).id;

    const preview = await account.run.preview();
    expect(preview.steps.find(({ type }) => type.endsWith(":Record"))?.inputs).toMatchObject({
      ...{ zoneId, name, type: "A", ttl: 60 },
    });
    const up = await account.run.up();
    expect(up.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted()).toEqual(
      preview.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted(),
    );
    expect(addressOf(zoneId)).toEqual(["10.77.0.30"]);
    expect((await account.run.outputs()).host?.value).toBe(name);
    await expectNoChange(account);

    opened.current.options = () => ({ hostName: "mta.example.com", address: { zoneId, name } });
    const moves = changes(await account.run.up())
      .filter(({ name }) => /debian13|attachment|address/.test(name))
      .filter(({ op }) => op !== "replace")
      .map(({ op, name }) => `${op} ${name}`);
    expect(moves).toEqual([
      "create-replacement mail-debian13-arm64",
      "delete-replaced mail-queue-attachment",
      "create-replacement mail-queue-attachment",
      "update mail-address",
      "delete-replaced mail-debian13-arm64",
    ]);
    expect(addressOf(zoneId)).toEqual(["10.77.0.31"]);
    expect((await account.run.outputs()).host?.value).toBe(name);

    await account.run.destroy();
    expect(addressOf(zoneId)).toBeUndefined();
  });

  it("is refused in the preview where it does not lie in the zone", async () => {
    let zoneId = "";
    const opened = await openRelay(() => ({ address: { zoneId, name: "mail.example.com" } }));
    account = opened.account;
    zoneId = account.aws.hostedZones.create({ name: "corp.example.net" }).id;
    expect(await failure(account.run.preview())).toContain(
      'address.name: "mail.example.com" does not lie in the zone corp.example.net',
    );
  });
});

describe("a relay with a customer managed key", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  it("has its password and both disks encrypted with it, and may decrypt that password alone", async () => {
    let key = "";
    const opened = await openRelay(() => ({ kmsKeyId: key }));
    account = opened.account;
    [key = ""] = account.aws.keys;

    const preview = await account.run.preview();
    const inputs = (name: string) =>
      preview.steps.find((step) => step.name === name && step.type.includes("/"))?.inputs ?? {};
    expect(inputs("mail-password").keyId).toBe(key);
    expect(inputs("mail-queue")).toMatchObject({ encrypted: true, kmsKeyId: key });
    expect(inputs("mail-debian13-arm64").rootBlockDevice).toMatchObject({ encrypted: true, kmsKeyId: key });
    await account.run.up();
    await expectNoChange(account);

    const { aws } = account;
    const password = aws.getParameter("/smarthost/smarthost/sandbox/mail/password");
    const [serverId = ""] = aws.compute.instances.keys();
    const role = aws.credentialsFor(serverId)?.credentials.accessKeyId ?? "";
    const principal = aws.principalOf(role);
    if (!password || !principal) throw new Error("the account has no password or no role");
    expect(aws.mayDecrypt(principal, password)).toBe(true);
    expect(aws.mayDecrypt(principal, { ...password, arn: `${password.arn}-other` })).toBe(false);
    expect(aws.isAllowed(principal, "kms:Decrypt", key)).toBe(false);
    expect(aws.isAllowed(principal, "kms:Decrypt", `${key}0`)).toBe(false);

    // Another key would be another volume, with the mail left behind in the old one.
    const other = aws.arn("kms", "key/0c0ffee0-0000-4000-8000-000000000002");
    aws.keys.push(other);
    opened.current.options = () => ({ kmsKeyId: other });
    expect(await failure(account.run.preview())).toContain(
      `the relay's queue volume is encrypted with ${key}, not with kmsKeyId ${other}`,
    );
    // Without it the role could no longer decrypt what stays encrypted.
    opened.current.options = () => ({});
    expect(await failure(account.run.preview())).toContain(
      `the relay's password and disks are encrypted with ${key}, and kmsKeyId is left out`,
    );
  });

  it("is refused in the preview where the key is of another region", async () => {
    const kmsKeyId = "arn:aws:kms:us-east-1:111122223333:key/0c0ffee0-0000-4000-8000-000000000001";
    account = (await openRelay(() => ({ kmsKeyId }))).account;
    expect(await failure(account.run.preview())).toContain(
      "is a key of us-east-1, and the relay is in eu-central-1",
    );
  });

  it("that was made without it keeps its queue volume, and is refused in the preview", async () => {
    const opened = await openRelay(() => ({}));
    account = opened.account;
    await account.run.up();
    const volumes = [...account.aws.compute.volumes.keys()];
    opened.current.options = () => ({ kmsKeyId: account.aws.keys[0] });
    expect(await failure(account.run.preview())).toContain("a volume keeps its key");
    expect([...account.aws.compute.volumes.keys()]).toEqual(volumes);
  });
});

describe("a relay with fallbacks and routes", () => {
  let account: TestAccount;
  afterEach(() => account?.close());
  const host = (name: string, port = 587) => ({ ...minimal.smartHost, name, host: name, port });
  const hosts: Partial<PostfixRelayArgs> = {
    fallbacks: [{ endpoint: host("second.example.net", 2525), password: "not-in-clear-2" }],
    routes: [
      {
        name: "news",
        senders: ["news.example.com"],
        endpoint: minimal.smartHost,
        password: "not-in-clear-news",
      },
      {
        name: "corp",
        recipients: ["corp.example.com"],
        endpoint: internalHost({ host: "10.0.0.5" }),
      },
    ],
  };
  const prefix = "/smarthost/smarthost/sandbox/mail/";

  it("has a parameter for each password, a role that may read these alone, and a way out to each host", async () => {
    const opened = await openRelay(() => hosts);
    account = opened.account;
    const preview = await account.run.preview();
    const ofType = (type: string) => preview.steps.filter((step) => step.type.endsWith(`:${type}`));
    expect(
      ofType("Parameter")
        .map(({ inputs }) => inputs.name)
        .toSorted(),
    ).toEqual([`${prefix}password`, `${prefix}password-2`, `${prefix}password-news`]);
    expect(
      ofType("SecurityGroupEgressRule")
        .map(({ name, inputs }) => [name, inputs.cidrIpv4, inputs.description])
        .toSorted(),
    ).toEqual([
      ["mail-out-25-10.0.0.5", "10.0.0.5/32", "SMTP to 10.0.0.5"],
      ["mail-out-2525", "0.0.0.0/0", "SMTP to second.example.net"],
      ["mail-out-443", "0.0.0.0/0", "AWS API: the SMTP password"],
      ["mail-out-587", "0.0.0.0/0", "SMTP to smtp.example.net"],
      ["mail-out-80", "0.0.0.0/0", "Debian packages"],
    ]);
    const [server] = ofType("Instance");
    const userData = String(server?.inputs.userData);
    for (const part of ["password-2 ", "password-news ", "{ corp.example.com = route-corp:[10.0.0.5]:25 }"]) {
      expect(userData).toContain(part);
    }
    expect(userData).not.toContain("not-in-clear");
    await account.run.up();
    await expectNoChange(account);

    const { aws } = account;
    expect(aws.getParameter(`${prefix}password-news`)?.value).toBe("not-in-clear-news");
    const [serverId = ""] = aws.compute.instances.keys();
    const principal = aws.principalOf(aws.credentialsFor(serverId)?.credentials.accessKeyId ?? "");
    const { arn } = aws.getParameter(`${prefix}password`) ?? {};
    if (!principal || !arn) throw new Error("the server has no role or no password");
    const mayRead = ["", "-2", "-news", "-corp", "-3"].filter((suffix) =>
      aws.isAllowed(principal, "ssm:GetParameter", `${arn}${suffix}`),
    );
    expect(mayRead).toEqual(["", "-2", "-news"]);

    // The order of routes says nothing, and a password stays with its route.
    opened.current.options = () => ({ ...hosts, routes: hosts.routes?.toReversed() });
    const touched = changes(await account.run.preview()).map(({ type }) => type.split(":").at(-1));
    expect(touched).not.toContain("Parameter");
  });

  it("needs no password where an internal host takes all mail without a login", async () => {
    const smartHost = internalHost({ host: "10.0.0.5" });
    account = (await openRelay(() => ({ smartHost, password: undefined }))).account;
    const up = await account.run.up();
    expect(up.steps.filter(({ type }) => type.endsWith(":Parameter"))).toEqual([]);
    await expectNoChange(account);
    const rules = up.steps.map(({ name }) => name).filter((name) => name.startsWith("mail-out-"));
    expect(rules.toSorted()).toEqual(["mail-out-25-10.0.0.5", "mail-out-443", "mail-out-80"]);
  });
});

describe("a relay that sends metrics", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  it("shows their script in the first preview, and may send to the relays' namespace alone", async () => {
    account = (await openRelay(() => ({ metrics: true }))).account;
    const preview = await account.run.preview();
    const script = preview.steps.find(({ name }) => name === "mail-metrics")?.inputs;
    expect(script?.type).toBe("String");
    expect(script?.insecureValue).toContain("https://monitoring.eu-central-1.amazonaws.com/");
    const server = preview.steps.find(({ type }) => type.endsWith(":Instance"));
    const sum = createHash("sha256").update(String(script?.insecureValue)).digest("hex");
    expect(server?.inputs.userData).toContain(sum);
    const name = `/smarthost/smarthost/sandbox/mail/password.metrics-${sum.slice(0, 8)}`;
    expect(script?.name).toBe(name);
    await account.run.up();
    await expectNoChange(account);

    const { aws } = account;
    const [serverId = ""] = aws.compute.instances.keys();
    const principal = aws.principalOf(aws.credentialsFor(serverId)?.credentials.accessKeyId ?? "");
    if (!principal) throw new Error("the server has no role");
    const maySend = (namespace: string) =>
      aws.isAllowed(principal, "cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": namespace });
    expect([maySend("Smarthost"), maySend("AWS/EC2")]).toEqual([true, false]);
    const { arn = "" } = aws.getParameter(name) ?? {};
    expect(aws.isAllowed(principal, "ssm:GetParameter", arn)).toBe(true);
  });
});

describe("a relay with alarms", () => {
  let account: TestAccount;
  afterEach(() => account?.close());
  const topicArn = "arn:aws:sns:eu-central-1:111122223333:operators";

  it("has them all in the first preview, with metrics on, and nothing changes after up and refresh", async () => {
    account = (await openRelay(() => ({ alarms: { topicArn, queueLength: 50 } }))).account;
    const preview = await account.run.preview();
    const alarms = preview.steps.filter(({ type }) => type.endsWith(":MetricAlarm"));
    expect(alarms.map(({ name, inputs }) => [name, inputs.metricName, inputs.threshold]).toSorted()).toEqual([
      ["mail-auth-failures", "AuthFailures", 1],
      ["mail-bounced", "Bounced", 10],
      ["mail-oldest-message", "OldestSeconds", 1800],
      ["mail-queue-disk", "QueueDiskPercent", 80],
      ["mail-queue-length", "QueueLength", 50],
      ["mail-silent", "QueueLength", 1],
      ["mail-system-status", "StatusCheckFailed_System", 1],
      ["mail-tls-failures", "TlsFailures", 1],
    ]);
    expect(preview.steps.map(({ name }) => name)).toContain("mail-metrics");
    const up = await account.run.up();
    expect(up.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted()).toEqual(
      preview.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted(),
    );
    await expectNoChange(account);

    const { alarms: made, dashboards } = account.aws.monitoring;
    const [serverId] = account.aws.compute.instances.keys();
    const system = [...made.values()].find(({ namespace }) => namespace === "AWS/EC2");
    expect(system).toMatchObject({
      dimensions: { InstanceId: serverId },
      alarmActions: [topicArn, "arn:aws:automate:eu-central-1:ec2:recover"],
    });
    for (const { okActions, alarmActions } of made.values()) {
      expect([okActions[0], alarmActions[0]]).toEqual([topicArn, topicArn]);
    }
    expect([...dashboards.keys()]).toEqual(["smarthost-smarthost-sandbox-mail"]);
    await account.run.destroy();
    expect([made.size, dashboards.size]).toEqual([0, 0]);
  });

  it("watches the new server after a replacement, by the same alarms", async () => {
    const opened = await openRelay(() => ({ alarms: { topicArn } }));
    account = opened.account;
    await account.run.up();
    const names = [...account.aws.monitoring.alarms.keys()];
    opened.current.options = () => ({ hostName: "mta.example.com", alarms: { topicArn } });
    await account.run.up();
    const { alarms } = account.aws.monitoring;
    expect([...alarms.keys()].toSorted()).toEqual(names.toSorted());
    const [serverId] = account.aws.compute.instances.keys();
    const watched = [...alarms.values()].map(({ dimensions }) => dimensions.Relay ?? dimensions.InstanceId);
    expect(new Set(watched)).toEqual(new Set(["mta.example.com", serverId]));
  });

  it("is refused in the preview where the topic is of another region", async () => {
    const elsewhere = "arn:aws:sns:us-east-1:111122223333:operators";
    account = (await openRelay(() => ({ alarms: { topicArn: elsewhere } }))).account;
    expect(await failure(account.run.preview())).toContain(
      "is a topic of us-east-1, and CloudWatch in eu-central-1 tells topics of eu-central-1 only",
    );
  });
});

describe("the alarms of a relay", () => {
  const alarms = relayAlarms("relay.example.com", {});

  it("ring for silence alone where there is no data", () => {
    const silence = alarms.filter(({ treatMissingData }) => treatMissingData === "breaching");
    expect(silence.map(({ key }) => key)).toEqual(["silent"]);
  });

  it("are on metrics that the server sends, under the name that it sends them by", () => {
    for (const { metricName, namespace, dimensions } of alarms) {
      expect(Object.keys(METRICS)).toContain(metricName);
      expect([namespace, dimensions]).toEqual(["Smarthost", { Relay: "relay.example.com" }]);
    }
  });

  it("take a threshold that is given as undefined for one that is left out", () => {
    expect(relayAlarms("relay.example.com", { queueLength: undefined })).toEqual(alarms);
  });
});

describe("the role of a relay", () => {
  const base = { partition: "aws", region: "eu-central-1", accountId: "1", secretParameters: ["/p"] };
  const services = (region: string) =>
    JSON.parse(renderPermissions({ ...base, region, kmsKeyId: "arn:key" })).Statement[1].Condition
      .StringEquals["kms:ViaService"];

  it("may do nothing with keys where none is named", () => {
    expect(JSON.parse(renderPermissions(base)).Statement).toHaveLength(1);
  });

  it("decrypts by SSM of its region only, in China under either domain", () => {
    expect(services("eu-central-1")).toBe("ssm.eu-central-1.amazonaws.com");
    expect(services("cn-north-1")).toEqual([
      "ssm.cn-north-1.amazonaws.com",
      "ssm.cn-north-1.amazonaws.com.cn",
    ]);
  });
});

describe("the faults of a relay's arguments for AWS", () => {
  it("are all those of an address at once, before any look-up", () => {
    const address = { zoneId: "/hostedzone/Z1", name: "*.example.net", ttl: -1 };
    expect(postfixRelayFaults("mail", { ...minimal, address }).map(({ path }) => path)).toEqual([
      "address.name",
      "address.zoneId",
      "address.ttl",
    ]);
    const good = { zoneId: "Z1", name: "mail.example.net" };
    expect(postfixRelayFaults("mail", { ...minimal, address: good })).toEqual([]);
    expect(postfixRelayFaults("mail", { ...minimal, address: { ...good, ttl: 86_400 } })).toEqual([]);
    expect(postfixRelayFaults("mail", { ...minimal, address: { ...good, ttl: 86_401 } })).toHaveLength(1);
  });

  it("are passwords that are missing, and those without a login", () => {
    const smartHost = internalHost({ host: "10.0.0.5" });
    const route = { name: "news", senders: ["news.example.com"], endpoint: minimal.smartHost };
    const fallbacks = [{ endpoint: { ...minimal.smartHost, host: "second.example.net" } }];
    const faults = (args: Partial<PostfixRelayArgs>) =>
      postfixRelayFaults("mail", { ...minimal, ...args }).map(({ path, reason }) => `${path} ${reason}`);
    const missing = "is missing, and the host takes a login";
    expect(faults({ password: undefined, fallbacks, routes: [route] })).toEqual([
      `password ${missing}`,
      `fallbacks[0].password ${missing}`,
      `routes[0].password ${missing}`,
    ]);
    expect(faults({ smartHost })).toEqual(["password is for a host without a login"]);
    expect(faults({ smartHost, password: undefined })).toEqual([]);
  });

  it("are an image that is not named by its id, a parameter included", () => {
    const faults = (image: string) =>
      postfixRelayFaults("mail", { ...minimal, image }).map(({ path }) => path);
    expect(faults("ami-0123456789abcdef0")).toEqual([]);
    expect(faults("resolve:ssm:/golden/mail")).toEqual(["image"]);
    expect(faults("debian-13")).toEqual(["image"]);
  });

  it("are all those of alarms at once", () => {
    const alarms = {
      topicArn: "operators",
      queueLength: 0,
      oldestSeconds: 59,
      authFailures: 0.5,
      diskPercent: 100,
    };
    expect(postfixRelayFaults("mail", { ...minimal, alarms }).map(({ path }) => path)).toEqual([
      "alarms.topicArn",
      "alarms.queueLength",
      "alarms.oldestSeconds",
      "alarms.authFailures",
      "alarms.diskPercent",
    ]);
    const topicArn = "arn:aws-cn:sns:cn-north-1:111122223333:operators";
    const least = { topicArn, queueLength: 1, oldestSeconds: 60, authFailures: 1, diskPercent: 99 };
    expect(postfixRelayFaults("mail", { ...minimal, alarms: least })).toEqual([]);
  });

  it.each([
    ["an id", "0c0ffee0-0000-4000-8000-000000000001"],
    ["an alias", "arn:aws:kms:eu-central-1:111122223333:alias/mail"],
    ["nothing", ""],
  ])("are one for %s in the place of a key's ARN", (_what, kmsKeyId) => {
    expect(postfixRelayFaults("mail", { ...minimal, kmsKeyId }).map(({ path }) => path)).toEqual([
      "kmsKeyId",
    ]);
  });

  it.each([
    "arn:aws:kms:eu-central-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef",
    "arn:aws-cn:kms:cn-north-1:111122223333:key/0c0ffee0-0000-4000-8000-000000000001",
  ])("are none for the key %s", (kmsKeyId) => {
    expect(postfixRelayFaults("mail", { ...minimal, kmsKeyId })).toEqual([]);
  });
});

describe("the permissions of a relay with Systems Manager's agent", () => {
  const permissions = { partition: "aws", region: "eu-central-1", accountId: "1", secretParameters: ["/p"] };
  const actions = (ssmAgent: boolean): string[] =>
    JSON.parse(renderPermissions({ ...permissions, ssmAgent })).Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    );

  it("are what sessions and Run Command need, without a right to other parameters", () => {
    expect(actions(true)).toEqual(
      expect.arrayContaining(["ssm:UpdateInstanceInformation", "ssmmessages:OpenDataChannel"]),
    );
    expect(actions(true).filter((action) => /Parameter/.test(action))).toEqual(["ssm:GetParameter"]);
    expect(actions(false)).toEqual(["ssm:GetParameter"]);
  });
});
