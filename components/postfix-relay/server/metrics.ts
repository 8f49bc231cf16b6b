import type { Fault } from "../../faults";
import { QUEUE_DIRECTORY } from "../postfix/main-cf";
import { BOUNCE_REFUSAL } from "../postfix/routes";
import type { RelaySettings } from "../settings";
import { AWS_SESSION_FILE } from "./aws-session";
import { awsPlace } from "./credential-source";
import { renderUnit, type ServerFile } from "./file";
import { regionDomain } from "./region";
import { runScript, type ScriptParameter, scriptParameter } from "./script-parameter";

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
  DeliveryBacklog: "messages that are being delivered; 0 where none arrived since the last values",
  OldestSeconds: "age of the oldest message, those on hold left out; 0 without any",
  Delivered: "recipients whose mail the smart host took",
  Deferred: "attempts that are to be repeated",
  Bounced: "recipients given up: refused for good, or too long in the queue",
  ConnectFailures: "attempts that found no way to the smart host: no address, refused, timed out, broken off",
  TemporaryRefusals: "attempts that the smart host put off by its answer (4xx)",
  AuthFailures: "logins that the smart host refused, and those not tried because it just had",
  TlsFailures: "sessions without TLS, or with a certificate that is not the smart host's",
  QueueDiskPercent: "use of the file system with the queue",
} as const;

export type MetricName = keyof typeof METRICS;

/** The script that collects and sends the metrics. Undefined where metrics are off. */
export function metricsParameter(settings: RelaySettings): ScriptParameter | undefined {
  const place = settings.metrics === true ? awsPlace(settings) : undefined;
  return place && scriptParameter(`${place.prefix}.metrics`, collector(settings.hostName, place.region));
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
  const place = awsPlace(settings);
  return parameter !== undefined && place !== undefined
    ? [
        {
          path: "/usr/local/sbin/smarthost-metrics",
          mode: "0755",
          content: launcher(parameter, place.region),
        },
        { path: "/etc/systemd/system/smarthost-metrics.service", mode: "0644", content: SERVICE },
        { path: `/etc/systemd/system/${METRICS_TIMER}`, mode: "0644", content: TIMER },
      ]
    : [];
}

/** Metrics need AWS's metadata service and a role, which a relay elsewhere does not have. */
export function metricsFaults(settings: RelaySettings): Fault[] {
  const reason = "go to CloudWatch by the server's role on AWS, and the password comes from a file";
  const next = "Leave them out, or keep the password in SSM or Secrets Manager.";
  return settings.metrics === true && awsPlace(settings) === undefined
    ? [{ path: "metrics", reason, next }]
    : [];
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

/** Fetches the collector once and runs it, with the functions of `aws-session.ts`. */
function launcher(script: ScriptParameter, region: string): string {
  return `#!/bin/sh
# Fetches the script that sends the metrics, if it is not here yet, and runs it.
set -eu
. ${AWS_SESSION_FILE}
${runScript(script, region, "/var/lib/smarthost/metrics")}
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
  # A bounce that becomes a notice: the message itself is counted already.
  /: to=<[^>]*>, relay=none, .*, status=bounced \\(${BOUNCE_REFUSAL}\\)$/ { next }
  /, dsn=[0-9.]+, status=sent \\(/ { v["Delivered"]++ }
  /, dsn=[0-9.]+, status=deferred \\(/ { v["Deferred"]++ }
  /, dsn=[0-9.]+, status=bounced \\(|, status=(force-)?expired, / { v["Bounced"]++ }
  # The queue manager repeats the smart host refusals for what it did not try.
  $3 !~ /^postfix\\/smtp\\[/ { next }
  /SASL (\\[CACHED\\] )?authentication failed/ { v["AuthFailures"]++ }
  /, status=deferred \\((connect to|lost connection|conversation with|Host or domain name not found)/ { v["ConnectFailures"]++ }
  /, status=deferred \\(host [^ ]+ (said|refused to talk to me): 4/ { v["TemporaryRefusals"]++ }
  /Cannot start TLS|TLS is required, but|certificate not verified/ { v["TlsFailures"]++ }
  END {
    # By it a fleet grows, and while nothing arrives more servers would not help.
    if (v["Delivered"]) v["DeliveryBacklog"] = v["QueueActive"]
    printf "Action=PutMetricData&Version=2010-08-01&Namespace=${METRICS_NAMESPACE}"
    n = split("${Object.keys(METRICS).join(" ")}", name)
    for (i = 1; i <= n; i++) {
      p = "&MetricData.member." i "."
      d = p "Dimensions.member.1."
      print p "MetricName=" name[i] p "Value=" (v[name[i]] + 0) d "Name=${METRICS_DIMENSION}" d "Value=${hostName}"
    }
  }' in >body
aws monitoring ${region} https://monitoring.${regionDomain(region)}/ -d @body || {
  echo 'The metrics were not sent; the next ones count from the last that were.' >&2
  exit 1
}
[ ! -e cursor ] || mv cursor $cursor
`;
}
