/** The names of all checks in their order, for the help: the checks themselves are loaded when they run. */
export const CHECK_NAMES = [
  "collisions",
  "dns-records",
  "spf",
  "dkim",
  "dmarc",
  "sendgrid-identities",
  "sendgrid-keys",
  "smart-host",
  "port-25",
  "relay",
  "test-message",
  "message",
] as const;
