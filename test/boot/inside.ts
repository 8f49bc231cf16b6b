import { runMatrix } from "./matrix";
import { serveNetworkRun } from "./network-run";

/** The matrix as a program in the network; see network-run.ts. */
serveNetworkRun(runMatrix);
