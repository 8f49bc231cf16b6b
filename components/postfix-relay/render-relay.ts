import { describeFaults } from "../faults";
import { renderMainCf } from "./postfix/main-cf";
import { type MasterService, masterServices } from "./postfix/master-cf";
import type { ServerFile } from "./server/file";
import { checkRelaySettings, type RelaySettings } from "./settings";
import { relayFiles, renderUserData } from "./user-data";

/** A relay as text, by the names of Postfix and cloud-init. */
export interface RenderedRelay {
  /** Postfix's main.cf (postconf(5)). */
  mainCf: string;
  /** The services that Debian's master.cf lacks (master(5)). */
  masterCf: MasterService[];
  /** All files that the server gets, main.cf among them. */
  files: ServerFile[];
  /** The cloud-config that puts the files onto a fresh Debian and starts it all. */
  userData: string;
}

/**
 * A relay from its settings, without Pulumi and without a cloud: give `userData` to any server with cloud-init. No
 * part of it is secret, and the same settings give the same text.
 *
 * @throws Error with all faults of the settings, or with the size when the user data is too long
 */
export function renderRelay(settings: RelaySettings): RenderedRelay {
  const faults = checkRelaySettings(settings);
  if (faults.length > 0) {
    throw new Error(describeFaults("The relay", faults));
  }
  return {
    mainCf: renderMainCf(settings),
    masterCf: masterServices(settings),
    files: relayFiles(settings),
    userData: renderUserData(settings),
  };
}
