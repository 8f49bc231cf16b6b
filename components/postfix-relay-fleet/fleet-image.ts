import { getParameter } from "@pulumi/aws/ssm/getParameter";
import type * as pulumi from "@pulumi/pulumi";
import { type Architecture, imageParameter } from "../postfix-relay/aws/image";
import { refuse } from "../refuse";

/**
 * What EC2 launches servers from: Debian's parameter of a release's newest image, which EC2 reads at each launch (Amazon EC2
 * Auto Scaling, "Use AWS Systems Manager parameters instead of AMI IDs in launch templates").
 *
 * @throws RunError in the preview, when the parameter cannot be read
 */
export async function newestImageAtLaunch(
  subject: string,
  debian: 12 | 13,
  architecture: Architecture,
  opts: pulumi.InvokeOptions,
): Promise<string> {
  const name = imageParameter(debian, architecture);
  await getParameter({ name }, opts).catch((error: Error) => {
    const reason = `is left out, and Debian's parameter ${name} of its newest image cannot be read: ${error.message}`;
    const next = "Give the id of an image, or the right to ssm:GetParameter and ssm:GetParameters of it.";
    refuse(subject, [{ path: "image", reason, next }]);
  });
  return `resolve:ssm:${name}`;
}
