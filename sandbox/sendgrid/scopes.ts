/** The permissions this substitute knows; SendGrid's own list has some four hundred. */
export const SCOPES = [
  ...crud("alerts"),
  ...crud("api_keys"),
  ...crud("asm.groups"),
  "categories.read",
  ...crud("ips"),
  "mail.send",
  ...crud("mail.batch"),
  "mail_settings.read",
  "messages.read",
  ...crud("stats").filter((scope) => scope === "stats.read"),
  ...crud("subusers"),
  ...crud("suppression"),
  ...crud("templates"),
  "tracking_settings.read",
  "user.account.read",
  "user.email.read",
  ...crud("user.scheduled_sends"),
  ...crud("user.webhooks.event.settings"),
  "user.username.read",
  ...crud("whitelabel"),
];

/** Scopes that SendGrid adds to every key by itself, unasked; they show when a key is read. */
export const ADDED_SCOPES = ["sender_verification_eligible", "2fa_required"];

function crud(resource: string): string[] {
  return ["create", "delete", "read", "update"].map((action) => `${resource}.${action}`);
}
