import { spawn } from "node:child_process";
import { once } from "node:events";
import { Listr, type ListrTask } from "listr2";
import { findEngine } from "../engine/find-engine";
import { MIRROR_VARIABLE, runInside, type SandboxOptions } from "./inside";
import { baseImage, debianMirrors } from "./machine/base-image";
import { removeLeftovers, removeRunFolder } from "./machine/leftovers";
import { capabilities, installNeeds } from "./machine/needs";
import { createNetwork, enterCommand, mirrorAddresses, type Network, removeNetwork } from "./machine/network";
import { stageOptions } from "./stages";

/**
 * Prepares what needs the machine's own network (the engine, packages, the image), makes the network that plays
 * the cloud, and runs the sandbox inside of it. Where no server can be booted, it runs the rest and says so.
 * @returns the exit code
 */
export async function runOutside(options: SandboxOptions): Promise<number> {
  const { obstacles, missingPackages } = await capabilities();
  const boots = obstacles.length === 0;
  if (!boots && process.env.CI === "true") {
    console.error(
      `No server can be booted here (${obstacles.join("; ")}), and with CI=true that is a failure.`,
    );
    return 1;
  }
  const hosts = new Map<string, string[]>();
  const tasks: ListrTask[] = [
    {
      title: "Pulumi CLI",
      task: async (_, task) => {
        const engine = await findEngine({ onProgress: showIn(task) });
        task.title = `Pulumi CLI ${engine.version}: ${engine.reason}`;
      },
    },
    {
      title: "Packages for booting a server",
      enabled: boots && missingPackages.length > 0,
      task: (_, task) => installNeeds(missingPackages, showIn(task)),
    },
    {
      title: `Debian ${options.debian} image`,
      enabled: boots,
      task: async (_, task) => {
        const mirrors = await debianMirrors();
        await baseImage(options.debian, mirrors, showIn(task));
        for (const [name, addresses] of await mirrorAddresses(Object.values(mirrors))) {
          hosts.set(name, addresses);
        }
      },
    },
  ];
  await new Listr(tasks, stageOptions(options)).run();
  if (!boots) {
    console.error(`Without the booted server: ${obstacles.join("; ")}.`);
    return runInside(options);
  }

  await removeLeftovers();
  const network = await createNetwork();
  try {
    return await enter(network, hosts);
  } finally {
    await removeNetwork(network);
    await removeRunFolder(network.name);
  }
}

function showIn(task: { output: string }): (line: string) => void {
  return (line) => {
    task.output = line;
  };
}

/** Runs this same program inside the network. */
async function enter(network: Network, hosts: ReadonlyMap<string, string[]>): Promise<number> {
  const { command, env } = enterCommand(network);
  const [program = "", ...words] = [...command, process.execPath, ...process.argv.slice(1)];
  const child = spawn(program, words, {
    stdio: "inherit",
    env: { ...process.env, ...env, [MIRROR_VARIABLE]: JSON.stringify([...hosts]) },
  });
  // Ctrl-C reaches the child by itself too, which takes a second one for the same.
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGTERM", forward).on("SIGINT", forward);
  try {
    const [code] = await once(child, "exit");
    return typeof code === "number" ? code : 1;
  } finally {
    process.off("SIGTERM", forward).off("SIGINT", forward);
  }
}
