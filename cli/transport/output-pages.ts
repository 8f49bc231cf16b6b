import { constants, gunzipSync } from "node:zlib";
import { z } from "zod";

/** The characters of one answer; Run Command gives the first 24,000 of standard output (AWS, GetCommandInvocation). */
export const PAGE = 23_000;
/** The most that is fetched: 40 answers, about 10,000 messages of a queue. */
export const MOST_CHARACTERS = 40 * PAGE;

/** The beginning of a command's packed output, and where the rest is. */
export interface FirstPage {
  exitCode: number;
  /** Characters of the packed output in all. */
  size: number;
  /** Lines of the output as the command wrote it. */
  lines: number;
  /** The folder on the server, readable by root only, that has the output until its last page was read. */
  folder: string;
  text: string;
}

/**
 * A script for a POSIX shell that runs a line, packs its output with gzip and base64, and writes a header and the
 * first page. What an interrupted run left behind is removed after an hour by the next one.
 */
export function firstPageScript(line: string): string {
  return [
    "umask 077",
    "find /var/tmp -maxdepth 1 -name 'smarthost-output.*' -mmin +60 -exec rm -r {} +",
    "d=$(mktemp -d /var/tmp/smarthost-output.XXXXXXXXXX) || exit 1",
    `{ ${line}; echo $? >$d/code; } | gzip -c >$d/gz`,
    "lines=$(gzip -dc $d/gz | wc -l)",
    "base64 -w 0 $d/gz >$d/text",
    "size=$(wc -c <$d/text)",
    'echo "$(cat $d/code) $size $lines $d"',
    `head -c ${PAGE} $d/text`,
    `[ $size -gt ${PAGE} ] || rm -r $d`,
  ].join("\n");
}

/** A script that writes the page from this character on, and removes the folder after the last one. */
export function nextPageScript(folder: string, from: number, isLast: boolean): string {
  const read = `tail -c +${from + 1} ${folder}/text | head -c ${PAGE}`;
  return isLast ? `${read}\nrm -r ${folder}` : read;
}

const HEADER = z
  .string()
  .regex(/^\d{1,3} \d+ \d+ \/var\/tmp\/smarthost-output\.[A-Za-z0-9]{10}$/)
  .transform((line) => line.split(" "));

/** Reads the answer to {@link firstPageScript}; undefined for what it would never write. */
export function parseFirstPage(answer: string): FirstPage | undefined {
  const end = answer.indexOf("\n");
  const header = HEADER.safeParse(answer.slice(0, end));
  if (end < 0 || !header.success) {
    return undefined;
  }
  const [exitCode, size, lines, folder = ""] = header.data;
  return {
    exitCode: Number(exitCode),
    size: Number(size),
    lines: Number(lines),
    folder,
    text: answer.slice(end + 1).trim(),
  };
}

/** Unpacks the pages; of an output that was not fetched to its end, the whole lines that are in them. */
export function unpack(text: string, isWhole: boolean): string {
  const packed = Buffer.from(text, "base64");
  const finishFlush = isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const output = gunzipSync(packed, { finishFlush }).toString("utf8");
  return isWhole ? output : output.slice(0, output.lastIndexOf("\n") + 1);
}
