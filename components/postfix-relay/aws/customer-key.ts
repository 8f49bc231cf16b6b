import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../faults";
import { refuse } from "../../refuse";

/** The ARN of a key itself. Aliases come back from EC2 as the key that they mean, and would show as a change. */
const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;

/**
 * What is wrong with a customer managed key.
 *
 * @param region the relay's region, where it is known: only that region's keys encrypt its disks
 */
export function keyFaults(kmsKeyId: string, region?: string): Fault[] {
  const path = "kmsKeyId";
  const [, keyRegion] = KEY_ARN.exec(kmsKeyId) ?? [];
  if (keyRegion === undefined) {
    return [
      {
        path,
        value: kmsKeyId,
        reason: "is not the ARN of a KMS key",
        next: "Give the key's own ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, not its id and no alias.",
      },
    ];
  }
  return region === undefined || region === keyRegion
    ? []
    : [
        {
          path,
          value: kmsKeyId,
          reason: `is a key of ${keyRegion}, and the relay is in ${region}`,
          next: `Give a key of ${region}, or the replica of a multi-Region key there.`,
        },
      ];
}

/**
 * The key as an input of the relay's resources, refused in the preview where it is not one of the relay's region.
 *
 * @returns undefined where none is given, so that AWS's own keys are used and nothing changes
 */
export function checkedKey(
  subject: string,
  kmsKeyId: pulumi.Input<string> | undefined,
  region: pulumi.Input<{ region: string }>,
): pulumi.Output<string> | undefined {
  return kmsKeyId === undefined
    ? undefined
    : pulumi.all([kmsKeyId, region]).apply(([key, { region: here }]) => {
        refuse(subject, keyFaults(key, here));
        return key;
      });
}

/**
 * The key for the server's root disk: the one that the queue volume has. A volume keeps its key for life, and one
 * with mail in it must not be replaced for another.
 *
 * @throws RunError where the queue volume has another key than the one wanted
 */
export function keyOfQueue(wanted: string, actual: string): string {
  if (wanted !== actual) {
    throw new pulumi.RunError(
      `the relay's queue volume is encrypted with ${actual || "no key"}, not with kmsKeyId ${wanted}, and a volume keeps its key. ` +
        "Give that key again; or make a second relay with the new key, move its clients there, and remove this one when its queue is empty.",
    );
  }
  return wanted;
}

/**
 * Refuses to take a key away. Password and disks would keep it, the role would lose the right to decrypt, and the next
 * server could not read its password.
 *
 * @param wanted `kmsKeyId` of the arguments
 * @param actual the key of the password's parameter, as SSM has it
 * @throws RunError where the parameter has a customer managed key and none is wanted
 */
export function refuseKeyTakenAway(wanted: string | undefined, actual: string | undefined): void {
  if (wanted === undefined && actual !== undefined && KEY_ARN.test(actual)) {
    throw new pulumi.RunError(
      `the relay's password and disks are encrypted with ${actual}, and kmsKeyId is left out. Give that key again; ` +
        "or make a second relay without it, move its clients there, and remove this one when its queue is empty.",
    );
  }
}
