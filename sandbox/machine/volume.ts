import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";

/** A disk of the sandbox: a sparse file, which outlives the servers that it is attached to. */
export interface Volume {
  /** Such as `vol-0123456789abcdef0`. */
  id: string;
  /** The image file. */
  file: string;
}

/** Makes a blank volume, or leaves one that exists as it is. */
export async function createVolume(volume: Volume, bytes: number): Promise<Volume> {
  await mkdir(dirname(volume.file), { recursive: true });
  const handle = await open(volume.file, "a");
  try {
    if ((await handle.stat()).size < bytes) {
      await handle.truncate(bytes);
    }
  } finally {
    await handle.close();
  }
  return volume;
}

/** A block device of this machine. */
export interface BlockDevice {
  path: string;
  major: number;
  minor: number;
}

/** Makes a loop device of the volume's file. */
export async function openVolume({ file }: Volume): Promise<BlockDevice> {
  const { stdout: path } = await execa("losetup", ["--find", "--show", file]);
  const { rdev } = await stat(path);
  // The layout of dev_t that glibc's makedev(3) documents, as far as loop devices reach.
  return { path, major: (rdev >> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00) };
}

/**
 * Gives the loop device back, and waits until the kernel has done so: a device that a server still holds stays
 * alive, and the next server would then write to the same file by another one.
 */
export async function closeVolume({ id, file }: Volume, device: BlockDevice): Promise<void> {
  await execa("losetup", ["-d", device.path]);
  for (let attempt = 0; attempt < 100; attempt++) {
    const { stdout } = await execa("losetup", ["-j", file]);
    if (stdout === "") {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Volume ${id} is still in use 10 s after it was detached: is its server still running?`);
}
