import * as pulumi from "@pulumi/pulumi";
import { MailRelay, route53 } from "pulumi-smarthost";
import { ApiKey } from "pulumi-smarthost/sendgrid";
import { Platform } from "./platform.js";
import { explicitProviders } from "./providers.js";
import { kept, larger, owned } from "./transforms.js";

/** Two mail paths in one stack, one of them in a component of the consumer's, beside other resources. */
export async function program() {
  const config = new pulumi.Config();
  const providers = explicitProviders();
  pulumi.runtime.registerResourceTransform(kept);

  const shop = new Platform(
    "shop",
    {
      domain: config.require("shopDomain"),
      zoneId: config.require("cloudflareZoneId"),
      renamed: config.requireBoolean("renamed"),
    },
    { providers, transforms: [owned] },
  );
  const domain = config.require("newsDomain");
  const news = new MailRelay(
    "news",
    {
      domain,
      dns: route53({ zoneId: config.require("route53ZoneId") }),
      sender: { address: `editors@${domain}` },
      dmarc: { policy: "quarantine", reportsTo: `dmarc@${domain}` },
    },
    {
      providers: Object.values(providers),
      transformations: [larger],
      aliases: [{ type: "acme:index:Newsletter" }],
    },
  );
  const reports = new ApiKey(
    "reports",
    { name: "reports", scopes: ["stats.read"] },
    { provider: providers.sendgrid },
  );
  return { hosts: [shop.mail.host, news.host], records: news.records, reportKey: reports.apiKey };
}
