import { getVpc } from "@pulumi/aws/ec2/getVpc";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { afterEach, describe, expect, it } from "vitest";
import { PostfixRelay, type PostfixRelayArgs } from "../../components";
import { postfixRelayFaults } from "../../components/postfix-relay/postfix-relay";
import { changes } from "../../sandbox/stack-run";
import { openAccount, type TestAccount } from "../stack/account";

const minimal: PostfixRelayArgs = {
  hostName: "relay.example.com",
  smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
  password: "not-in-clear",
};

describe("a relay for the members of security groups", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  it.each<[string, string[] | undefined, string[], string[]]>([
    ["them alone", undefined, ["the group"], ["10.77.0.0/16"]],
    [
      "them beside ranges",
      ["192.168.4.0/24"],
      ["192.168.4.0/24", "the group"],
      ["10.77.0.0/16", "192.168.4.0/24"],
    ],
  ])(
    "lets in %s, on both ports, and Postfix takes the VPC's range",
    async (_what, clients, admitted, networks) => {
      account = await openAccount({
        program: async () => {
          const group = new SecurityGroup("app", { vpcId: (await getVpc({ default: true })).id });
          const relay = new PostfixRelay("mail", {
            ...minimal,
            clients,
            clientSecurityGroups: { app: group.id },
          });
          return { app: group.id, relay: relay.securityGroupId, userData: relay.userData };
        },
      });
      await account.run.up();
      const outputs = await account.run.outputs();
      const rules = account.aws.securityGroups.rulesOf(outputs.relay?.value, "ingress");
      const allowed = rules.map(({ cidrIpv4, referencedSecurityGroupId, fromPort }) => {
        const group = referencedSecurityGroupId === outputs.app?.value ? "the group" : "another group";
        return `${fromPort} ${cidrIpv4 ?? group}`;
      });
      expect(allowed.toSorted()).toEqual(
        [25, 587].flatMap((port) => admitted.map((who) => `${port} ${who}`)),
      );
      const [, listed = ""] =
        /mynetworks = 127\.0\.0\.0\/8\n((?: +[\d./ ]+\n)+)/.exec(outputs.userData?.value) ?? [];
      expect(listed.trim().split(/\s+/)).toEqual(networks);
      expect(changes(await account.run.refresh())).toEqual([]);
      expect(changes(await account.run.preview())).toEqual([]);
    },
  );
});

it("a relay for security groups is refused where a name or an id is none, or where there is no group", () => {
  const faults = (clientSecurityGroups: PostfixRelayArgs["clientSecurityGroups"]) =>
    postfixRelayFaults("mail", { ...minimal, clientSecurityGroups }).map(({ path }) => path);
  expect(faults({})).toEqual(["clientSecurityGroups"]);
  expect(faults({ "a b": "sg-0123456789abcdef0", app: "app" })).toEqual([
    "clientSecurityGroups",
    "clientSecurityGroups.app",
  ]);
  expect(faults({ app: "sg-0123456789abcdef0" })).toEqual([]);
});
