import { currentNetwork } from "../../sandbox/machine/network";
import { serveNetworkRun } from "../../test/boot/network-run";
import { benchmarkInLab } from "./benchmark";
import { openLab } from "./lab";
import { relayOptions } from "./result";

// The benchmark as a program, for the sandbox's network: its result goes to stdout as JSON.
serveNetworkRun(async ({ mirrors, parameters }, say) => {
  const options = relayOptions.parse(parameters);
  const network = currentNetwork();
  if (network === undefined) throw new Error("this runs inside the sandbox's network only");
  const lab = await openLab(network, mirrors, say);
  try {
    return await benchmarkInLab(lab, options, say);
  } finally {
    await lab.close();
  }
});
