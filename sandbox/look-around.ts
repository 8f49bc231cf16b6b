import type { Journey } from "./journey";
import { ADDRESS } from "./machine/addresses";
import { currentNetwork } from "./machine/network";

/** What a person can do with a sandbox that stays up. */
export function lookAround(journey: Journey): string {
  const network = currentNetwork();
  const dns = journey.world.dns.addresses.at(-1);
  if (!network || !journey.servers) {
    return `The sandbox stays up. Ask its DNS: dig @127.0.0.1 -p ${dns?.port} em.example.com CNAME. Ctrl-C ends it.`;
  }
  const enter = `nsenter --net=/run/netns/${network.name}`;
  const relay = journey.relay();
  const onServer = journey.servers.machine(relay.id).enterCommand().join(" ");
  return [
    "The sandbox stays up. From another terminal, as root:",
    `  ask the DNS            ${enter} dig @${ADDRESS.dns} em.example.com CNAME`,
    `  look at the queue      ${onServer} postqueue -p`,
    `  read the mail log      ${onServer} journalctl -t postfix/smtp`,
    `  a shell on the server  ${onServer} bash`,
    `  send a message         ${enter} curl --ssl smtp://${relay.privateIp}:587 --insecure --interface ${ADDRESS.application} \\`,
    "                           --mail-from noreply@example.com --mail-rcpt someone@recipient.example -T FILE",
    "Ctrl-C ends it and removes everything.",
  ].join("\n");
}
