import * as z from "zod";
import { defineRule, type RuleResource, type Violation } from "../rule";
import { firewallRules, isWorld, openPorts } from "./firewall";

const ports = (numbers: number[]) =>
  z
    .array(z.int().min(1).max(65535))
    .default(numbers)
    .meta({ description: "The TCP ports that it is about." });

export const smtpExposure = defineRule({
  name: "smtp-open-to-the-world",
  title: "No SMTP open to the world",
  description:
    "A server that relays takes mail on port 25 or 2525 from its clients' networks alone. Open to the world, one wrong restriction makes it an open relay.",
  remediation:
    "Name the clients' networks or security groups. For a server that receives the mail of a domain, disable this policy.",
  level: "mandatory",
  severity: "high",
  scope: "resource",
  settings: z.object({ ports: ports([25, 2525]) }),
  check: (resources, settings) => resources.flatMap((resource) => exposed(resource, settings.ports)),
});

export const submissionExposure = defineRule({
  name: "submission-open-to-the-world",
  title: "Submission open to the world on purpose",
  description:
    "Ports 465 and 587 are open to the world only where people with a login send from anywhere. Passwords are guessed there day and night.",
  remediation: "Name the clients' networks, or disable this policy where a login from anywhere is meant.",
  level: "advisory",
  severity: "medium",
  scope: "resource",
  settings: z.object({ ports: ports([465, 587]) }),
  check: (resources, settings) => resources.flatMap((resource) => exposed(resource, settings.ports)),
});

/** At most one violation a resource, with every rule of it. */
function exposed(resource: RuleResource, among: readonly number[]): Violation[] {
  const found = firewallRules(resource).flatMap((rule) => {
    const open = rule.direction === "ingress" ? openPorts(rule, among) : [];
    const worlds = rule.ranges.filter(isWorld);
    const where = rule.path === "" ? "" : `${rule.path}: `;
    return open.length > 0 && worlds.length > 0
      ? [`${where}opens port ${open.join(", ")} to ${worlds.join(", ")}`]
      : [];
  });
  return found.length === 0 ? [] : [{ urn: resource.urn, message: found.join("; ") }];
}
