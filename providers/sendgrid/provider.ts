import * as z from "zod";
import { defineProvider } from "../kit";
import * as access from "./access";
import * as account from "./account";
import * as activity from "./activity";
import { SendGridApi, type SendGridApiOptions } from "./api/api";
import { BASE_URLS, isThisMachine, Region } from "./api/base-url";

import * as authentication from "./authentication";
import * as delivery from "./delivery";
import * as marketing from "./marketing";
import { REPOSITORY } from "./repository";
import * as settings from "./settings";

const groups = [authentication, access, activity, settings, marketing, delivery, account];

/** The version of the provider and of the package @pulumi/sendgrid. */
export const VERSION = "0.1.0";

const Config = z.object({
  apiKey: z
    .string()
    .regex(/^\S+$/, "must be the key alone: it contains a space or a line break, or is empty")
    .startsWith("SG.", 'does not look like a SendGrid API key: those begin with "SG."')
    .meta({
      description:
        "API key of the account, with the scopes of what is used (an error names one that is missing) and those that created keys are given.",
      secret: true,
      env: ["SENDGRID_API_KEY"],
    }),
  region: Region.default("global").meta({
    description: "Where the account lives: `global` or `eu`.",
    env: ["SENDGRID_REGION"],
  }),
  baseUrl: z
    .url({
      protocol: /^https?$/,
      error: "must be a URL that begins with https:// (or http:// on this machine)",
    })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional()
    .meta({
      description:
        "Address of the API, instead of the region's `https://api.sendgrid.com` or `https://api.eu.sendgrid.com`.",
      env: ["SENDGRID_BASE_URL"],
    }),
  onBehalfOf: z.string().min(1).optional().meta({
    description: "User name of the subuser, or `account-id NUMBER` of the customer account, to act for.",
  }),
});

/** The SendGrid provider. */
export function sendgridProvider(options: SendGridApiOptions = {}) {
  return defineProvider({
    name: "sendgrid",
    displayName: "SendGrid",
    version: VERSION,
    description:
      "A Twilio SendGrid account: sender identities, API keys, webhooks, settings, templates and newsletters.",
    packageMetadata: {
      pluginDownloadURL: `github://api.github.com/${REPOSITORY}`,
      keywords: ["pulumi", "sendgrid", "email"],
      license: "Apache-2.0",
      language: {
        nodejs: {
          packageName: "@pulumi/sendgrid",
          packageDescription: "A Twilio SendGrid account as code, for Pulumi.",
          respectSchemaVersion: true,
          // A peer, or a second copy of the SDK is bundled and resources of the two don't mix.
          peerDependencies: { "@pulumi/pulumi": "^3.249.0" },
        },
      },
    },
    config: Config,
    rules: [
      {
        properties: ["baseUrl"],
        // The API key must not travel in clear.
        fault: ({ baseUrl }) =>
          baseUrl?.startsWith("http:") && !isThisMachine(baseUrl)
            ? `"${baseUrl}" would send the API key unencrypted: use https://`
            : undefined,
      },
    ],
    connect: ({ apiKey, region, baseUrl = BASE_URLS[region], onBehalfOf }) =>
      new SendGridApi({ apiKey, baseUrl, onBehalfOf }, options),
    resources: groups.flatMap(({ resources }) => resources),
    functions: groups.flatMap(({ functions }) => functions),
  });
}
