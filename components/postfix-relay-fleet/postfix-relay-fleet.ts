import { getRegion } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { declareAddress } from "../postfix-relay/aws/address";
import { checkedKey, refuseKeyTakenAway } from "../postfix-relay/aws/customer-key";
import { declareMonitoring } from "../postfix-relay/aws/monitoring";
import { declareAccess } from "../postfix-relay/aws/server-access";
import { clientRanges, DEFAULT_INSTANCE_TYPE, relaySettings } from "../postfix-relay/aws/server-args";
import { CLIENT_PORTS } from "../postfix-relay/aws/server-firewall";
import { renderUserData } from "../postfix-relay/user-data";
import { refuse } from "../refuse";
import { declareBalancer, type FleetBalancer } from "./balancer";
import { declareDrainAccess } from "./drain-access";
import { balancerAlarms } from "./fleet-alarms";
import { fleetDrain, fleetServerArgs, groupName, type PostfixRelayFleetArgs } from "./fleet-args";
import { postfixRelayFleetFaults } from "./fleet-faults";
import { declareFleetFirewall } from "./fleet-firewall";
import { declareGroup, declareScaling } from "./fleet-group";
import { findFleetNetwork } from "./fleet-network";
import { declareTemplate } from "./fleet-template";
import { relayRanges } from "./relay-ranges";

/**
 * Servers whose Postfix relays to a smart host, as many as there is work for, in several zones behind one name. A server
 * that goes hands its mail to the others.
 */
export class PostfixRelayFleet extends pulumi.ComponentResource {
  /** What clients send to: the name of `address`, or without one the balancer's. */
  readonly host: pulumi.Output<string>;
  /** The port for clients; the relays listen on 25 too. */
  readonly port: number = 587;
  /** The balancer's security group, which lets the clients in. */
  readonly securityGroupId: pulumi.Output<string>;
  /** What each server boots from: no secret in it. */
  readonly userData: pulumi.Output<string>;
  /** The Auto Scaling group's name. */
  readonly groupName: string;

  constructor(name: string, args: PostfixRelayFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:PostfixRelayFleet", name, {}, opts);
    const subject = `PostfixRelayFleet "${name}"`;
    const parent = { parent: this };
    refuse(subject, postfixRelayFleetFaults(name, args));

    const instanceType = args.instanceType ?? DEFAULT_INSTANCE_TYPE;
    const network = findFleetNetwork(subject, args.subnetIds, instanceType, parent);
    const region = getRegion({}, parent);
    const kmsKeyId = checkedKey(subject, args.kmsKeyId, region);
    const serverArgs = fleetServerArgs(args);
    this.groupName = groupName(name);
    const access = declareAccess(subject, name, serverArgs, { kmsKeyId, region }, parent);
    const known = pulumi.all([network, region, access.secrets]);
    this.userData = known.apply(([{ vpcRange, subnets }, { region: here }, secrets]) => {
      const clients = relayRanges(
        clientRanges(serverArgs, vpcRange),
        subnets.map(({ range }) => range),
      );
      const settings = relaySettings(name, serverArgs, { clients, region: here, secrets });
      return renderUserData({ ...settings, drain: fleetDrain(name, args) });
    });

    const firewall = declareFleetFirewall(name, args, network, parent);
    const balancer = declareBalancer(name, network, firewall.balancer.id, parent);
    const drainAccess = declareDrainAccess(name, args, { role: access.role, balancer, region }, parent);
    const parts = {
      userData: this.userData,
      securityGroupId: firewall.servers.id,
      profile: access.profile,
      kmsKeyId,
    };
    const template = declareTemplate(subject, name, args, parts, parent);
    const targetGroupArns = balancer.targetGroups.map(({ arn }) => arn);
    const group = declareGroup(
      name,
      args,
      { network, template, targetGroupArns },
      {
        ...parent,
        dependsOn: [...access.ready, ...drainAccess, ...firewall.rules, ...balancer.listeners],
      },
    );
    declareScaling(name, args, group, parent);

    const { dnsName } = balancer.loadBalancer;
    this.host =
      args.address === undefined
        ? dnsName
        : declareAddress(
            subject,
            `${name}-address`,
            args.address,
            dnsName,
            { ...parent, dependsOn: balancer.listeners },
            "CNAME",
          );
    this.#declareAlarms(subject, name, args, balancer, region);
    this.securityGroupId = pulumi
      .all([firewall.balancer.id, kmsKeyId, access.password?.keyId])
      .apply(([id, wanted, actual]) => {
        refuseKeyTakenAway(wanted, actual);
        return id;
      });
    const { host, port, securityGroupId } = this;
    this.registerOutputs({ host, port, securityGroupId, groupName: this.groupName });
  }

  #declareAlarms(
    subject: string,
    name: string,
    { alarms, hostName }: PostfixRelayFleetArgs,
    { loadBalancer, targetGroups }: FleetBalancer,
    region: Promise<{ region: string }>,
  ): void {
    if (alarms === undefined) {
      return;
    }
    const others = targetGroups.flatMap(({ arnSuffix }, index) =>
      balancerAlarms(hostName, CLIENT_PORTS[index] ?? 0).map((alarm) => ({
        ...alarm,
        dimensions: { LoadBalancer: loadBalancer.arnSuffix, TargetGroup: arnSuffix },
      })),
    );
    const relay = {
      ...{ subject, hostName, others },
      instanceId: undefined,
      region: region.then(({ region: here }) => here),
    };
    declareMonitoring(name, relay, alarms, { parent: this });
  }
}
