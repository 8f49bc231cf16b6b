import { type GetAmiResult, getAmi } from "@pulumi/aws/ec2/getAmi";
import type * as pulumi from "@pulumi/pulumi";
import { refusal, refuse } from "../../refuse";
import { type Architecture, DEBIAN_OWNER, foundImageFaults, imageNamePattern } from "./image";

/** The id of Debian's newest image of a release. */
export async function newestImage(
  debian: 12 | 13,
  architecture: Architecture,
  opts: pulumi.InvokeOptions,
): Promise<string> {
  const filters = [{ name: "name", values: [imageNamePattern(debian, architecture)] }];
  const { id } = await getAmi({ owners: [DEBIAN_OWNER], mostRecent: true, filters }, opts);
  return id;
}

/**
 * Looks up the image with this id, of any owner. It may be deprecated: EC2 launches it still for who knows its id.
 *
 * @throws RunError in the preview, when this account finds no such image in its region, or a server of this architecture
 *   cannot boot it
 */
export async function imageById(
  subject: string,
  id: string,
  architecture: Architecture,
  opts: pulumi.InvokeOptions,
): Promise<GetAmiResult> {
  const filters = [{ name: "image-id", values: [id] }];
  const found = await getAmi({ filters, includeDeprecated: true }, opts).catch((error: Error) => {
    const reason = `is not found in this region: ${error.message}`;
    const next =
      "Give an image of this region that the account may use, and the right to ec2:DescribeImages.";
    throw refusal(subject, [{ path: "image", value: id, reason, next }]);
  });
  refuse(subject, foundImageFaults(id, found, architecture));
  return found;
}
