import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changes, type ResourceStep, type RunResult } from "../../sandbox/stack-run";
import { everythingIn, openAccount, type TestAccount } from "./account";

/** The engine's sentinel for a value that nobody can know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("the stack of a new account, through the real engine", () => {
  let account: TestAccount;
  let preview: RunResult;
  let up: RunResult;

  beforeAll(async () => {
    account = await openAccount();
    preview = await account.run.preview();
    up = await account.run.up();
  });
  afterAll(() => account?.close());

  const list = (result: RunResult) => result.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted();
  const inPreview = (name: string): ResourceStep => {
    const step = preview.steps.find((candidate) => candidate.name === name && candidate.type.includes("/"));
    if (!step) {
      throw new Error(`the preview has no ${name}`);
    }
    return step;
  };

  it("is complete in its first preview: exactly what up then creates", () => {
    expect(list(preview)).toEqual(list(up));
    expect(new Set(preview.steps.map(({ op }) => op))).toEqual(new Set(["create"]));
  });

  it("shows every DNS record by name, type and purpose in the first preview", () => {
    const records = preview.steps
      .filter(({ type }) => type.endsWith(":DnsRecord"))
      .map(({ inputs }) => [inputs.name, inputs.type, inputs.comment])
      .toSorted();
    expect(records).toEqual([
      ["_dmarc.example.com", "TXT", "DMARC: what receivers do with mail that fails, where they report"],
      ["em.example.com", "CNAME", "Return path for bounces; SendGrid publishes its SPF there"],
      ["s1._domainkey.example.com", "CNAME", "DKIM: SendGrid's first signing key"],
      ["s2._domainkey.example.com", "CNAME", "DKIM: SendGrid's second signing key, for rotation"],
    ]);
  });

  it("leaves unknown only what SendGrid and AWS decide", () => {
    const unknown = preview.steps.flatMap(({ name, inputs }) =>
      Object.entries(inputs)
        .filter(([, value]) => JSON.stringify(value).includes(UNKNOWN))
        .map(([property]) => `${name}.${property}`),
    );
    expect(unknown.toSorted()).toEqual([
      "mail-debian13-arm64.vpcSecurityGroupIds",
      "mail-dkim1.content",
      "mail-dkim2.content",
      "mail-in-25-vpc.securityGroupId",
      "mail-in-587-vpc.securityGroupId",
      "mail-out-443.securityGroupId",
      "mail-out-587.securityGroupId",
      "mail-out-80.securityGroupId",
      "mail-queue-attachment.instanceId",
      "mail-queue-attachment.volumeId",
      "mail-return-path.content",
      "mail-validation.domainId",
    ]);
  });

  it("shows in the first preview what the server boots from, and it holds no secret", () => {
    const { userData } = inPreview("mail-debian13-arm64").inputs;
    expect(userData).toContain("relayhost = [smtp.sendgrid.net]:587, [smtp.sendgrid.net]:587");
    expect(userData).toContain("    10.77.0.0/16");
    expect(inPreview("mail-password").inputs.value).toMatchObject({ ciphertext: "[secret]" });
  });

  it("makes a server with IMDSv2 only, encrypted disks and a role that reads one parameter", () => {
    expect(inPreview("mail-debian13-arm64").inputs).toMatchObject({
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true },
      userDataReplaceOnChange: true,
      associatePublicIpAddress: true,
    });
    expect(inPreview("mail-queue").inputs).toMatchObject({ encrypted: true, type: "gp3", size: 8 });
    expect(JSON.parse(String(inPreview("mail-read-password").inputs.policy)).Statement).toEqual([
      {
        Effect: "Allow",
        Action: "ssm:GetParameter",
        Resource: "arn:aws:ssm:eu-central-1:111122223333:parameter/smarthost/smarthost/sandbox/mail/password",
      },
    ]);
  });

  it("opens no port but SMTP to the VPC's range, and none to the world", () => {
    const rules = preview.steps
      .filter(({ type }) => type.endsWith(":SecurityGroupIngressRule"))
      .map(({ inputs }) => [inputs.cidrIpv4, inputs.ipProtocol, inputs.fromPort, inputs.toPort]);
    expect(rules.toSorted()).toEqual([
      ["10.77.0.0/16", "tcp", 25, 25],
      ["10.77.0.0/16", "tcp", 587, 587],
    ]);
  });

  it("gives SendGrid's key the scope mail.send and nothing else", () => {
    expect(preview.steps.find(({ type }) => type.endsWith(":ApiKey"))?.inputs.scopes).toEqual(["mail.send"]);
  });

  it("has outputs to go on with", async () => {
    const outputs = await account.run.outputs();
    expect(outputs.relayHost?.value).toBe("10.77.0.30");
    expect(outputs.relayPort?.value).toBe(587);
    expect(outputs.records?.value).toHaveLength(4);
    expect(outputs.nextSteps?.value).toContain("10.77.0.30 port 587");
  });

  it("keeps the keys out of the state in clear", async () => {
    const state = await readFile(account.run.stateFile, "utf8");
    expect(state.length).toBeGreaterThan(10_000);
    for (const secret of [
      account.world.environment.SENDGRID_API_KEY,
      account.aws.getParameter("/smarthost/smarthost/sandbox/mail/password")?.value,
    ]) {
      expect(secret).toMatch(/^SG\./);
      expect(state).not.toContain(secret);
    }
  });

  it("shows no change in a preview after up, in a refresh, and in a preview after that", async () => {
    expect(changes(await account.run.preview())).toEqual([]);
    expect(changes(await account.run.refresh())).toEqual([]);
    expect(changes(await account.run.preview())).toEqual([]);
  });

  it("leaves nothing behind when it is destroyed", async () => {
    await account.run.destroy();
    expect(everythingIn(account)).toEqual([]);
  });
});
