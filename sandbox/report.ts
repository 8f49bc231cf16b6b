import { styleText } from "node:util";
import Table from "cli-table3";
import type { ServedRecord } from "./journey";
import type { Rotation } from "./rotation";

/** What a run of the sandbox showed, as plain data; the JSON form is this. */
export interface SandboxReport {
  domain: string;
  /** Whether a server was booted; without, there are no deliveries. */
  booted: boolean;
  /** What the first preview announced, and `up` then made. */
  resources: { type: string; name: string; purpose: string }[];
  records: ServedRecord[];
  deliveries: {
    subject: string;
    /** The envelope's sender at the inbox: the return path. */
    from: string;
    relay: { address: string; helo: string };
    smartHostPort: number;
    tls: { version: string; cipher: string };
    user: string;
    authenticationResults: string;
  }[];
  /** What the rotation of the API key showed, where one was asked for. */
  rotation?: Rotation;
  /** The error of what was broken on purpose. */
  failure?: string;
  /** The checks of `smarthost doctor` that found nothing to complain of, and those that had nothing to look at. */
  doctor?: { ok: string[]; skipped: string[] };
  /** Where the API keys were searched for, and not found in clear. */
  searched: string[];
  seconds: number;
}

/** The report for a person: tables with colours in a terminal, the same without elsewhere. */
export function renderReport(report: SandboxReport): string {
  const sections = [
    section("What the first preview announced, and up made", resourceTable(report)),
    section(`Records of ${report.domain}, as DNS serves them`, recordTable(report)),
    ...(report.failure ? [section("What went wrong on purpose", report.failure)] : []),
    ...report.deliveries.map((delivery) => section(`"${delivery.subject}"`, path(delivery))),
    section("What held", promises(report).join("\n")),
  ];
  return `\n${sections.join("\n\n")}\n`;
}

function section(title: string, body: string): string {
  return `${styleText("bold", title)}\n${body}`;
}

function resourceTable({ resources }: SandboxReport): string {
  const rows = resources.map(({ type, name, purpose }) => [type.split(":").at(-1) ?? type, name, purpose]);
  return table(["Type", "Name", "Purpose"], rows);
}

function recordTable({ records }: SandboxReport): string {
  const rows = records.map(({ name, type, value, purpose }) => [name, type, value, purpose]);
  return table(["Name", "Type", "Value", "Purpose"], rows);
}

/** Where nobody says how wide the output is, as in a log. */
const USUAL_WIDTH = 120;
const NARROWEST_COLUMN = 12;

/** Columns as wide as their content; the last two share what the terminal has left, and break at spaces. */
function table(head: string[], rows: string[][]): string {
  const gap = 2;
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  let left = (process.stdout.columns ?? USUAL_WIDTH) - gap * widths.length;
  const fitted = widths.map((width, column) => {
    const rest = widths
      .slice(column + 1)
      .reduce((sum, other) => sum + Math.min(other, NARROWEST_COLUMN * 2), 0);
    const fit = Math.max(NARROWEST_COLUMN, Math.min(width, left - rest));
    left -= fit;
    return Math.min(width, fit);
  });
  const made = new Table({
    head: head.map((title) => styleText("dim", title)),
    chars: Object.fromEntries(
      BORDERS.map((border) => [border, border === "middle" ? "  " : border === "left" ? "  " : ""]),
    ),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  made.push(...rows.map((row) => row.map((cell, column) => wrapWords(cell, fitted[column] ?? USUAL_WIDTH))));
  return made.toString().replace(/ +$/gm, "");
}

const BORDERS = [
  ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
] as const;

/** Breaks at spaces where a line has one, as the table's own wrapping breaks anywhere or nowhere. */
function wrapWords(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
    }
  }
  return lines.join("\n");
}

function path(delivery: SandboxReport["deliveries"][number]): string {
  const { relay, smartHostPort, tls, user, from, authenticationResults } = delivery;
  return [
    `  application → relay ${relay.address} (${relay.helo}), port 587`,
    `  relay → smtp.sendgrid.net, port ${smartHostPort}, ${tls.version} ${tls.cipher}, AUTH as ${user}`,
    `  SendGrid → inbox, return path ${from}`,
    `  Authentication-Results: ${authenticationResults.replaceAll("; ", ";\n    ")}`,
  ].join("\n");
}

function promises({ booted, deliveries, doctor, searched, resources, seconds }: SandboxReport): string[] {
  const yes = styleText("green", "✔");
  const no = styleText("yellow", "–");
  return [
    `${yes} the preview listed all ${resources.length} resources that up made`,
    `${yes} no change in a preview after up, in a refresh, and in a preview after it`,
    booted
      ? `${yes} ${deliveries.length} messages arrived with SPF, DKIM and DMARC pass, one of them from the queue of a replaced server`
      : `${no} no server was booted, so no message was sent`,
    ...(doctor ? [`${yes} smarthost doctor is all green: ${doctor.ok.join(", ")}`] : []),
    `${yes} the API keys stand in clear in none of ${searched.length} places: state, output, user data${
      booted ? ", processes, journal and logs of the server" : ""
    }`,
    `${no} left out: the SSM agent, which is not installed unless a stack asks for it`,
    styleText("dim", `The stages took ${seconds} s.`),
  ];
}
