import * as pulumi from "@pulumi/pulumi";

/** A transform for one component and what is in it: what can carry tags has the owner's. */
export const owned: pulumi.ResourceTransform = ({ type, props, opts }) => {
  if (!["aws:ebs/volume:Volume", "aws:ec2/instance:Instance"].includes(type)) {
    return undefined;
  }
  return { props: { ...props, tags: { ...props.tags, owner: "platform" } }, opts };
};

/** A transform for the whole stack: nobody deletes a queue, and records outlive the stack. */
export const kept: pulumi.ResourceTransform = ({ type, props, opts }) => {
  switch (type) {
    case "aws:ebs/volume:Volume":
      return { props, opts: pulumi.mergeOptions(opts, { protect: true }) };
    case "cloudflare:index/dnsRecord:DnsRecord":
    case "aws:route53/record:Record":
      return { props, opts: pulumi.mergeOptions(opts, { retainOnDelete: true }) };
    default:
      return undefined;
  }
};

/** A transformation, the older kind, for one component and what is in it. */
export const larger: pulumi.ResourceTransformation = ({ type, props, opts }) =>
  type === "aws:ebs/volume:Volume" ? { props: { ...props, size: 20 }, opts } : undefined;
