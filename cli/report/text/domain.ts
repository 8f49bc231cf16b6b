import { styleText } from "node:util";
import { plainText } from "../../plain-text";
import type { TextStream } from "../../text-stream";
import type { DomainReport, RecordState } from "../report";
import { tableText } from "./plain-table";

/** What happens to a domain's records: each record's old state on a line, and its new one on the next. */
export function domainText({ domain, records, spf, dmarc, dkim }: DomainReport, out: TextStream): string {
  const meanings = [
    ...spf.map(({ name, summary }) => `${name}: ${summary}`),
    ...(dmarc === undefined ? [] : [`${dmarc.name}: ${dmarc.summary}. ${dmarc.consequence}`]),
    ...dkim.map(({ name, change, meaning }) => `${name}: key ${change}. ${meaning}`),
  ];
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
    ...meanings.map(plainText),
    tableText(["Change", "Purpose", "Name", "Type", "Value"], rows, out),
  ].join("\n");
}

function stateText({ values, ttl, proxied }: RecordState): string {
  const others = [...(ttl === undefined ? [] : [`TTL ${ttl}`]), ...(proxied === true ? ["proxied"] : [])];
  return [values.join(" + "), ...others].join(", ");
}
