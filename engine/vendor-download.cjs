// Downloads the Pulumi CLI by the official SDK's own call, in a process of its own, because that call
// can not be cancelled. Started by vendor-download.ts; arguments: ROOT VERSION.
// Ends with 0, or with 1 and one line on stderr that says why.
"use strict";
const { PulumiCommand } = require("@pulumi/pulumi/automation");
const { SemVer } = require("semver");

const vendor = "https://get.pulumi.com/";

async function main([root, version]) {
  // Asked first, with a short patience: where the network refuses the vendor's site this fails at once
  // with the cause, while the SDK's call would wait for two minutes and then say "fetch failed".
  await fetch(vendor, { method: "HEAD", signal: AbortSignal.timeout(10_000) }).catch((error) => {
    const cause = error.cause?.code ?? error.cause?.message ?? error.message;
    throw new Error(`${vendor} cannot be reached (${cause})`);
  });
  await PulumiCommand.install({ root, version: new SemVer(version) });
}

main(process.argv.slice(2)).catch((error) => {
  console.error(String(error.message).trim().split("\n", 1)[0]);
  process.exit(1);
});
