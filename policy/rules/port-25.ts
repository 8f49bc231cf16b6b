import * as z from "zod";
import { defineRule, type RuleResource, type Violation } from "../rule";
import { type FirewallRule, firewallRules, isPublic } from "./firewall";

const SMTP = 25;
/** A rule for this many ports or more is about everything, and not about port 25. */
const EVERYTHING = 60_000;

export const port25Egress = defineRule({
  name: "port-25-egress",
  title: "No port 25 to the internet",
  description:
    "No rule is made for port 25 to the internet: mail that leaves there passes by the smart host, without its login, reputation and signatures. AWS blocks the port besides.",
  remediation: "Send to the smart host on port 587, or on 2525 where that is blocked.",
  level: "advisory",
  severity: "medium",
  scope: "resource",
  settings: z.object({}),
  check: (resources) => resources.flatMap(leaving),
});

function leaving(resource: RuleResource): Violation[] {
  const found = firewallRules(resource).flatMap((rule) => {
    const away = rule.ranges.filter(isPublic);
    const where = rule.path === "" ? "" : `${rule.path}: `;
    return rule.direction === "egress" && isAboutPort25(rule) && away.length > 0
      ? [`${where}lets port 25 out to ${away.join(", ")}`]
      : [];
  });
  return found.length === 0 ? [] : [{ urn: resource.urn, message: found.join("; ") }];
}

function isAboutPort25({ protocol, ports }: FirewallRule): boolean {
  return (
    protocol === "tcp" &&
    ports !== undefined &&
    ports.from <= SMTP &&
    SMTP <= ports.to &&
    ports.to - ports.from < EVERYTHING
  );
}
