import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { baseImage, debianMirrors } from "../../sandbox/machine/base-image";
import { removeLeftovers, removeRunFolder } from "../../sandbox/machine/leftovers";
import { capabilities, installNeeds } from "../../sandbox/machine/needs";
import { createNetwork, enterCommand, mirrorAddresses, removeNetwork } from "../../sandbox/machine/network";

/** Hosts of the package mirror with their addresses, as the machine outside resolves them. */
export type MirrorHosts = [host: string, addresses: string[]][];

/** What a program in the network gets as its one argument, in JSON. */
export interface NetworkInput<Parameters> {
  mirrors: MirrorHosts;
  parameters: Parameters;
}

/**
 * Makes a network that plays the cloud, runs a program of the project's in it, and removes the network.
 *
 * The program is a TypeScript file that prints one JSON value to stdout; see {@link networkInput} for its argument. Its
 * stderr is passed on line by line.
 *
 * @param entry the file, from the project's folder, such as `test/boot/inside.ts`
 * @param debians the releases whose images the program needs
 * @returns what the program printed, unchecked
 * @throws Error when no server can be booted here, or the program fails
 */
export async function runInNetwork(
  entry: string,
  parameters: unknown,
  debians: readonly (12 | 13)[],
  say: (line: string) => void,
): Promise<unknown> {
  const here = await capabilities();
  if (here.obstacles.length > 0) {
    throw new Error(
      `No server can be booted here: ${here.obstacles.join("; ")}. Next: run it as root on Linux.`,
    );
  }
  await installNeeds(here.missingPackages, say);
  const found = await debianMirrors();
  for (const debian of debians) await baseImage(debian, found, say);
  const mirrors: MirrorHosts = [...(await mirrorAddresses(Object.values(found)))];
  const program = await bundle(entry);
  await removeLeftovers();
  const network = await createNetwork();
  try {
    const { command, env } = enterCommand(network);
    const [file = "", ...words] = command;
    const child = execa(file, [...words, process.execPath, program], {
      env,
      input: JSON.stringify({ mirrors, parameters }),
      buffer: { stdout: true, stderr: false },
      maxBuffer: 100_000_000,
    });
    // The program ends, and with the network every server in it.
    const stop = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGINT", stop).on("SIGTERM", stop);
    try {
      for await (const line of child.iterable({ from: "stderr" })) say(line);
      return JSON.parse(String((await child).stdout));
    } finally {
      process.off("SIGINT", stop).off("SIGTERM", stop);
    }
  } finally {
    await removeNetwork(network);
    await removeRunFolder(network.name);
    await rm(program, { force: true });
  }
}

/** What {@link runInNetwork} gives to the program, from stdin. The caller checks the parameters. */
export async function networkInput(): Promise<NetworkInput<unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

/**
 * Runs a program's work in the network: input from stdin, result as JSON to stdout, an error to stderr with exit code 1.
 */
export function serveNetworkRun(
  work: (input: NetworkInput<unknown>, say: (line: string) => void) => Promise<unknown>,
): void {
  networkInput()
    .then((input) => work(input, (line) => process.stderr.write(`${line}\n`)))
    .then((result) => new Promise((resolve) => process.stdout.write(JSON.stringify(result), resolve)))
    .then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
        process.exit(1);
      },
    );
}

async function bundle(entry: string): Promise<string> {
  const name = entry.replace(/\.ts$/, "").replaceAll("/", "-");
  const outfile = join(process.cwd(), "node_modules", ".cache", `${name}-${process.pid}.cjs`);
  await build({
    entryPoints: [join(process.cwd(), entry)],
    outfile,
    bundle: true,
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}
