import * as z from "zod";
import { listOf, textOf, type Value } from "../../mail-resources/value";
import { isLeftOut, properties } from "../read";
import { defineRule, type RuleResource, type Violation } from "../rule";
import { userData } from "./user-data-text";

const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const VOLUME = "aws:ebs/volume:Volume";
const ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment";
const ACCOUNT_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault";

export const queueVolume = defineRule({
  name: "queue-volume-encryption",
  title: "An encrypted mail queue",
  description:
    "The disks of a server that runs Postfix are encrypted: whole messages are in its queue while the smart host is away.",
  remediation: "Set encrypted: true. A volume that exists is replaced by it; drain the queue before.",
  level: "mandatory",
  severity: "high",
  scope: "stack",
  settings: z.object({}),
  check: (resources) => {
    if (resources.some(({ type, inputs }) => type === ACCOUNT_DEFAULT && inputs.enabled !== false)) {
      return [];
    }
    const servers = userData(resources)
      .filter(({ resource: { type }, text }) => (type === INSTANCE || type === TEMPLATE) && runsPostfix(text))
      .map(({ resource }) => resource);
    const volumes = resources.filter(({ type }) => type === VOLUME);
    const attached = resources
      .filter(({ type }) => type === ATTACHMENT)
      .filter((each) => refersTo(each, "instanceId", servers) !== undefined)
      .map((each) => refersTo(each, "volumeId", volumes))
      .filter((volume) => volume !== undefined);
    return [
      ...[...new Set(servers)].flatMap(ownDisks),
      ...[...new Set(attached)]
        .filter(isPlain)
        .map(({ urn }): Violation => ({ urn, message: NOT_ENCRYPTED })),
    ];
  },
});

const NOT_ENCRYPTED = "encrypted: is not true, and a server that runs Postfix has this volume";

/** Whether the user data installs or sets up Postfix. */
function runsPostfix(text: string): boolean {
  return /\bpostfix\b/i.test(text);
}

/** The resource that a property names: by what it was made from, else by its id. */
function refersTo(
  { inputs, propertyDependencies }: RuleResource,
  property: string,
  among: readonly RuleResource[],
): RuleResource | undefined {
  const from = propertyDependencies[property] ?? [];
  const id = textOf(inputs[property]);
  return (
    among.find(({ urn }) => from.includes(urn)) ??
    among.find((each) => id !== undefined && (each.id === id || textOf(each.outputs.id) === id))
  );
}

/** A volume of a snapshot is encrypted when the snapshot is, which nobody sees here. */
function isPlain({ inputs }: RuleResource): boolean {
  return isOff(inputs.encrypted) && isLeftOut(inputs.snapshotId);
}

function isOff(encrypted: Value | undefined): boolean {
  return isLeftOut(encrypted) || encrypted === false || encrypted === "false";
}

/** The disks that the server is launched with. */
function ownDisks({ urn, type, inputs }: RuleResource): Violation[] {
  const plain: string[] = [];
  if (type === INSTANCE) {
    const root = inputs.rootBlockDevice;
    if (isLeftOut(root) || (typeof root === "object" && isOff(properties(root).encrypted))) {
      plain.push("rootBlockDevice.encrypted");
    }
    listOf(inputs.ebsBlockDevices).forEach((disk, index) => {
      if (
        typeof disk === "object" &&
        isOff(properties(disk).encrypted) &&
        isLeftOut(properties(disk).snapshotId)
      ) {
        plain.push(`ebsBlockDevices[${index}].encrypted`);
      }
    });
  } else {
    listOf(inputs.blockDeviceMappings).forEach((mapping, index) => {
      const { ebs } = properties(mapping);
      if (typeof ebs === "object" && ebs !== null && isOff(properties(ebs).encrypted)) {
        plain.push(`blockDeviceMappings[${index}].ebs.encrypted`);
      }
    });
  }
  return plain.length === 0
    ? []
    : [{ urn, message: `${plain.join(", ")}: is not true, and the server runs Postfix` }];
}
