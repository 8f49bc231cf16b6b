import type { Provider } from "./definition";
import { serve } from "./server";

/**
 * Runs a provider as a Pulumi plugin: takes the engine's address from the arguments and prints the port, which
 * has to be the first line on stdout. Ends with the engine, however that ends.
 */
export async function runPlugin<Session>(provider: Provider<Session>): Promise<void> {
  // Before the engine learns the port: it may end the plugin, or be ended itself, right after.
  exitWithEngine();
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const running = await serve(provider, { engineAddress });
  process.stdout.write(`${running.port}\n`);
}

function exitWithEngine(): void {
  // The engine ends a plugin that it is done with by SIGINT, and waits five seconds for it. A Ctrl-C in the
  // terminal does not come here: plugins have a process group of their own, and the engine sends Cancel.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(0);
  }, 1000).unref();
}
