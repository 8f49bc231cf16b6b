import { PolicyPack } from "@pulumi/policy";
import { policies } from "./pack";
import { rules } from "./rules";

new PolicyPack("smarthost", {
  displayName: "smarthost: mail that authenticates",
  description: "Rules for any stack that sends mail: SPF, DMARC, SendGrid keys, relays and their servers.",
  policies: policies(rules),
});
