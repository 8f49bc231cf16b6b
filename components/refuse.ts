import * as pulumi from "@pulumi/pulumi";
import { describeFaults, type Fault } from "./faults";

/** The error that lists all faults. A `RunError`, so that the engine prints the message without a stack trace. */
export function refusal(subject: string, faults: readonly Fault[]): pulumi.RunError {
  return new pulumi.RunError(describeFaults(subject, faults));
}

/** Stops the program with one error that lists all faults; does nothing when there is none. */
export function refuse(subject: string, faults: readonly Fault[]): void {
  if (faults.length > 0) {
    throw refusal(subject, faults);
  }
}
