import { serveNetworkRun } from "../../boot/network-run";
import { doctorScenario } from "./scenario";

/** The scenario as a program in the network. */
serveNetworkRun(({ mirrors }, say) => doctorScenario(mirrors, say));
