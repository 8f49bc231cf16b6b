import type { Check } from "./check";
import { collisions } from "./dns/collisions";
import { dkim } from "./dns/dkim";
import { dmarc } from "./dns/dmarc";
import { dnsRecords } from "./dns/dns-records";
import { spf } from "./dns/spf";
import { receivedMessage } from "./message";
import { portTwentyFive } from "./port-25";
import { relay } from "./relay";
import { sendGridIdentities } from "./sendgrid/identities";
import { sendGridKeys } from "./sendgrid/keys";
import { smartHost } from "./smart-host";
import { testMessage } from "./test-message";

/** All checks, in the order in which they are shown. */
export const CHECKS: readonly Check[] = [
  collisions,
  dnsRecords,
  spf,
  dkim,
  dmarc,
  sendGridIdentities,
  sendGridKeys,
  smartHost,
  portTwentyFive,
  relay,
  testMessage,
  receivedMessage,
];
