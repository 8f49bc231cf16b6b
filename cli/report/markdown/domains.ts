import { meaningsOf } from "../domains/meanings";
import type { DomainReport, MailReport, RecordChange, RecordState } from "../report";
import { type Block, tableBlock } from "./blocks";
import { code, text } from "./escape";

/** Longer tables are folded. */
const MOST_ROWS = 10;

/** Each domain's records before and after, under what they mean. */
export function domainBlocks({ domains }: MailReport): Block[] {
  return domains.map(domainBlock);
}

function domainBlock(domain: DomainReport): Block {
  const { records } = domain;
  const title = [`### ${text(domain.domain)}`, meanings(domain)].filter((part) => part !== "").join("\n\n");
  const block = tableBlock(
    "domains",
    records.length > MOST_ROWS ? `${records.length} records` : title,
    ["Record", "Change", "Before", "After"],
    records.map(row),
    records.length > MOST_ROWS,
  );
  return records.length > MOST_ROWS ? { ...block, head: `${title}\n\n${block.head}` } : block;
}

function meanings(domain: DomainReport): string {
  return meaningsOf(domain)
    .map(({ name, meaning }) => `- ${code(name)}: ${text(meaning)}`)
    .join("\n");
}

function row({ purpose, name, type, change, before, after, differences }: RecordChange): string[] {
  const state = (side: RecordState | undefined) => (side === undefined ? "" : stateCell(side, differences));
  return [`${purpose}<br>${code(name)} ${text(type)}`, change, state(before), state(after)];
}

function stateCell(state: RecordState, differences: readonly string[]): string {
  const { values, ttl, proxied, name, type } = state;
  const others = [
    ...(differences.includes("name") ? [code(name)] : []),
    ...(differences.includes("type") ? [text(type)] : []),
    ...(differences.includes("ttl") && ttl !== undefined ? [`TTL ${text(ttl)}`] : []),
    ...(differences.includes("proxied") && proxied !== undefined
      ? [proxied ? "proxied" : "not proxied"]
      : []),
  ];
  return [...values.map(code), ...others].join("<br>");
}
