import type { Fault } from "../../faults";

/** What is wrong with the name of an AWS region. */
export function regionFaults(region: string, path: string): Fault[] {
  const next = "Give the region where the password is, such as eu-central-1.";
  return /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region) && region.length <= 32
    ? []
    : [{ path, value: region, reason: "is not an AWS region", next }];
}

/** The domain of a region's endpoints; China's have one of their own (AWS, "AWS service endpoints"). */
export function regionDomain(region: string): string {
  return `${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
