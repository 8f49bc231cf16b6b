import { Document } from "yaml";

/** Exists on the stock server as soon as Postfix runs. */
export const STOCK_READY = "/var/lib/stock-ready";
/** Where SendGrid's guide has the login; it is put there after the boot and never stands in user data. */
export const STOCK_PASSWORDS = "/etc/postfix/sasl_passwd";

/**
 * What SendGrid's page "Integrate with Postfix" sets, line by line, in its order. All else is Debian's main.cf as its
 * package makes it for an "Internet Site", with session cache for TLS and chroot.
 */
export const STOCK_PARAMETERS: Readonly<Record<string, string>> = {
  smtp_sasl_auth_enable: "yes",
  smtp_sasl_password_maps: `hash:${STOCK_PASSWORDS}`,
  smtp_sasl_security_options: "noanonymous",
  smtp_sasl_tls_security_options: "noanonymous",
  smtp_tls_security_level: "encrypt",
  header_size_limit: "4096000",
  relayhost: "[smtp.sendgrid.net]:587",
};

/** User data of a Debian that becomes a relay by its package and the provider's guide, and by nothing else. */
export function stockUserData(hostName: string): string {
  const parameters = Object.entries(STOCK_PARAMETERS)
    .map(([name, value]) => `'${name} = ${value}'`)
    .join(" ");
  const script = `#!/bin/sh
set -eu
export DEBIAN_FRONTEND=noninteractive
echo 'postfix postfix/main_mailer_type select Internet Site' | debconf-set-selections
echo 'postfix postfix/mailname string ${hostName}' | debconf-set-selections
apt-get -qq -y update
apt-get -qq -y --no-install-recommends install postfix libsasl2-modules ca-certificates
postconf -e 'myhostname = ${hostName}' ${parameters}
systemctl restart postfix
touch ${STOCK_READY}
`;
  const file = { path: "/usr/local/sbin/stock-setup", permissions: "0755", content: script };
  const document = new Document({ write_files: [file], runcmd: [[file.path]] });
  return `#cloud-config\n${document.toString({ lineWidth: 0 })}`;
}
