import { serveNetworkRun } from "../boot/network-run";
import { fleetScenario } from "./fleet-scenario";

/** The scenario as a program in the network. */
serveNetworkRun(({ mirrors }, say) => fleetScenario(mirrors, say));
