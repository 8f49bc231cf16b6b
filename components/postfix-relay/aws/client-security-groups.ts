import type { Fault } from "../../faults";

/** What is wrong with the clients' security groups: names of the caller's, and ids as far as they are known. */
export function securityGroupFaults(groups: Readonly<Record<string, unknown>> | undefined): Fault[] {
  if (groups === undefined) {
    return [];
  }
  const path = "clientSecurityGroups";
  if (Object.keys(groups).length === 0) {
    const next = "Name at least one group, or leave it out to let the VPC's range in.";
    return [{ path, reason: "is empty, so that nobody could hand in mail", next }];
  }
  return Object.entries(groups).flatMap(([name, id]) => {
    const faults: Fault[] = [];
    if (!/^[\w-]{1,64}$/.test(name)) {
      const next = "Give a short name; it only tells the rules apart.";
      faults.push({ path, value: name, reason: "is a name with others than letters, digits, - and _", next });
    }
    if (typeof id === "string" && !/^sg-[0-9a-f]{8,17}$/.test(id)) {
      const next = "Give the group's id, such as sg-0123456789abcdef0.";
      faults.push({ path: `${path}.${name}`, value: id, reason: "is no id of a security group", next });
    }
    return faults;
  });
}
