import { serveNetworkRun } from "../boot/network-run";
import { relayScenario } from "./relay-scenario";

/** The scenario as a program in the network. */
serveNetworkRun(({ mirrors }, say) => relayScenario(13, mirrors, say));
