import { getAmi } from "@pulumi/aws/ec2/getAmi";
import type * as pulumi from "@pulumi/pulumi";
import { type Architecture, DEBIAN_OWNER, imageNamePattern } from "./image";

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
