import { access, constants } from "node:fs/promises";
import { execa } from "execa";

/** A program that booting a server needs, and Debian's package for it. */
interface Need {
  program: string;
  package: string;
  purpose: string;
}

const NEEDS: readonly Need[] = [
  { program: "systemd-nspawn", package: "systemd-container", purpose: "boots the server" },
  { program: "mmdebstrap", package: "mmdebstrap", purpose: "makes the server's image" },
  { program: "nft", package: "nftables", purpose: "blocks port 25 as clouds do" },
  { program: "ip", package: "iproute2", purpose: "makes the network" },
  { program: "nsenter", package: "util-linux", purpose: "enters the network" },
  { program: "losetup", package: "util-linux", purpose: "makes disks from files" },
  { program: "mkfs.ext4", package: "e2fsprogs", purpose: "makes disks from files" },
  { program: "dnsmasq", package: "dnsmasq-base", purpose: "answers DHCP" },
];

const FOLDERS = [
  ...(process.env.PATH ?? "").split(":"),
  "/usr/local/sbin",
  "/usr/sbin",
  "/sbin",
  "/usr/bin",
  "/bin",
];

/** What this machine can do for the booted server. */
export interface Capabilities {
  /** True when a server can be booted here. */
  canBoot: boolean;
  /** What is in the way and cannot be installed: each a clause such as "the user is not root". */
  obstacles: string[];
  /** Debian packages that are missing; {@link installNeeds} brings them. */
  missingPackages: string[];
}

/** Finds out what is missing here for booting a server. Changes nothing. */
export async function capabilities(): Promise<Capabilities> {
  if (process.platform !== "linux") {
    return { canBoot: false, obstacles: [`this is ${process.platform}, not Linux`], missingPackages: [] };
  }
  const obstacles: string[] = [];
  if (process.getuid?.() !== 0) {
    obstacles.push("the user is not root");
  }
  for (const [path, what] of [
    ["/dev/loop-control", "loop devices (/dev/loop-control)"],
    ["/proc/self/ns/net", "network namespaces"],
    ["/sys/fs/cgroup", "control groups"],
  ] as const) {
    if (!(await exists(path))) {
      obstacles.push(`the kernel has no ${what}`);
    }
  }
  const missing: string[] = [];
  for (const need of NEEDS) {
    if (!(await findProgram(need.program))) {
      missing.push(need.package);
    }
  }
  const missingPackages = [...new Set(missing)];
  if (missingPackages.length > 0 && !(await findProgram("apt-get"))) {
    obstacles.push(`${missingPackages.join(", ")} are missing, and there is no apt-get to install them`);
  }
  return { canBoot: obstacles.length === 0 && missingPackages.length === 0, obstacles, missingPackages };
}

/**
 * Installs the missing packages by apt-get; needs root on Debian or a system made from it.
 *
 * @param onProgress gets one line a step
 * @throws Error with apt-get's own last lines when it fails
 */
export async function installNeeds(
  packages: readonly string[],
  onProgress: (line: string) => void = () => {},
): Promise<void> {
  if (packages.length === 0) {
    return;
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  onProgress("apt-get update");
  await execa("apt-get", ["-qq", "update"], { env });
  onProgress(`apt-get install ${packages.join(" ")}`);
  await execa("apt-get", ["-qq", "-y", "--no-install-recommends", "install", ...packages], { env });
}

async function findProgram(name: string): Promise<boolean> {
  for (const folder of FOLDERS) {
    if (await exists(`${folder}/${name}`, constants.X_OK)) {
      return true;
    }
  }
  return false;
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
