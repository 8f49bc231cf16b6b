import { outputOf } from "../../kit";
import { reverseDns } from "./reverse-dns";
import { validationOf } from "./validation";

export const ReverseDnsValidation = validationOf({
  token: "sendgrid:index:ReverseDnsValidation",
  description: `
SendGrid's check that the A record of a \`ReverseDns\` is published.

Create it after the record. It has SendGrid look it up again and again until it is right or the time is up; then it
fails with SendGrid's reason. A later \`pulumi up\` tries again. It has nothing of its own at SendGrid: deleting it
leaves the reverse DNS as it is.

API: https://www.twilio.com/docs/sendgrid/api-reference/reverse-dns/validate-a-reverse-dns-record
`.trim(),
  idInput: "reverseDnsId",
  resource: "ReverseDns",
  noun: "reverse DNS record",
  keys: "`aRecord`",
  collection: reverseDns,
  subjectOf: ({ id, valid, ip, a_record }) => ({ id, valid, name: ip, records: { aRecord: a_record } }),
  examples: [
    { reverseDnsId: outputOf("ReverseDns", "reverseDnsId", { ip: "192.0.2.12", domain: "ip.example.net" }) },
    {
      reverseDnsId: outputOf("ReverseDns", "reverseDnsId", { ip: "192.0.2.12", domain: "ip.example.net" }),
      timeoutSeconds: 60,
      triggers: { aRecord: "new" },
    },
    { reverseDnsId: outputOf("ReverseDns", "reverseDnsId", { ip: "192.0.2.13", domain: "ip.example.net" }) },
  ],
});
