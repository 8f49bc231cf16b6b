import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { Provider as SendGrid, config as sendgridConfig } from "@pulumi/sendgrid";
import {
  cloudflare,
  type DnsHost,
  type DnsResolver,
  dnsResolver,
  MailRelay,
  type MailRelayArgs,
  mailRelayFaults,
  manual,
  route53,
  sendgrid,
  smartHost,
} from "../components";
import { refuse } from "../components/refuse";
import { asSettingFaults, readSettings, type StackSettings } from "./settings";

/** The stack of a new account: settings, one MailRelay, and what to do with it. */
export async function stack() {
  const raw = projectConfig();
  const { settings, faults } = readSettings(raw);
  refuse("Stack settings", faults);
  if (!settings) {
    return {};
  }
  const args = relayArgs(settings);
  refuse("Stack settings", asSettingFaults(mailRelayFaults("mail", args), raw));

  const account = sendGridAccount(settings);
  // The provider's process starts while the rest is declared: what was declared so far goes to the engine now.
  await setImmediate();
  const mail = new MailRelay("mail", args, { providers: [account] });

  return {
    relayHost: mail.host,
    relayPort: mail.port,
    relaySecurityGroup: mail.securityGroupId,
    // For `smarthost relay --stack`.
    relayInstanceId: mail.instanceId,
    relayRegion: mail.region,
    records: mail.records,
    // For a person who publishes them; with the other hosts they are there already.
    ...(settings.dnsHost === "manual" && { recordTable: mail.dns.table, recordZoneText: mail.dns.zoneText }),
    nextSteps: pulumi.interpolate`Send mail to ${mail.host} port ${mail.port} from ${settings.senderAddress}. Raise dmarcPolicy in steps when the reports are clean.`,
  };
}

/** The provider by the stack's settings; its own settings (`sendgrid:apiKey`) count as they do without it. */
function sendGridAccount({ sendgridRegion: region }: StackSettings): SendGrid {
  const { apiKey, baseUrl, onBehalfOf } = sendgridConfig;
  return new SendGrid("sendgrid", { region, apiKey: apiKey && pulumi.secret(apiKey), baseUrl, onBehalfOf });
}

function relayArgs(settings: StackSettings): MailRelayArgs {
  return {
    domain: settings.domain,
    dns: dnsHost(settings),
    adopt: settings.adopt,
    resolver: resolver(settings),
    sender: { address: settings.senderAddress },
    identity: {
      subdomain: settings.returnPathSubdomain,
      dkimSelector: settings.dkimSelector,
      security: settings.sendgridSecurity,
      links: settings.linkSubdomain === undefined ? undefined : { subdomain: settings.linkSubdomain },
      adoptExisting: settings.sendgridAdoptExisting,
      validationTimeout: settings.validationTimeout,
      keyRotation: {
        trigger: settings.sendgridKeyRotation,
        gracePeriodSeconds: settings.sendgridKeyGracePeriod,
      },
    },
    dmarc: {
      policy: settings.dmarcPolicy,
      reportsTo: settings.dmarcReportsTo,
      reviewBy: settings.dmarcReviewBy,
    },
    spf: settings.spf,
    smartHost:
      settings.smartHost === "sendgrid"
        ? sendgrid({ port: settings.smartHostPort, region: settings.sendgridRegion })
        : smartHost({
            host: settings.smartHost,
            port: settings.smartHostPort,
            user: settings.smartHostUser ?? "",
            password: pulumi.secret(settings.smartHostPassword ?? ""),
            spfInclude: settings.smartHostSpfInclude,
          }),
    relay: {
      ...(settings.relayHostName && { hostName: settings.relayHostName }),
      clients: settings.relayClients,
      subnetId: settings.relaySubnetId,
      instanceType: settings.relayInstanceType,
      image: settings.relayImage,
      debian: settings.relayDebian,
      queueVolumeSize: settings.relayQueueVolumeSize,
      bounceAddress: settings.relayBounceAddress,
      senders: settings.relaySenders,
      masquerade: settings.relayMasquerade,
      hideClients: settings.relayHideClients,
      address: address(settings),
      kmsKeyId: settings.relayKmsKeyId,
      upgrades: { rebootAt: settings.relayRebootAt },
      ssmAgent: settings.relaySsmAgent,
      metrics: settings.relayMetrics,
      alarms: settings.relayAlarmTopic
        ? { topicArn: settings.relayAlarmTopic, ...settings.relayAlarmThresholds }
        : undefined,
    },
  };
}

/** A name that stays; the settings' check has seen to it that both are given or none. */
function address({ relayAddressName: name, relayAddressZoneId: zoneId }: StackSettings) {
  return name === undefined || zoneId === undefined ? undefined : { name, zoneId };
}

/** Who is asked about what records lead to. */
function resolver({ dnsResolver: by }: StackSettings): DnsResolver | undefined {
  return by === "none" ? undefined : dnsResolver(by === "system" ? {} : { servers: [by] });
}

function dnsHost(settings: StackSettings): DnsHost {
  // The settings' check has seen to it that the zone of the chosen host is given.
  const { dnsHost: host, cloudflareZoneId = "", route53ZoneId = "", route53OtherTexts } = settings;
  switch (host) {
    case "cloudflare":
      return cloudflare({ zoneId: cloudflareZoneId });
    case "route53":
      return route53({ zoneId: route53ZoneId, otherTexts: route53OtherTexts });
    case "manual":
      return manual();
  }
}

/** The configuration of this project, without its namespace; other namespaces belong to providers. */
function projectConfig(): Record<string, string> {
  const prefix = `${pulumi.getProject()}:`;
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
