import { Provider as Aws } from "@pulumi/aws/provider.js";
import { Provider as Cloudflare } from "@pulumi/cloudflare/provider.js";
import { Provider as SendGrid } from "pulumi-smarthost/sendgrid";

/** The accounts that everything goes to. The stack forbids default providers, so whatever is left to them fails. */
export function explicitProviders() {
  return {
    aws: new Aws("aws", { region: "eu-central-1" }),
    cloudflare: new Cloudflare("cloudflare"),
    sendgrid: new SendGrid("sendgrid"),
  };
}
