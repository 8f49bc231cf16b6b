import { QUEUE_DIRECTORY } from "../postfix/main-cf";
import { AWS_SESSION_FILE } from "./aws-session";
import { regionDomain } from "./credential-source";

/** What the script that ends a server has to know. Nothing in it is secret. */
export interface DrainScriptSettings {
  region: string;
  /** The Auto Scaling group that ends the server. */
  group: string;
  /** The group's hook on `autoscaling:EC2_INSTANCE_TERMINATING`. */
  hook: string;
  /** How long the server tries to get rid of its mail, in seconds. */
  limitSeconds: number;
  /** The SSM parameter with the name under which the other servers take mail on port 25. */
  balancerParameter: string;
  /** The device name of the queue volume in the launch template, such as `/dev/sdf`. */
  queueDevice: string;
}

/** How often a server says that it is still at it, in seconds; a third or less of the hook's heartbeat timeout. */
export const HEARTBEAT_SECONDS = 60;

/**
 * The shell script by which a server of a group comes to its end. It waits until the group ends the server (IMDS,
 * `autoscaling/target-lifecycle-state`); sends new sessions away, so that those in progress end well; has everything tried
 * once more; relays what remains to the other servers; and completes the lifecycle action.
 *
 * It can be started again at any point, also after a restart of the server: each step looks at what is there. 5xx of
 * another server counts as temporary (`soft_bounce`), so that mail that none takes stays. What is handed over is logged as
 * `postfix/handover/smtp`, so that the metrics do not count it as delivered to the smart host. With an empty queue, and no
 * notices, the queue volume is set to go with the server; otherwise it stays, and so it does where it is not mounted.
 *
 * To be sourced behind {@link AWS_SESSION_FILE}, whose functions it uses.
 */
export function drainScript(settings: DrainScriptSettings): string {
  const { region, group, hook, limitSeconds, balancerParameter, queueDevice } = settings;
  const url = (service: string) => `https://${service}.${regionDomain(region)}/`;
  return `# Waits until the group ends this server; then hands its mail over.
while :; do
  state=$(imds autoscaling/target-lifecycle-state)
  [ "$state" != Terminated ] || break
  sleep 10
done
id=$(imds instance-id)
since=/var/lib/smarthost/drain-since
[ -s $since ] || date +%s >$since
passed() { echo $(($(date +%s) - $(cat $since))); }
# The role's keys run out: each request takes fresh ones.
fresh() { cd / && rm -rf "$work" && . ${AWS_SESSION_FILE}; }
action() {
  fresh
  aws autoscaling ${region} ${url("autoscaling")} -d "Action=$1&Version=2011-01-01&AutoScalingGroupName=${group}&LifecycleHookName=${hook}&InstanceId=$id$2"
}
beaten=0
beat() {
  [ $(($(passed) - beaten)) -ge ${HEARTBEAT_SECONDS} ] || return 0
  beaten=$(passed)
  action RecordLifecycleActionHeartbeat '' || true
}
# Mode 600, but for notices: never accepted, because cleanup(8) was killed before it had written it.
list() { cd ${QUEUE_DIRECTORY} && find "$@" -type f ! \\( -perm 600 ! -path 'notices/*' \\); }
files() { (list "$@" 2>/dev/null | wc -l); }
sessions() { ss -Htn state established '( sport = :25 or sport = :465 or sport = :587 )' | wc -l; }
reload() {
  postfix reload
  # A request that reaches the old queue manager is lost with it.
  sleep 2
  postqueue -f
}

echo 'the group ends this server: no more mail is accepted'
systemctl stop smarthost-setup.service
# Not by taking the ports away: master(8) would do nothing else until the last open session has ended.
postconf smtpd_delay_reject=no 'smtpd_client_restrictions=check_client_access static:{421 4.3.2 this server goes, try again}'
# After a restart of the server Postfix waits for its volume, which may never come.
beat
timeout 120 systemctl start postfix || true
! postfix status 2>/dev/null || reload

hand_over() {
  fresh
  ssm ${balancerParameter} ${region} ${url("ssm")} || return 0
  to=$(jq -r .Parameter.Value answer)
  echo "$(files maildrop incoming active deferred) messages go to the other servers, by $to"
  # The other servers have this one's name, which Postfix would take for a loop: so it has another one on this way.
  postconf -M "handover/unix=handover unix - - y - - smtp -o syslog_name=postfix/handover -o myhostname=$id.$(postconf -h myhostname) -o smtp_sasl_auth_enable=no -o smtp_tls_security_level=may -o smtp_tls_policy_maps= -o smtp_fallback_relay= -o soft_bounce=yes"
  postconf "relayhost=[$to]:25" default_transport=handover transport_maps= sender_dependent_relayhost_maps= sender_dependent_default_transport_maps=
  handed=1
  reload
}
handed=0
while postfix status 2>/dev/null && [ $(passed) -lt ${limitSeconds} ]; do
  beat
  sleep 5
  if [ $(files maildrop incoming active deferred) = 0 ]; then
    [ $(sessions) != 0 ] || break
  elif [ $handed = 1 ]; then
    postqueue -f
  elif [ $(files maildrop incoming active) = 0 ] || [ $(passed) -ge ${Math.floor(limitSeconds / 2)} ]; then
    hand_over
  fi
done
# Nothing comes or moves any more, so that the last look is sure.
! postfix status 2>/dev/null || postfix stop
if ! left=$(mountpoint -q ${QUEUE_DIRECTORY} && list maildrop incoming active deferred hold corrupt notices); then
  echo 'the queue cannot be read: its volume stays when the server goes' >&2
elif [ -z "$left" ]; then
  echo 'the queue is empty: its volume goes with the server'
  fresh
  aws ec2 ${region} ${url("ec2")} -d "Action=ModifyInstanceAttribute&Version=2016-11-15&InstanceId=$id&BlockDeviceMapping.1.DeviceName=${encodeURIComponent(queueDevice)}&BlockDeviceMapping.1.Ebs.DeleteOnTermination=true" ||
    echo 'the volume could not be marked; it stays, without mail' >&2
else
  echo "$(echo "$left" | wc -l) messages or notices are left: their volume stays when the server goes" >&2
fi
tries=0
until action CompleteLifecycleAction '&LifecycleActionResult=CONTINUE'; do
  tries=$((tries + 1))
  [ $tries -lt 30 ] || exit 0
  sleep 10
done
echo 'the server may go'
`;
}
