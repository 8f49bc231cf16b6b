import * as z from "zod";
import type { DoctorWorld } from "../doctor-world";
import type { SendGridAnswer, SendGridReader } from "../sendgrid-reader";
import { NO_KEY, unreadable } from "./no-answer";

const Scopes = z.object({ scopes: z.array(z.string()) });

const asked = new WeakMap<SendGridReader, Promise<SendGridAnswer<z.output<typeof Scopes>>>>();

/**
 * Why SendGrid can't be asked for something: there is no key, it is not accepted, or it lacks the scope, by what
 * SendGrid says of the key (GET /v3/scopes, which any key may ask). Undefined where it can.
 */
export async function whyNotAsked({ sendGrid }: DoctorWorld, scope: string): Promise<string | undefined> {
  if (!sendGrid) {
    return NO_KEY;
  }
  const answer = asked.get(sendGrid) ?? sendGrid.get("/v3/scopes", Scopes, "mail.send: any one will do");
  asked.set(sendGrid, answer);
  const own = await answer;
  switch (own.kind) {
    case "found":
      return own.value.scopes.includes(scope)
        ? undefined
        : unreadable({ scope, message: `It has ${own.value.scopes.length} scopes, and not this one.` });
    case "forbidden":
      return own.message;
    default:
      // The question itself will tell.
      return undefined;
  }
}
