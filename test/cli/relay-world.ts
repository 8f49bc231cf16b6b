import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { run } from "../../cli/run";
import type { Locate } from "../../cli/server/command";
import type { Surroundings } from "../../cli/surroundings";
import { createAuthority } from "../../sandbox/pki";
import { listenSmtp, readMessage } from "../../sandbox/smtp-listener";
import { settings } from "../postfix-relay/relay-settings";
import { RunningPostfix } from "../postfix-relay/running-postfix";

/** What a command wrote, and its exit code. */
export interface Done {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process, with streams that are no terminal. */
export async function runCommand(argv: string[], around: Partial<Surroundings> = {}): Promise<Done> {
  const streams = { out: new PassThrough(), err: new PassThrough() };
  const code = await run(argv, { ...streams, ...around });
  const text = (stream: PassThrough) => String(stream.read() ?? "");
  return { code, out: text(streams.out), err: text(streams.err) };
}

/**
 * A relay that runs, with a smart host that takes mail unless the recipient says otherwise: `later@…` gets 451 with an id
 * of its own each time, `never@…` gets 550.
 *
 * Postfix is real. It logs to a file here, so that journalctl is a substitute, which reads that file: it knows the
 * options of cli/server/commands.ts and no other, and shows nothing of journald.
 */
export async function startRelayWorld() {
  const authority = await createAuthority();
  const received: { to: string[]; text: string }[] = [];
  let refusals = 0;
  const smartHost = await listenSmtp(
    {
      ...(await authority.issue(["localhost"])),
      authMethods: ["PLAIN"],
      onAuth: ({ username }, _session, callback) => callback(null, { user: username }),
      onRcptTo: ({ address }, _session, callback) => {
        const responseCode = { later: 451, never: 550 }[address.split("@")[0] ?? ""];
        if (responseCode === undefined) return callback();
        refusals += 1;
        callback(Object.assign(new Error(`not for now, see request 4f0c1a2b${refusals}`), { responseCode }));
      },
      onData: async (stream, { envelope: { rcptTo } }, callback) => {
        received.push({
          to: rcptTo.map(({ address }) => address),
          text: (await readMessage(stream)).toString("latin1"),
        });
        callback(null, "Ok: queued as SMART-HOST-1");
      },
    },
    { address: "127.0.0.1", port: 0 },
  );
  const relay = await RunningPostfix.start(
    { ...settings, smartHost: { ...settings.smartHost, host: "localhost", port: smartHost.port } },
    { ca: authority.ca, passwords: `[localhost]:${smartHost.port} apikey:good\n` },
  );
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  const { directory, env, log } = relay.commands;
  const journalctl = join(folder, "journalctl");
  await writeFile(journalctl, journalSubstitute(log), { mode: 0o755 });
  const locate: Locate = (program) => (program === "journalctl" ? journalctl : join(directory, program));
  const around = { locate, localEnv: env };

  /** Empties the queue. */
  const clear = async () => {
    await runCommand(["relay", "hold", "--all", "--local"], around);
    const ids = (await queue()).messages.map(({ id }) => id);
    if (ids.length > 0) await runCommand(["relay", "delete", "--yes", "--local", ...ids], around);
  };
  const queue = async (...flags: string[]): Promise<{ messages: QueueEntry[]; count: number }> =>
    JSON.parse((await runCommand(["relay", "queue", "--json", "--local", ...flags], around)).out);

  return {
    relay,
    received,
    around,
    env,
    queue,
    clear,
    /** Runs `smarthost relay … --local`. */
    local: (...argv: string[]) => runCommand(["relay", ...argv, "--local"], around),
    /** Hands in a message and gives its queue id when it is deferred. */
    deferred: async (
      subject: string,
      to = "later@example.org",
      from = "app@example.com",
    ): Promise<string> => {
      const known = (await queue("--deferred")).messages.map(({ id }) => id);
      await relay.send({ from, to }, `Subject: ${subject}\r\n\r\nbody\r\n`);
      let id: string | undefined;
      await relay.until("the message is deferred", async () => {
        id = (await queue("--deferred")).messages
          .map((each) => each.id)
          .find((each) => !known.includes(each));
        return id !== undefined;
      });
      return id ?? "";
    },
    stop: async () => {
      await relay.stop();
      await smartHost.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface QueueEntry {
  queue: string;
  id: string;
  sender: string;
  recipients: { address: string; reason?: string }[];
}

function journalSubstitute(log: string): string {
  return `#!${process.execPath}
const given = process.argv.slice(2);
const known = /^(SYSLOG_FACILITY=2|--since=-15min|--no-pager|--quiet|--output=json|--grep=.+|--case-sensitive=true)$/;
if (!given.every((word) => known.test(word))) throw new Error("unknown: " + given.join(" "));
const word = given.find((each) => each.startsWith("--grep=")).slice(7);
const lines = require("node:fs").readFileSync(${JSON.stringify(log)}, "utf8").split("\\n");
const found = lines.filter((line) => line.includes(word)).map((line) => /(postfix\\S*?)\\[\\d+\\]: (.*)/.exec(line));
for (const [, tag, message] of found) console.log(JSON.stringify({ SYSLOG_IDENTIFIER: tag, MESSAGE: message }));
process.exitCode = found.length === 0 ? 1 : 0;
`;
}
