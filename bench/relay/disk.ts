import type { Machine } from "../../sandbox/machine/machine";

/**
 * Writes files as cleanup(8) writes a message: create, write, chmod, fsync, close; as many writers at once as there are
 * clients, each with its own files. In Python, which every Debian with cloud-init has.
 */
const PROGRAM = `
import os, sys, time
folder, writers, files, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
os.mkdir(folder, 0o700)
content = b"x" * size
ready, go = os.pipe(), os.pipe()
def write(number):
    os.close(go[1])
    os.read(go[0], 1)
    for index in range(number, files, writers):
        handle = os.open(f"{folder}/{index}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.write(handle, content)
        os.fchmod(handle, 0o700)
        os.fsync(handle)
        os.close(handle)
    os._exit(0)
for number in range(writers):
    if os.fork() == 0:
        write(number)
begin = time.monotonic()
os.close(go[1])
failed = sum(os.wait()[1] != 0 for _ in range(writers))
print(files / (time.monotonic() - begin))
for name in os.listdir(folder):
    os.unlink(f"{folder}/{name}")
os.rmdir(folder)
sys.exit(failed != 0)
`;

/** What is written to the disk, and how. */
export interface DiskLoad {
  /** How many write at once. */
  writers: number;
  files: number;
  /** Bytes of each. */
  size: number;
}

/**
 * Files a second that the file system of Postfix's queue makes durable.
 *
 * @throws Error when the program fails, such as on a full disk
 */
export async function durableFilesPerSecond(machine: Machine, load: DiskLoad): Promise<number> {
  const { writers, files, size } = load;
  const folder = "/var/spool/postfix/.fsync-rate";
  const words = [folder, writers, files, size].map(String);
  const { exitCode, stdout, stderr } = await machine.run(["python3", "-c", PROGRAM, ...words]);
  const rate = Number(stdout);
  if (exitCode !== 0 || !(rate > 0)) {
    throw new Error(`the fsync rate could not be measured (exit ${exitCode}): ${stderr}`);
  }
  return rate;
}
