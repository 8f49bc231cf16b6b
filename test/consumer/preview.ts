import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { program } from "./program";

/** Previews the program and prints the URNs of what it would make, one a line. */
async function main(): Promise<void> {
  const pulumiCommand = await PulumiCommand.get({ root: process.env.PULUMI_ROOT });
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "consumer", program },
    { workDir: process.cwd(), pulumiCommand },
  );
  await stack.setAllConfig({
    domain: { value: process.env.MAIL_DOMAIN ?? "" },
    zoneId: { value: process.env.ZONE_ID ?? "" },
    "aws:region": { value: "eu-central-1" },
  });
  await stack.preview({
    onEvent: ({ resourcePreEvent }) => {
      if (resourcePreEvent) {
        console.log(`${resourcePreEvent.metadata.op} ${resourcePreEvent.metadata.urn}`);
      }
    },
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
