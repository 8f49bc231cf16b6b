import * as z from "zod";

/** Where SendGrid processes mail and keeps an account's data. */
export const Region = z
  .enum(["global", "eu"])
  .meta({ description: "Where SendGrid processes mail.", typeName: "Region" });

/** The API of each region (https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api). */
export const BASE_URLS = { global: "https://api.sendgrid.com", eu: "https://api.eu.sendgrid.com" };

/** Whether a URL leads to a loopback address: no network, and no proxy, lies in between. */
export function isThisMachine(url: string): boolean {
  return /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(url);
}
