import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "./project-root";

/**
 * Downloads the Pulumi CLI from the vendor's site by the official SDK's call (`PulumiCommand.install`)
 * into `root`/bin, the vendor's language hosts beside it.
 * @param options.version without a "v"
 * @throws Error with the reason in one line, within 10 seconds where the network refuses the site, and
 *   after 5 minutes in any case.
 */
export async function downloadFromVendor(options: {
  root: string;
  version: string;
  signal?: AbortSignal;
}): Promise<void> {
  const script = join(projectRoot(), "engine", "vendor-download.cjs");
  const result = await execa(process.execPath, [script, options.root, options.version], {
    stdin: "ignore",
    timeout: 300_000,
    cancelSignal: options.signal,
    reject: false,
  });
  options.signal?.throwIfAborted();
  if (result.timedOut) {
    throw new Error("the download did not end within 5 minutes");
  }
  if (result.failed) {
    throw new Error(result.stderr.trim() || `the download ended with exit code ${result.exitCode}`);
  }
}
