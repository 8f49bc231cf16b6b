import { main } from "@pulumi/pulumi/provider";
import { version } from "../package.json";
import { REPOSITORY } from "../providers/sendgrid/repository";
import { componentProvider } from "./provider";

const provider = componentProvider({
  version,
  pluginDownloadURL: `github://api.github.com/${REPOSITORY}`,
});

if (process.argv.includes("--schema")) {
  process.stdout.write(`${JSON.stringify(JSON.parse(provider.schema ?? ""), null, 2)}\n`);
} else {
  main(provider, process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
