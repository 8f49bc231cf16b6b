import type { Fault } from "../../faults";
import { OncePerRun } from "../../once-per-run";

/** The components that have taken a name, in a run of the program. */
const owners = new OncePerRun<{ subject?: string }>();

/**
 * Notes that a relay has a name, and says when another relay of this program has it already: what both keep in
 * Parameter Store is called after it. Pulumi itself allows one name in two parents of different types.
 *
 * @param subject the component, for the message, such as `PostfixRelay "mail"`
 */
export function nameFaults(subject: string, name: string): Fault[] {
  const owner = owners.get(name, () => ({}));
  const other = owner.subject;
  owner.subject ??= subject;
  if (other === undefined) {
    return [];
  }
  const reason = `is the name of ${other} of this program too, and their passwords would be one parameter`;
  return [{ path: "name", value: name, reason, next: "Give one of them another name." }];
}
