import { type Command, Option } from "commander";
import { wrongUsage } from "../problem";
import type { Surroundings } from "../surroundings";
import { LocalTransport } from "../transport/local";
import { SshTransport } from "../transport/ssh";
import { stackTarget } from "../transport/stack-target";
import type { Transport } from "../transport/transport";

/** The options that say which relay is meant, and by which way it is reached. */
export interface TargetFlags {
  stack?: string;
  cwd?: string;
  instance?: string;
  region?: string;
  ssh?: string;
  sshConfig?: string;
  local?: boolean;
}

/** Adds the options of {@link TargetFlags}. */
export function withTarget(command: Command): Command {
  const heading = "Which relay (one of these):";
  const further = "More about the way there:";
  const options: [flags: string, description: string, group: string][] = [
    ["-s, --stack <name>", "the relay of a Pulumi stack, by AWS Systems Manager", heading],
    ["-i, --instance <id>", "an EC2 instance, by AWS Systems Manager", heading],
    ["--ssh <destination>", "user@host or ssh://user@host:port, by the system's ssh", heading],
    ["--local", "this very server", heading],
    ["-C, --cwd <folder>", "the folder of the Pulumi project, with --stack", further],
    ["--region <region>", "AWS's region, where the environment has none or another", further],
    ["--ssh-config <file>", "a configuration file for ssh", further],
  ];
  for (const [flags, description, group] of options) {
    command.addOption(new Option(flags, description).helpGroup(group));
  }
  return command;
}

/** Whether a relay is named at all. */
export function hasTarget({ stack, instance, ssh, local }: TargetFlags): boolean {
  return local === true || [stack, instance, ssh].some((each) => each !== undefined);
}

/**
 * The way to the relay that the options name.
 *
 * @throws Problem where they name none or several, or options that do not go together
 */
export async function transportTo(
  flags: TargetFlags,
  { locate, localEnv }: Surroundings,
  onProgress: (text: string) => void,
): Promise<Transport> {
  checkTarget(flags);
  const { stack, cwd, instance, region, ssh, sshConfig } = flags;
  if (ssh !== undefined) {
    return new SshTransport({ destination: ssh, config: sshConfig }, locate);
  }
  if (stack === undefined && instance === undefined) {
    return new LocalTransport(locate, localEnv);
  }
  const found = stack === undefined ? { instance: instance ?? "" } : await stackTarget({ stack, cwd });
  // Loaded when it is needed: AWS's SDK takes longer to load than everything else.
  const { SystemsManagerTransport } = await import("../transport/systems-manager");
  return new SystemsManagerTransport({ ...found, ...(region && { region }), onProgress }, locate);
}

/** @throws Problem with everything that is wrong with the options */
function checkTarget(flags: TargetFlags): void {
  const { stack, instance, ssh, local, cwd, region, sshConfig } = flags;
  const named = [stack && "--stack", instance && "--instance", ssh && "--ssh", local && "--local"].filter(
    Boolean,
  );
  const faults = [
    ...(named.length === 0 ? ["no relay is named"] : []),
    ...(named.length > 1 ? [`${named.join(" and ")} name several relays`] : []),
    ...(cwd !== undefined && stack === undefined ? ["--cwd goes with --stack"] : []),
    ...(region !== undefined && stack === undefined && instance === undefined
      ? ["--region goes with --stack and --instance"]
      : []),
    ...(sshConfig !== undefined && ssh === undefined ? ["--ssh-config goes with --ssh"] : []),
  ];
  if (faults.length > 0) {
    throw wrongUsage(faults.join("; "), "Name the relay by one of --stack, --instance, --ssh and --local.");
  }
}
