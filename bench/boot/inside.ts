import { serveNetworkRun } from "../../test/boot/network-run";
import { measureBoots } from "./measure";
import { bootOptions } from "./options";

// The measurement as a program, for the sandbox's network: its result goes to stdout as JSON.
serveNetworkRun(({ mirrors, parameters }, say) => measureBoots(bootOptions.parse(parameters), mirrors, say));
