import Table from "cli-table3";
import { latencyGraph } from "./graph";
import type { ProcessorUse } from "./processor-use";
import { type BothSides, GOAL, meetsGoal, type RelayBenchmark, type Runs } from "./result";

const NAMES = { stock: "stock Debian", relay: "this relay" };
/** Programs that used less than this share of the processors are summed up as "other". */
const SMALL_SHARE = 0.02;

/** The measures as tables and a graph for a person. */
export function relayReport(result: RelayBenchmark): string {
  const { base, draining, endToEnd, options, surroundings } = result;
  const { messages, runs } = options;
  const kilobytes = `${base.size / 1024} KiB`;
  return [
    `${messages} messages of ${kilobytes}, ${base.latencyMs} ms round trip, ${runs} runs of each side in turns; messages a second, medians, least and most in brackets:`,
    summary(result),
    `The server's own programs used ${perMessage(draining.stock, messages)} of processor time a message in draining on the stock ` +
      `server, ${perMessage(draining.relay, messages)} on this relay: a measure that others on the machine disturb less.`,
    `Draining a full queue: ${draining.ratio.toFixed(2)} times as fast as the stock server. ` +
      `Goal: at least ${GOAL} times; ${meetsGoal(result) ? "met" : "missed"}.`,
    `End to end, from the first connection to the last arrival: ${endToEnd.ratio.toFixed(2)} times.`,
    "",
    "What bounds it: who used the processors, of all their time, in the run with the median rate:",
    profile({
      "draining, stock": draining.stock.use,
      "draining, relay": draining.relay.use,
      "end to end, stock": endToEnd.stock.use,
      "end to end, relay": endToEnd.relay.use,
    }),
    "",
    "Taking mail without delivering it, beside what the same disk makes durable (create, write, chmod, fsync, close by " +
      `${base.clients} writers at once):`,
    accepting(result),
    "",
    `Draining by round trip and size, messages a second (${NAMES.relay} beside ${NAMES.stock}):`,
    latencyGraph(result.points),
    "",
    "What stands around the servers:",
    around(result),
    "",
    ...substitutes(surroundings.sinkCeiling),
  ].join("\n");
}

function summary({ draining, endToEnd }: RelayBenchmark): string {
  const table = plainTable(["", NAMES.stock, NAMES.relay, "ratio", "connections", "at once"]);
  const row = (title: string, { stock, relay, ratio }: BothSides<Runs> & { ratio: number }) =>
    table.push([
      title,
      spread(stock.rate),
      spread(relay.rate),
      ratio.toFixed(2),
      `${stock.connections} / ${relay.connections}`,
      `${stock.mostConnections} / ${relay.mostConnections}`,
    ]);
  row("draining", draining);
  row("end to end", endToEnd);
  const { stock, relay } = endToEnd;
  table.push([
    "taken meanwhile",
    spread(stock.accepting),
    spread(relay.accepting),
    (relay.accepting.median / stock.accepting.median).toFixed(2),
    "",
    "",
  ]);
  return table.toString();
}

/** The benchmark's own parts have names in parentheses. */
function perMessage({ use }: Runs, messages: number): string {
  const own = Object.entries(use.byProgram).filter(([name]) => !name.startsWith("("));
  const seconds = own.reduce((sum, [, used]) => sum + used, 0);
  return `${((seconds / messages) * 1000).toFixed(1)} ms`;
}

function profile(uses: Readonly<Record<string, ProcessorUse>>): string {
  const columns = Object.values(uses);
  const table = plainTable(["", ...Object.keys(uses)]);
  const share = (use: ProcessorUse, name: string) =>
    (use.byProgram[name] ?? 0) / (use.seconds * use.processors);
  const all = new Set(columns.flatMap(({ byProgram }) => Object.keys(byProgram)));
  const most = (name: string) => Math.max(...columns.map((use) => share(use, name)));
  const large = [...all].filter((name) => most(name) >= SMALL_SHARE).toSorted((a, b) => most(b) - most(a));
  for (const name of large) {
    table.push([name, ...columns.map((use) => percent(share(use, name)))]);
  }
  const small = [...all].filter((name) => !large.includes(name));
  const other = (use: ProcessorUse) => small.reduce((sum, name) => sum + share(use, name), 0);
  table.push(["other programs", ...columns.map((use) => percent(other(use)))]);
  const kernel = (use: ProcessorUse) => {
    const told = [...all].reduce((sum, name) => sum + share(use, name), 0);
    return Math.max(0, 1 - use.idle - use.waitingForDisk - told);
  };
  table.push([
    "kernel, processes that ended, the rest of this machine",
    ...columns.map((use) => percent(kernel(use))),
  ]);
  table.push(["waiting for the disk", ...columns.map((use) => percent(use.waitingForDisk))]);
  table.push(["idle: waiting for the network", ...columns.map((use) => percent(use.idle))]);
  return table.toString();
}

function accepting({ accepting: { disk, stock, relay } }: RelayBenchmark): string {
  const table = plainTable(["", "a second", "of the disk's rate"]);
  table.push(["files made durable", spread(disk), ""]);
  table.push([`messages taken, ${NAMES.stock}`, spread(stock.rate), percent(stock.ofDisk)]);
  table.push([`messages taken, ${NAMES.relay}`, spread(relay.rate), percent(relay.ofDisk)]);
  return table.toString();
}

function around({ surroundings: { wire, wireCost, sinkCeiling } }: RelayBenchmark): string {
  const table = plainTable(["", "asked for", "measured"]);
  for (const { askedMs, measuredMs } of wire) {
    table.push(["round trip of the wire", `${askedMs} ms`, `${measuredMs.toFixed(1)} ms`]);
  }
  for (const side of ["stock", "relay"] as const) {
    const { direct, throughWire } = wireCost[side];
    table.push([
      `draining at 0 ms, ${NAMES[side]}`,
      `${direct.toFixed(0)} a second without the wire`,
      `${throughWire.toFixed(0)} through it`,
    ]);
  }
  table.push([
    "messages that the sink takes from a client without Postfix",
    "",
    `${sinkCeiling.toFixed(0)} a second`,
  ]);
  return table.toString();
}

function substitutes(sinkCeiling: number): string[] {
  return [
    "Both servers are booted from user data (systemd-nspawn, Debian 13), and their queues are on the root disk: one file",
    "system, same options, fsync as Postfix does it. The stock one has Debian's main.cf and the seven lines of SendGrid's",
    'page "Integrate with Postfix". Substitutes: the smart host is a small server with TLS, AUTH and PIPELINING, which takes',
    `at most ${sinkCeiling.toFixed(0)} messages a second here; the latency is a proxy's, which adds no loss, no limit of bandwidth and no`,
    "slow start. All of it shares this machine's processors and its disk, which is not EBS: compare ratios, not rates.",
  ];
}

function spread({ median, min, max }: { median: number; min: number; max: number }): string {
  const [middle, least, most] = [median, min, max].map((value) => Math.round(value));
  return least === most ? String(middle) : `${middle} (${least}–${most})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function plainTable(head: string[]) {
  return new Table({ head, style: { head: [], border: [] } });
}
