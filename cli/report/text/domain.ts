import { styleText } from "node:util";
import { plainText } from "../../plain-text";
import type { TextStream } from "../../text-stream";
import { meaningsOf } from "../domains/meanings";
import type { DomainReport, RecordState } from "../report";
import { tableText } from "./plain-table";

/** What happens to a domain's records: each record's old state on a line, and its new one on the next. */
export function domainText(report: DomainReport, out: TextStream): string {
  const { domain, records } = report;
  const rows = records.flatMap(({ change, purpose, before, after }) => [
    ...(before === undefined
      ? []
      : [[after === undefined ? change : "before", purpose, before.name, before.type, stateText(before)]]),
    ...(after === undefined
      ? []
      : [[before === undefined ? change : "after", purpose, after.name, after.type, stateText(after)]]),
  ]);
  return [
    styleText("bold", plainText(domain), { stream: out }),
    ...meaningsOf(report).map(({ name, meaning }) => plainText(`${name}: ${meaning}`)),
    tableText(["Change", "Purpose", "Name", "Type", "Value"], rows, out),
  ].join("\n");
}

function stateText({ values, ttl, proxied }: RecordState): string {
  const others = [...(ttl === undefined ? [] : [`TTL ${ttl}`]), ...(proxied === true ? ["proxied"] : [])];
  return [values.join(" + "), ...others].join(", ");
}
