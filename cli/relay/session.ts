import { Progress } from "../progress";
import type { Surroundings } from "../surroundings";
import type { Transport } from "../transport/transport";
import { type TargetFlags, transportTo } from "./target";

/** One run of a command against one relay. */
export interface Session {
  transport: Transport;
  progress: Progress;
}

/** Finds the way to the relay, which can take a while with a stack. @throws Problem as {@link transportTo} */
export async function openSession(flags: TargetFlags, surroundings: Surroundings): Promise<Session> {
  const progress = new Progress(surroundings.err);
  const transport = await progress.during("finding the relay", () =>
    transportTo(flags, surroundings, progress.set),
  );
  return { transport, progress };
}
