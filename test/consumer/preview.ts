import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { program } from "./program";

/** Previews the program for the domain and the zone in the arguments; prints what it would do, a step a line. */
async function main([domain = "", zoneId = ""]: string[]): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "consumer", program },
    { workDir: process.cwd(), pulumiCommand: await PulumiCommand.get() },
  );
  await stack.setAllConfig({
    domain: { value: domain },
    zoneId: { value: zoneId },
    "aws:region": { value: "eu-central-1" },
  });
  await stack.preview({
    onEvent: ({ resourcePreEvent }) => {
      if (resourcePreEvent) {
        const { op, urn } = resourcePreEvent.metadata;
        console.log(`${op} ${urn}`);
      }
    },
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
