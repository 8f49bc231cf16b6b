import type { ServerFile } from "./file";

/** The file that scripts on the server source (`. FILE`) for requests to AWS; see {@link withAwsSession}. */
export const AWS_SESSION_FILE = "/usr/local/lib/smarthost/aws.sh";

/**
 * A folder of the script's own, as its working directory and root's alone, that goes with the script. A script that does
 * not source {@link AWS_SESSION_FILE}, which has it, needs it itself.
 */
export const WORK_FOLDER = `umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
`;

/**
 * The files, with the one that some of them source, if any does, to speak to AWS as the instance's role. For a script of
 * root's with `set -e`, it makes a working directory ({@link WORK_FOLDER}), takes the role's keys by IMDSv2, and has
 * these functions:
 *
 * - `imds PATH` prints a piece of `meta-data`, such as `imds instance-id`. Its token lives 6 hours, the longest there is.
 * - `aws SERVICE REGION URL [ARGUMENT…]` is a request of curl's with SigV4; the arguments are curl's. The answer is in the
 *   file `answer`. When it fails, AWS's own words go to the log, and the result is not 0.
 * - `json SERVICE REGION URL TARGET BODY` is such a request in AWS's JSON protocol 1.1.
 * - `ssm NAME REGION URL` brings an SSM parameter, decrypted: `.Parameter.Value` in `answer`.
 * - `stored NAME REGION URL SHA256 FILE` puts a parameter's value into FILE, if FILE has not this checksum already, and
 *   fails when it still has not.
 *
 * Neither the role's keys nor tokens stand in a process's arguments; curl reads them from files.
 */
export function withAwsSession(files: readonly ServerFile[]): ServerFile[] {
  const uses = (text: string) => files.some(({ content }) => content.includes(text));
  if (!uses(`. ${AWS_SESSION_FILE}\n`)) {
    return [...files];
  }
  const content = `${SESSION}${uses("\nstored ") ? STORED : ""}`;
  return [...files, { path: AWS_SESSION_FILE, mode: "0644", content }];
}

const SESSION = `# Requests to AWS as the instance's role; sourced by scripts.
${WORK_FOLDER}
# Secrets go to curl in files: its arguments would show in the process list.
printf 'X-aws-ec2-metadata-token: ' > imds
curl -sSfm 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600' http://169.254.169.254/latest/api/token >> imds
imds() { curl -sSfm 5 -H @imds "http://169.254.169.254/latest/meta-data/$1"; }
role=$(imds iam/security-credentials/)
imds "iam/security-credentials/$role" > role
jq -r '"user = \\"\\(.AccessKeyId):\\(.SecretAccessKey)\\"\\nheader = \\"X-Amz-Security-Token: \\(.Token)\\""' role > aws

aws() {
  sigv4=aws:amz:$2:$1 service=$1
  shift 2
  rm -f answer
  curl -sSm 20 --fail-with-body -K aws --aws-sigv4 $sigv4 -o answer "$@" && return
  [ ! -s answer ] || echo "$service: $(jq -r '"\\(.__type): \\(.message // .Message)"' answer 2>/dev/null || cat answer)"
  return 1
} >&2
json() { aws $1 $2 $3 -H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: $4" -d "$5"; }
ssm() { json ssm $2 $3 AmazonSSM.GetParameter '{"Name":"'$1'","WithDecryption":true}'; }
`;

const STORED = `stored() {
  echo "$4  $5" | sha256sum -c --status 2>/dev/null && return
  ssm $1 $2 $3
  jq -j .Parameter.Value answer > $5
  echo "$4  $5" | sha256sum -c --quiet
}
`;
