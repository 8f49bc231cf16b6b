import { createHash } from "node:crypto";
import type { Fault } from "../faults";
import { regionDomain } from "./credential-source";
import { renderUnit, type ServerFile } from "./file";
import { QUEUE_DIRECTORY } from "./main-cf";
import type { RelaySettings } from "./settings";

/** The CloudWatch namespace of all relays; the server's role may write to no other. */
export const METRICS_NAMESPACE = "Smarthost";

/** The one dimension of every metric; its value is the relay's `hostName`. */
export const METRICS_DIMENSION = "Relay";

/** The timer that sends the metrics, every minute. */
export const METRICS_TIMER = "smarthost-metrics.timer";

/** Every metric. Counts of mail are since the values that were sent last; the others are of the moment. */
export const METRICS = {
  QueueLength: "messages in all queues together",
  QueueActive: "messages that are being delivered",
  QueueDeferred: "messages that wait for another try",
  QueueHold: "messages that somebody put on hold (postsuper -h)",
  QueueIncoming: "messages that have just come in",
  OldestSeconds: "age of the oldest message, those on hold left out; 0 without any",
  Delivered: "recipients whose mail the smart host took",
  Deferred: "attempts that are to be repeated",
  Bounced: "recipients given up: refused for good, or too long in the queue",
  AuthFailures: "logins that the smart host refused",
  TlsFailures: "sessions without TLS, or with a certificate that is not the smart host's",
  QueueDiskPercent: "use of the file system with the queue",
} as const;

export type MetricName = keyof typeof METRICS;

/** An SSM parameter that the server reads besides the password's. */
export interface MetricsParameter {
  name: string;
  /** The script that collects and sends the metrics: readable, no secret, at most 4096 bytes. */
  value: string;
}

/**
 * The script that collects and sends the metrics, and the SSM parameter of type String to keep it in: EC2's 16 KB of user
 * data have no room for it. User data has its SHA-256, so that nobody else's script runs and a change of it is seen.
 * Undefined where metrics are off.
 */
export function metricsParameter({
  metrics,
  hostName,
  credential,
}: RelaySettings): MetricsParameter | undefined {
  return metrics === true && credential.source === "ssm"
    ? { name: `${credential.parameterName}.metrics`, value: collector(hostName, credential.region) }
    : undefined;
}

/**
 * What sends the relay's metrics to CloudWatch every minute, with the instance's role (IMDSv2) and signed requests of
 * curl's; neither the role's keys nor a token ever stand in a process's arguments. Nothing where metrics are off.
 *
 * While Postfix does not run nothing is sent, so that a lack of values means that the relay is gone. What the log says
 * is counted from a cursor that moves when CloudWatch has taken the values, so that no delivery is lost.
 */
export function metricsFiles(settings: RelaySettings): ServerFile[] {
  const parameter = metricsParameter(settings);
  return parameter !== undefined && settings.credential.source === "ssm"
    ? [
        {
          path: "/usr/local/sbin/smarthost-metrics",
          mode: "0755",
          content: launcher(parameter, settings.credential.region),
        },
        { path: "/etc/systemd/system/smarthost-metrics.service", mode: "0644", content: SERVICE },
        { path: `/etc/systemd/system/${METRICS_TIMER}`, mode: "0644", content: TIMER },
      ]
    : [];
}

/** Metrics need AWS's metadata service and a role, which a relay elsewhere does not have. */
export function metricsFaults({ metrics, credential }: RelaySettings): Fault[] {
  const reason = "go to CloudWatch by the server's role on AWS, and the password comes from a file";
  const next = "Leave them out, or keep the password in SSM.";
  return metrics === true && credential.source !== "ssm" ? [{ path: "metrics", reason, next }] : [];
}

const SERVICE = renderUnit({
  Service: {
    Type: "oneshot",
    StateDirectory: "smarthost",
    TimeoutStartSec: "50",
    ExecStart: "/usr/local/sbin/smarthost-metrics",
  },
});

const TIMER = renderUnit({
  Timer: { OnCalendar: "minutely", AccuracySec: "1s" },
  Install: { WantedBy: "timers.target" },
});

/** Fetches the collector once and runs it, in a folder that has the role's keys for curl in the file `aws`. */
function launcher({ name, value }: MetricsParameter, region: string): string {
  const sum = createHash("sha256").update(value).digest("hex");
  return `#!/bin/sh
# Fetches the script that sends the metrics, if it is not here yet, and runs it.
set -eu
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
imds=http://169.254.169.254/latest
# Secrets go to curl in files: its arguments would show in the process list.
printf 'X-aws-ec2-metadata-token: ' >imds
curl -sSfm 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $imds/api/token >>imds
roles=$imds/meta-data/iam/security-credentials/
curl -sSfm 5 -H @imds $roles$(curl -sSfm 5 -H @imds $roles) >role
jq -r '"user = \\"\\(.AccessKeyId):\\(.SecretAccessKey)\\"\\nheader = \\"X-Amz-Security-Token: \\(.Token)\\""' role >aws
run=/var/lib/smarthost/metrics
check() { echo "${sum}  $run" | sha256sum -c --quiet; }
check 2>/dev/null || {
  curl -sSm 20 --fail-with-body -K aws --aws-sigv4 aws:amz:${region}:ssm -o answer -H 'Content-Type: application/x-amz-json-1.1' \\
    -H 'X-Amz-Target: AmazonSSM.GetParameter' -d '{"Name":"${name}"}' https://ssm.${regionDomain(region)}/ || { cat answer >&2; exit 1; }
  jq -j .Parameter.Value answer >$run
  check
}
. $run
`;
}

// Each line that awk reads is a message in the queue (`queue NAME ARRIVAL`), the use of the disk (one word), or a line of
// the log (`TIME HOST postfix/smtp[PID]: TEXT`). The texts are in
// Postfix's smtp_proto.c, smtp_sasl_glue.c and qmgr_active.c.
function collector(hostName: string, region: string): string {
  return `# Sends the relay's metrics to CloudWatch, while Postfix runs.
postfix status 2>/dev/null
cursor=/var/lib/smarthost/metrics-cursor
[ ! -e $cursor ] || cp $cursor cursor
postqueue -j >queue
jq -r '"queue \\(.queue_name) \\(.arrival_time)"' queue >in
# It ends with 1, and says nothing, where no line of the journal is at or after the cursor, as before the first mail.
journalctl -q -o short-unix --cursor-file=cursor -t postfix/smtp -t postfix/error -t postfix/qmgr >>in 2>err || [ ! -s err ] || {
  cat err >&2
  exit 1
}
df --output=pcent ${QUEUE_DIRECTORY} >>in
awk -v now="$(date +%s)" '
  # v has the values by metric; what is not in it is 0.
  $1 == "queue" {
    v["QueueLength"]++
    v["Queue" toupper(substr($2, 1, 1)) substr($2, 2)]++
    if ($2 != "hold" && now - $3 > v["OldestSeconds"]) v["OldestSeconds"] = now - $3
    next
  }
  NF == 1 { v["QueueDiskPercent"] = $1 + 0; next }
  /, dsn=[0-9.]+, status=sent \\(/ { v["Delivered"]++ }
  /, dsn=[0-9.]+, status=deferred \\(/ { v["Deferred"]++ }
  /, dsn=[0-9.]+, status=bounced \\(|, status=(force-)?expired, / { v["Bounced"]++ }
  # The queue manager repeats the smart host refusals for what it did not try.
  $3 !~ /^postfix\\/smtp\\[/ { next }
  /SASL authentication failed/ { v["AuthFailures"]++ }
  /Cannot start TLS|TLS is required, but|certificate not verified/ { v["TlsFailures"]++ }
  END {
    printf "Action=PutMetricData&Version=2010-08-01&Namespace=${METRICS_NAMESPACE}"
    n = split("${Object.keys(METRICS).join(" ")}", name)
    for (i = 1; i <= n; i++) {
      p = "&MetricData.member." i "."
      d = p "Dimensions.member.1."
      print p "MetricName=" name[i] p "Value=" (v[name[i]] + 0) d "Name=${METRICS_DIMENSION}" d "Value=${hostName}"
    }
  }' in >body
curl -sSm 20 --fail-with-body -K aws --aws-sigv4 aws:amz:${region}:monitoring -d @body -o sent https://monitoring.${regionDomain(region)}/ || {
  [ ! -e sent ] || cat sent >&2
  echo 'The metrics were not sent; the next ones count from the last that were.' >&2
  exit 1
}
[ ! -e cursor ] || mv cursor $cursor
`;
}
