import { TLS_FILE } from "../postfix/main-cf";
import { masterServices } from "../postfix/master-cf";
import { loginStep, submissionPackages } from "../postfix/submission";
import type { RelaySettings } from "../settings";
import { CREDENTIAL_SERVICE, CREDENTIAL_TIMER } from "./credential";
import { awsPlace, regionDomain } from "./credential-source";
import { DRAIN_SERVICE } from "./drain";
import { renderUnit, type ServerFile } from "./file";
import { hardeningStep } from "./hardening";
import { METRICS_TIMER } from "./metrics";
import { downloadStep, queueStep } from "./queue";
import { READY_FILE } from "./ready-file";
import { upgradePackages } from "./upgrades";

/** The unit that turns a fresh server into the relay. */
export const SETUP_SERVICE = "smarthost-setup.service";

export { READY_FILE } from "./ready-file";

/** What is installed from Debian's archive, with what that depends on. */
const RELAY_PACKAGES = ["postfix", "libsasl2-modules", "ca-certificates", "curl", "jq", "openssl"];

/**
 * What installs and starts Postfix.
 *
 * It is a unit and not a list of cloud-init's own steps, because cloud-init carries on after a package that it
 * could not install, and never tries again. This one stops with a message on the console and in the journal,
 * starts over after 30 seconds and after a reboot, and is done for good once it got through.
 */
export function setupFiles(settings: RelaySettings): ServerFile[] {
  return [
    { path: "/usr/local/sbin/smarthost-setup", mode: "0755", content: script(settings) },
    { path: `/etc/systemd/system/${SETUP_SERVICE}`, mode: "0644", content: SERVICE },
  ];
}

const SERVICE = renderUnit({
  Unit: {
    Description: "Set up the mail relay",
    Wants: "network-online.target",
    After: "network-online.target",
    ConditionPathExists: `!${READY_FILE}`,
    StartLimitIntervalSec: "0",
  },
  Service: {
    Type: "oneshot",
    ExecStart: "/usr/local/sbin/smarthost-setup",
    StandardOutput: "journal+console",
    Restart: "on-failure",
    RestartSec: "30",
  },
  Install: { WantedBy: "multi-user.target" },
});

function script(settings: RelaySettings): string {
  const { hostName } = settings;
  const services = masterServices(settings)
    .map(({ key, line }) => `postconf -M '${key}=${line}'`)
    .join("\n");
  return `#!/bin/sh
# Installs and starts Postfix; starts over until it got through once.
set -eu
export DEBIAN_FRONTEND=noninteractive
begin() { step=$1; echo "$step"; }
trap 'code=$?; [ $code = 0 ] || echo "FAILED: $step (exit $code). The relay does not run. Next try in 30 s." >&2' EXIT
packages='${relayPackages(settings).join(" ")}'
# What apt-get does step by step is in /var/log/apt; here only what goes wrong.
apt() { apt-get -qq -y -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any "$@" >/dev/null; }

begin 'downloading packages'
dpkg --configure -a
${downloadStep(settings)}
${queueStep(settings)}
begin 'installing packages'
# Postfix must not start before it has its configuration and its password (invoke-rc.d(8)).
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt install --no-install-recommends -o Dpkg::Options::=--force-confold $packages
rm /usr/sbin/policy-rc.d

begin 'configuring Postfix'
pem=${TLS_FILE}
[ -s $pem ] || (
  umask 077
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=mail relay' \\
    -addext 'subjectAltName=DNS:${hostName}' -keyout $pem.new -out $pem.new 2>/dev/null
  mv $pem.new $pem
)
${services}
${hardeningStep(settings)}

begin 'fetching the password'
# Before the first delivery: a message that fails for want of it would wait for its next turn.
systemctl start ${CREDENTIAL_SERVICE} || echo 'There is no password yet; mail is kept, and the next try is in 10 s.' >&2

begin 'starting Postfix'
# The package enables it; doing it again takes half a second.
systemctl is-enabled -q postfix.service || systemctl enable postfix.service
systemctl restart postfix.service
postfix status
${loginStep(settings)}systemctl enable --now ${CREDENTIAL_TIMER}${settings.metrics === true ? ` ${METRICS_TIMER}` : ""}${settings.drain === undefined ? "" : ` ${DRAIN_SERVICE}`}
${ssmAgentStep(settings)}
begin 'the relay is ready'
mkdir -p ${READY_FILE.slice(0, READY_FILE.lastIndexOf("/"))}
touch ${READY_FILE}
`;
}

/** All packages that the settings need; {@link RELAY_PACKAGES} and what options add. */
export function relayPackages(settings: RelaySettings): string[] {
  return [...RELAY_PACKAGES, ...upgradePackages(settings), ...submissionPackages(settings)];
}

/** The agent is a convenience: whatever goes wrong with it, the relay runs. */
function ssmAgentStep(settings: RelaySettings): string {
  const { ssmAgent } = settings;
  const place = awsPlace(settings);
  if (ssmAgent === undefined || place === undefined) {
    return "";
  }
  // AWS, "Manually installing SSM Agent on Debian Server instances".
  const bucket = `https://s3.${regionDomain(place.region)}/amazon-ssm-${place.region}`;
  return `
begin 'installing the SSM agent'
deb=/var/cache/amazon-ssm-agent.deb
curl -sS --fail --retry 3 -m 120 -o $deb ${bucket}/${ssmAgent.version}/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb \\
  && echo '${ssmAgent.sha256}  /var/cache/amazon-ssm-agent.deb' | sha256sum -c --quiet - && dpkg -i $deb \\
  || echo 'The SSM agent is not installed: no download, or not the checksum given. The relay runs without it.' >&2
rm -f $deb
`;
}
