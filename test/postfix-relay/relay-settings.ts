import type { RelaySettings } from "../../components/postfix-relay/settings";

/** Settings with a password. */
export type SettingsWithLogin = RelaySettings & Required<Pick<RelaySettings, "credential">>;

/** Settings without a fault: a relay to SendGrid. */
export const settings: SettingsWithLogin = {
  hostName: "relay.example.com",
  clients: ["10.0.0.0/16"],
  smartHost: {
    name: "SendGrid",
    host: "smtp.sendgrid.net",
    port: 587,
    tls: "starttls",
    user: "apikey",
    maxMessageBytes: 31_457_280,
    maxMessagesPerConnection: 5_000,
  },
  credential: { source: "ssm", parameterName: "/smarthost/mail/password", region: "eu-central-1" },
  debian: 13,
};
