import * as z from "zod";
import { defineRule } from "../rule";
import { listElements, mainCfValues } from "./main-cf";
import { userDataViolations } from "./user-data-text";

/** Networks that stand for everybody, in the spellings of Postfix. */
const EVERYBODY = /^(?:0\.0\.0\.0\/[0-7]|\[?::\]?\/(?:[0-9]|1[0-6])|\[::\/0\]|static:all|static:ok)$/i;
/** What ends the list for clients that are not ours (Postfix, smtpd_relay_restrictions). */
const REFUSES = /^(?:reject|defer|reject_unauth_destination|defer_unauth_destination|defer_if_permit)$/;
const ACCEPTS = /^(?:permit|static:ok|check_client_access static:ok)$/;

export const openRelay = defineRule({
  name: "open-relay",
  title: "No open relay",
  description:
    "Postfix relays for its own clients alone. A server that relays for everybody is found within hours, and its domain and address are on block lists then.",
  remediation:
    "Name the clients' networks in mynetworks, and end smtpd_relay_restrictions with reject_unauth_destination.",
  level: "mandatory",
  severity: "critical",
  scope: "resource",
  settings: z.object({}),
  check: (resources) =>
    userDataViolations(resources, (text) => {
      const found = [...openNetworks(text), ...openRestrictions(text)];
      return found.length === 0 ? undefined : found.join("; ");
    }),
});

function openNetworks(text: string): string[] {
  const open = mainCfValues(text, "mynetworks")
    .flatMap(listElements)
    .filter((network) => EVERYBODY.test(network));
  return open.length === 0 ? [] : [`mynetworks has ${[...new Set(open)].join(", ")}`];
}

function openRestrictions(text: string): string[] {
  const isOpen = mainCfValues(text, "smtpd_relay_restrictions").some((value) => {
    const restrictions = listElements(value);
    const accepts = restrictions.findIndex((each) => ACCEPTS.test(each));
    const refuses = restrictions.findIndex((each) => REFUSES.test(each));
    return accepts >= 0 && (refuses < 0 || accepts < refuses);
  });
  return isOpen ? ["smtpd_relay_restrictions permits everybody before anything is refused"] : [];
}
