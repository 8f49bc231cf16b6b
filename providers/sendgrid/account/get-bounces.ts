import * as z from "zod";
import { defineFunction } from "../../kit";
import { textOrEmpty } from "../api/answer";
import type { SendGridApi } from "../api/api";
import type { Query } from "../api/paging";
import { listSuppressed, range } from "./suppressed";
import { unixTime } from "./time";

const Bounce = z
  .object({
    email: z.string().meta({ description: "The address that bounced." }),
    created: z.string().meta({ description: "When it did, e.g. `2026-01-31T12:00:00Z`." }),
    reason: z
      .string()
      .meta({ description: "What the recipient's server said; empty where it is not known." }),
    status: z.string().meta({
      description: "Its enhanced status code (RFC 3463), e.g. `5.1.1`; empty where it is not known.",
    }),
  })
  .meta({ typeName: "Bounce", description: "An address that bounced." });

const ApiBounce = z.object({
  email: z.string(),
  created: unixTime,
  reason: textOrEmpty,
  status: textOrEmpty,
});

export const getBounces = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getBounces",
  description: `
Lists the addresses whose mail came back for good, and to which SendGrid sends nothing more. It asks for 500 at a time
until it has all, so that a range of time makes it faster where there are many.

API: https://www.twilio.com/docs/sendgrid/api-reference/bounces-api
`.trim(),
  inputs: z.object({
    ...range,
    email: z.string().min(1).optional().meta({ description: "Only this address, in any letter case." }),
  }),
  outputs: z.object({
    count: z.int().meta({ description: "How many addresses there are." }),
    bounces: z.array(Bounce).meta({ description: "The addresses; empty where there are none." }),
  }),
  examples: [
    { startTime: "2026-01-01T00:00:00Z", endTime: "2026-01-31T23:59:59Z" },
    { email: "somebody@example.com" },
    {},
  ],
  call: async ({ inputs: { email, ...times }, ...operation }) => {
    const filter: Query = email === undefined ? {} : { email };
    const listed = await listSuppressed(operation, "bounces", ApiBounce, times, filter);
    // SendGrid looks for addresses that begin so, and takes % for any text.
    const bounces = listed.filter(
      (each) => email === undefined || each.email.toLowerCase() === email.toLowerCase(),
    );
    return { count: bounces.length, bounces };
  },
});
