import { getParameter } from "@pulumi/aws/ssm/getParameter";
import type * as pulumi from "@pulumi/pulumi";
import { architectureOf, imageParameter, isImageId, parameterOf } from "../postfix-relay/aws/image";
import { imageById } from "../postfix-relay/aws/server-image";
import { refusal } from "../refuse";

/** What EC2 launches a fleet's servers from. */
export interface FleetImage {
  /** An id, or `resolve:ssm:` and a parameter, which EC2 reads at each launch. */
  imageId: string;
  /** What the image calls its root disk, such as `/dev/xvda`. */
  rootDevice: string;
}

/**
 * The image of a fleet's servers: the one that is named, or Debian's parameter of a release's newest (Amazon EC2 Auto Scaling,
 * "Use AWS Systems Manager parameters instead of AMI IDs in launch templates").
 *
 * @param args.image as the user named it, if at all
 * @throws RunError in the preview, when the parameter cannot be read or the image in it cannot be launched
 */
export async function findFleetImage(
  subject: string,
  { image, debian, instanceType }: { image: string | undefined; debian: 12 | 13; instanceType: string },
  opts: pulumi.InvokeOptions,
): Promise<FleetImage> {
  const architecture = architectureOf(instanceType);
  const imageId = image ?? `resolve:ssm:${imageParameter(debian, architecture)}`;
  const parameter = parameterOf(imageId);
  const id = parameter === undefined ? imageId : await readParameter(subject, parameter, opts);
  const { rootDeviceName } = await imageById(subject, id, architecture, opts);
  return { imageId, rootDevice: rootDeviceName };
}

/** The image's id that a parameter has now. */
async function readParameter(subject: string, name: string, opts: pulumi.InvokeOptions): Promise<string> {
  const refused = (reason: string) => {
    const next =
      "Give an image's id, or the right to ssm:GetParameter and ssm:GetParameters of a parameter that has one.";
    return refusal(subject, [{ path: "image", value: name, reason, next }]);
  };
  const { insecureValue } = await getParameter({ name }, opts).catch((error: Error) => {
    throw refused(`is a parameter that cannot be read: ${error.message}`);
  });
  if (!isImageId(insecureValue)) {
    throw refused("is a parameter that has no image's id as a String");
  }
  return insecureValue;
}
