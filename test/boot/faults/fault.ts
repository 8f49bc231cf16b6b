import type { RelayKind } from "../relays";
import type { Trial } from "../trial";

/** One way in which something goes wrong, or none, on a relay that runs. */
export interface Fault {
  /** The name for `--fault`: lower-case words and hyphens. */
  name: string;
  /** What happens, in one short line for the table's reader. */
  title: string;
  /** The relay that it happens to. */
  relay: RelayKind;
  /**
   * Hands in mail and brings the fault about, then takes it away. Everything else is well before it starts. When it
   * returns, what still waits is delivered and the books are balanced by the caller.
   */
  run(trial: Trial): Promise<void>;
}
