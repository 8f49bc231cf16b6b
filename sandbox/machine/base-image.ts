import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import { execa } from "execa";
import { lock } from "proper-lockfile";

/** The releases that the relay runs on, and what Debian calls them. */
const SUITES = { 12: "bookworm", 13: "trixie" } as const;
/** The DHCP client that cloud-init finds on each release. */
const DHCP_CLIENTS = { 12: "isc-dhcp-client", 13: "dhcpcd-base" } as const;

/** What Debian's image for EC2 has of the things that matter here, and cloud-init. Nothing of the relay's. */
const PACKAGES = [
  "dbus",
  "systemd-sysv",
  "libpam-systemd",
  "udev",
  "cloud-init",
  "systemd-resolved",
  "iproute2",
  "procps",
  "netbase",
  "ca-certificates",
  "curl",
  "openssl",
  "e2fsprogs",
];

/** Where Debian's packages come from: the main archive and the security archive. */
export interface Mirrors {
  archive: URL;
  security: URL;
}

/**
 * A root file system like the one of Debian's EC2 image, cached in the user's cache folder. It is a substitute
 * for that image: same packages from the same archive, but no kernel, no boot loader, no image build of Debian's.
 *
 * Two processes that ask at once build it once. About 30 s when it is not in the cache.
 *
 * @returns the folder; it is a lower layer for overlays and must not be written to
 */
export async function baseImage(
  debian: 12 | 13,
  mirrors: Mirrors,
  onProgress: (line: string) => void = () => {},
): Promise<string> {
  const args = recipe(debian, mirrors);
  const fingerprint = createHash("sha256").update(args.join("\n")).digest("hex").slice(0, 12);
  const cache = join(envPaths("smarthost", { suffix: "" }).cache, "images");
  const image = join(cache, `debian-${debian}-${fingerprint}`);
  if (existsSync(image)) {
    return image;
  }
  await mkdir(cache, { recursive: true });
  const release = await lock(cache, {
    lockfilePath: `${image}.lock`,
    retries: { retries: 300, minTimeout: 1_000, maxTimeout: 1_000 },
  });
  try {
    if (!existsSync(image)) {
      await build(args, image, onProgress);
    }
  } finally {
    await release();
  }
  return image;
}

/** Names the Debian mirror, for machines whose own package sources are another distribution's. */
const MIRROR_VARIABLE = "DEBIAN_MIRROR";

/**
 * The Debian mirror: the one that DEBIAN_MIRROR names (its `debian-security` lies beside it), or else the ones in
 * this machine's own apt sources.
 *
 * @throws Error with the next action, when neither names one
 */
export async function debianMirrors(): Promise<Mirrors> {
  const named = process.env[MIRROR_VARIABLE];
  const urls = named ? [named, named.replace(/\/debian\/?$/, "/debian-security")] : await aptSources();
  const archive = urls.find((url) => /\/debian\/?$/.test(url));
  const security = urls.find((url) => /\/debian-security\/?$/.test(url));
  if (archive === undefined || security === undefined) {
    throw new Error(
      `No Debian mirror was found in this machine's apt sources. Next: set ${MIRROR_VARIABLE} to one, ` +
        "an address that ends in /debian and has debian-security beside it.",
    );
  }
  return { archive: new URL(archive), security: new URL(security) };
}

/** Every address in this machine's apt sources, of both formats (sources.list(5)). */
async function aptSources(): Promise<string[]> {
  const folder = "/etc/apt/sources.list.d";
  const names = await readdir(folder).catch(() => []);
  const files = ["/etc/apt/sources.list", ...names.map((name) => join(folder, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts
    .flatMap((text) => text.split("\n"))
    .filter((line) => /^(deb|URIs:)\s/.test(line))
    .flatMap((line) => line.match(/https?:\/\/[^\s\]]+/g) ?? []);
}

function recipe(debian: 12 | 13, { archive, security }: Mirrors): string[] {
  const suite = SUITES[debian];
  return [
    "--variant=apt",
    "--dpkgopt=force-unsafe-io",
    `--include=${[...PACKAGES, DHCP_CLIENTS[debian]].join(",")}`,
    '--customize-hook=chroot "$1" systemctl enable systemd-networkd',
    // Every boot is an instance of its own, as with an image.
    '--customize-hook=: > "$1/etc/machine-id"; rm -f "$1/etc/hostname"',
    suite,
    "ROOT",
    `deb ${archive} ${suite} main`,
    `deb ${archive} ${suite}-updates main`,
    `deb ${security} ${suite}-security main`,
  ];
}

async function build(args: string[], image: string, onProgress: (line: string) => void): Promise<void> {
  const unfinished = `${image}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const child = execa(
    "mmdebstrap",
    args.map((arg) => (arg === "ROOT" ? unfinished : arg)),
    { stdin: "ignore" },
  );
  for await (const line of child.iterable({ from: "stderr" })) {
    if (line.startsWith("I: ")) {
      onProgress(line.slice("I: ".length));
    }
  }
  await child;
  await rename(unfinished, image);
}
