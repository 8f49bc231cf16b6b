import { afterEach, expect, it } from "vitest";
import { failure, openAccount, type TestAccount } from "./account";

let account: TestAccount;
afterEach(() => account?.close());

it("the relay's settings reach the relay, and its id and region are outputs", async () => {
  account = await openAccount();
  const { aws } = account;
  const [kmsKeyId = ""] = aws.keys;
  const zoneId = aws.hostedZones.create({ name: "corp.example.net" }).id;
  await account.run.configure({
    relayBounceAddress: "postmaster@example.com",
    relaySenders: '["example.com"]',
    relayMasquerade: '{"@app01.internal":"app@example.com"}',
    relayHideClients: "true",
    relayAddressName: "mail.corp.example.net",
    relayAddressZoneId: zoneId,
    relayKmsKeyId: kmsKeyId,
    relayAlarmTopic: "arn:aws:sns:eu-central-1:111122223333:operators",
    relayAlarmThresholds: '{"queueLength":50}',
    relayRebootAt: "22:15",
    relaySsmAgent: `{"version":"3.3.1957.0","sha256":"${"0".repeat(64)}"}`,
  });
  await account.run.up();
  const [server] = aws.compute.instances.values();
  const outputs = await account.run.outputs();
  expect(outputs.relayInstanceId?.value).toBe(server?.id);
  expect(outputs.relayRegion?.value).toBe("eu-central-1");
  expect(outputs.relayHost?.value).toBe("mail.corp.example.net");
  for (const text of [
    "postmaster@example.com",
    "sender is not of this relay's domains",
    "app@example.com",
    'Automatic-Reboot-Time "22:15"',
    "amazon-ssm-agent.deb",
  ]) {
    expect(server?.userData).toContain(text);
  }
  expect(server?.userData).toContain("smarthost-metrics");
  expect(aws.getParameter("/smarthost/smarthost/sandbox/mail/password")?.keyId).toBe(kmsKeyId);
  const thresholds = [...aws.monitoring.alarms.values()].map(({ threshold }) => threshold);
  expect(thresholds).toContain(50);
});

it("a fault in one of them is told under the setting's name", async () => {
  account = await openAccount({
    settings: {
      relayBounceAddress: "nobody",
      relayKmsKeyId: "alias/mail",
      relayAlarmTopic: "operators",
      relayAlarmThresholds: '{"diskPercent":200}',
      relayRebootAt: "24:00",
      relaySsmAgent: '{"version":"latest","sha256":"unknown"}',
    },
  });
  const message = await failure(account.run.preview());
  for (const setting of [
    "relayBounceAddress",
    "relayKmsKeyId",
    "relayAlarmTopic",
    "relayAlarmThresholds.diskPercent",
    "relayRebootAt",
    "relaySsmAgent.sha256",
  ]) {
    expect(message).toContain(`- ${setting}: `);
  }
});
