import { describe, expect, it } from "vitest";
import { UNKNOWN, type Value } from "../../mail-resources/value";
import { metadataV2 } from "../../policy/rules/metadata";
import { port25Egress } from "../../policy/rules/port-25";
import { queueVolume } from "../../policy/rules/queue-volume";
import { smtpExposure, submissionExposure } from "../../policy/rules/smtp-exposure";
import { judge, messages, resource, urn } from "./resources";

const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

describe("smtp-open-to-the-world", () => {
  const rule = (more: Record<string, Value>) => ({
    ...{ ipProtocol: "tcp", fromPort: 25, toPort: 25, cidrIpv4: "0.0.0.0/0" },
    ...more,
  });

  it.each<[string, Record<string, Value>]>([
    ["opens port 25 to 0.0.0.0/0", rule({})],
    ["opens port 2525 to 0.0.0.0/0", rule({ fromPort: 2000, toPort: 3000 })],
    ["opens port 25, 2525 to 0.0.0.0/0", rule({ fromPort: 0, toPort: 65535 })],
    ["opens port 25 to ::/0", rule({ cidrIpv4: "", cidrIpv6: "::/0" })],
    ["opens port 25, 2525 to 0.0.0.0/0", { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }],
    ["opens port 25 to 128.0.0.0/1", rule({ cidrIpv4: "128.0.0.0/1" })],
    ["opens port 25 to 0.0.0.0/0", rule({ ipProtocol: "6", fromPort: "25", toPort: "25" })],
  ])("says %s", async (message, inputs) => {
    expect(await judge(smtpExposure, INGRESS)(inputs)).toEqual([message]);
  });

  it.each<[string, Record<string, Value>]>([
    ["another port", rule({ fromPort: 443, toPort: 443 })],
    ["a network", rule({ cidrIpv4: "10.0.0.0/8" })],
    ["a group", rule({ cidrIpv4: null, referencedSecurityGroupId: "sg-1" })],
    ["UDP", rule({ ipProtocol: "udp" })],
    ["an unknown port", rule({ fromPort: UNKNOWN })],
    ["an unknown range", rule({ cidrIpv4: UNKNOWN })],
    ["an unknown protocol", rule({ ipProtocol: UNKNOWN })],
    ["no range at all", rule({ cidrIpv4: "nonsense" })],
  ])("says nothing about %s", async (_, inputs) => {
    expect(await judge(smtpExposure, INGRESS)(inputs)).toEqual([]);
    expect(await judge(smtpExposure, EGRESS)(rule({}))).toEqual([]);
  });

  it("names every rule that stands in a group, in one violation", async () => {
    const open = { protocol: "tcp", fromPort: 25, toPort: 25, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] };
    const openToIpv6 = { protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] };
    expect(
      await judge(smtpExposure, GROUP)({ ingress: [open, UNKNOWN, openToIpv6], egress: [openToIpv6] }),
    ).toEqual(["ingress[0]: opens port 25 to 0.0.0.0/0; ingress[2]: opens port 25, 2525 to ::/0"]);
    expect(await judge(smtpExposure, GROUP)({ ingress: UNKNOWN })).toEqual([]);
    expect(await judge(smtpExposure, RULE)({ ...open, type: "ingress" })).toHaveLength(1);
    expect(await judge(smtpExposure, RULE)({ ...open, type: "egress" })).toEqual([]);
  });

  it("leaves the ports of submission to a rule of its own, and both take others", async () => {
    const submission = rule({ fromPort: 587, toPort: 587 });
    expect(await judge(smtpExposure, INGRESS)(submission)).toEqual([]);
    expect(await judge(submissionExposure, INGRESS)(submission)).toHaveLength(1);
    expect(await judge(submissionExposure, INGRESS)(submission, { ports: [465] })).toEqual([]);
    expect(await judge(smtpExposure, INGRESS)(submission, { ports: [587] })).toHaveLength(1);
    await expect(judge(smtpExposure, INGRESS)(submission, { ports: [0, "x"] })).rejects.toThrow(
      /smtp-open-to-the-world are not accepted: ports\.0: .*; ports\.1: /,
    );
  });
});

describe("port-25-egress", () => {
  const rule = { ipProtocol: "tcp", fromPort: 25, toPort: 25, cidrIpv4: "0.0.0.0/0" };

  it("refuses port 25 to the internet, alone or in a range", async () => {
    expect(await judge(port25Egress, EGRESS)(rule)).toEqual(["lets port 25 out to 0.0.0.0/0"]);
    expect(await judge(port25Egress, EGRESS)({ ...rule, toPort: 587 })).toHaveLength(1);
    expect(await judge(port25Egress, EGRESS)({ ...rule, cidrIpv4: "198.51.100.0/24" })).toEqual([]);
    expect(await judge(port25Egress, EGRESS)({ ...rule, cidrIpv4: "167.89.0.0/17" })).toHaveLength(1);
  });

  it("says nothing about networks of one's own, and about rules that let everything out", async () => {
    expect(await judge(port25Egress, EGRESS)({ ...rule, cidrIpv4: "10.0.0.0/8" })).toEqual([]);
    expect(await judge(port25Egress, EGRESS)({ ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" })).toEqual([]);
    expect(await judge(port25Egress, EGRESS)({ ...rule, fromPort: 0, toPort: 65535 })).toEqual([]);
    expect(await judge(port25Egress, EGRESS)({ ...rule, fromPort: UNKNOWN })).toEqual([]);
    expect(await judge(port25Egress, INGRESS)(rule)).toEqual([]);
  });
});

describe("instance-metadata-v2", () => {
  it.each<[string, Record<string, Value>]>([
    [INSTANCE, {}],
    [TEMPLATE, {}],
    [INSTANCE, { metadataOptions: {} }],
    [INSTANCE, { metadataOptions: { httpTokens: "optional" } }],
    [TEMPLATE, { metadataOptions: { httpTokens: "optional", httpEndpoint: "enabled" } }],
    [TEMPLATE, { launchTemplate: { id: "lt-1" } }],
  ])("refuses %s with %j", async (type, inputs) => {
    expect(await judge(metadataV2, type)(inputs)).toEqual(['metadataOptions.httpTokens: is not "required"']);
  });

  it.each<[string, Record<string, Value>]>([
    [INSTANCE, { metadataOptions: { httpTokens: "required" } }],
    [INSTANCE, { metadataOptions: { httpEndpoint: "disabled" } }],
    [INSTANCE, { launchTemplate: { id: "lt-1" } }],
    [INSTANCE, { metadataOptions: UNKNOWN }],
    [INSTANCE, { metadataOptions: { httpTokens: UNKNOWN } }],
    ["aws:ec2/vpc:Vpc", {}],
  ])("allows %s with the right or unknown options", async (type, inputs) => {
    expect(await judge(metadataV2, type)(inputs)).toEqual([]);
  });
});

describe("queue-volume-encryption", () => {
  const userData = "#cloud-config\npackages: [postfix]\n";
  const safe = { encrypted: true };
  const server = (more: Record<string, Value>) =>
    resource(INSTANCE, { userData, rootBlockDevice: safe, ...more }, { name: "relay", id: "i-1" });
  const volume = (inputs: Record<string, Value>) =>
    resource("aws:ebs/volume:Volume", inputs, { name: "queue", outputs: { id: "vol-1" } });
  const attachment = resource(
    "aws:ec2/volumeAttachment:VolumeAttachment",
    { instanceId: UNKNOWN, volumeId: UNKNOWN },
    {
      propertyDependencies: {
        instanceId: [urn(INSTANCE, "relay")],
        volumeId: [urn("aws:ebs/volume:Volume", "queue")],
      },
    },
  );
  const attachmentById = resource("aws:ec2/volumeAttachment:VolumeAttachment", {
    ...{ instanceId: "i-1", volumeId: "vol-1" },
  });

  it("refuses a volume that is attached to a server with Postfix, found by dependency or by id", async () => {
    for (const attached of [attachment, attachmentById]) {
      expect(await queueVolume.check([server({}), volume({}), attached])).toEqual([
        {
          urn: volume({}).urn,
          message: "encrypted: is not true, and a server that runs Postfix has this volume",
        },
      ]);
    }
  });

  it("allows one that is encrypted, of a snapshot, unknown, not attached, or of another server", async () => {
    expect(await messages(queueVolume, [server({}), volume(safe), attachment])).toEqual([]);
    expect(await messages(queueVolume, [server({}), volume({ snapshotId: "snap-1" }), attachment])).toEqual(
      [],
    );
    expect(await messages(queueVolume, [server({}), volume({ encrypted: UNKNOWN }), attachment])).toEqual([]);
    expect(await messages(queueVolume, [server({}), volume({})])).toEqual([]);
    expect(await messages(queueVolume, [server({ userData: "nginx" }), volume({}), attachment])).toEqual([]);
    expect(await messages(queueVolume, [server({ userData: UNKNOWN }), volume({}), attachment])).toEqual([]);
  });

  it("refuses disks that the server or its template is launched with", async () => {
    const plain = { encrypted: false };
    expect(
      await messages(queueVolume, [server({ rootBlockDevice: plain, ebsBlockDevices: [plain, safe] })]),
    ).toEqual([
      "rootBlockDevice.encrypted, ebsBlockDevices[0].encrypted: is not true, and the server runs Postfix",
    ]);
    expect(await messages(queueVolume, [resource(INSTANCE, { userData })])).toHaveLength(1);
    const template = (ebs: Value) =>
      resource(TEMPLATE, {
        userData: Buffer.from(userData).toString("base64"),
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }],
      });
    expect(await messages(queueVolume, [template({ volumeSize: 8 })])).toEqual([
      "blockDeviceMappings[0].ebs.encrypted: is not true, and the server runs Postfix",
    ]);
    expect(await messages(queueVolume, [template({ encrypted: "true" })])).toEqual([]);
    expect(await messages(queueVolume, [template(UNKNOWN)])).toEqual([]);
  });

  it("says nothing where the account encrypts every volume", async () => {
    const byDefault = resource("aws:ebs/encryptionByDefault:EncryptionByDefault", {});
    expect(await messages(queueVolume, [server({}), volume({}), attachment, byDefault])).toEqual([]);
  });
});
