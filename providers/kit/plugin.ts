import type { Provider } from "./definition";
import { serve } from "./server";

/**
 * Runs a provider as a Pulumi plugin: takes the engine's address from the arguments and prints the port, which
 * has to be the first line on stdout. Ends with the engine, however that ends.
 */
export async function runPlugin<Session>(provider: Provider<Session>): Promise<void> {
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const running = await serve(provider, { engineAddress });
  process.stdout.write(`${running.port}\n`);
  // On Ctrl-C the engine sends Cancel and waits for what is under way; the signal itself must not end it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => process.exit(0));
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(0);
  }, 1000).unref();
}
