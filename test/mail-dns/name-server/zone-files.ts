import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { type Unpacked, unpackedPackages } from "../debian-packages";

/** A zone as a name server is given it. */
export interface ZoneFile {
  /** The zone's name without trailing dot. */
  origin: string;
  /** A whole zone file (RFC 1035, section 5), with its SOA and NS; see {@link wholeZone}. */
  text: string;
}

/** NSD, which serves and parses zones, and Knot DNS's checks of them. */
export function nameServerPrograms(): Promise<Unpacked> {
  return unpackedPackages("name-server", ["nsd", "knot-dnssecutils"], true);
}

/** A zone file of records, given as lines of a zone file, under the SOA and NS that every zone needs. */
export function wholeZone(origin: string, lines: string): ZoneFile {
  const server = `ns1.name-server.invalid.`;
  const head = `$ORIGIN ${origin}.\n$TTL 300\n@ IN SOA ${server} hostmaster 1 3600 600 604800 30\n@ IN NS ${server}\n`;
  return { origin, text: `${head}${lines}\n` };
}

/**
 * Lets two independent name servers read a zone file: NSD, which says what is wrong in which line, and Knot DNS,
 * which also knows what cannot stand in one zone, such as a record beside a CNAME.
 *
 * @returns every error; empty when both take it
 */
export async function checkZone(origin: string, text: string): Promise<string[]> {
  const { root, env } = await nameServerPrograms();
  const folder = await mkdtemp(join(tmpdir(), "smarthost-zone-"));
  try {
    const file = join(folder, "zone");
    await writeFile(file, text);
    const run = (program: string, args: string[]) =>
      execa(join(root, program), args, { env, reject: false, all: true, timeout: 30_000 });
    const [nsd, knot] = await Promise.all([
      run("usr/sbin/nsd-checkzone", [origin, file]),
      run("usr/bin/kzonecheck", ["--origin", origin, file]),
    ]);
    return [...errorsOf("NSD", nsd), ...errorsOf("Knot DNS", knot)].map((line) =>
      line.replaceAll(file, "zone"),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  exitCode?: number | undefined;
  all?: string | undefined;
  /** Why it did not run at all. */
  shortMessage?: string;
}

function errorsOf(server: string, { exitCode, all = "", shortMessage = "" }: Run): string[] {
  if (exitCode === 0) return [];
  if (exitCode === undefined) return [`${server}: ${shortMessage}`];
  const lines = all
    .split("\n")
    .map((line) => line.replace(/^.*error: /, "").trim())
    .filter((line) => line !== "");
  return (lines.length > 0 ? lines : [`exit code ${exitCode}`]).map((line) => `${server}: ${line}`);
}
