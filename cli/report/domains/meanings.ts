import type { DomainReport } from "../report";

/** What a domain's changes mean for receivers: a sentence or two for each name, in the order of SPF, DMARC and DKIM. */
export function meaningsOf({ spf, dmarc, dkim }: DomainReport): { name: string; meaning: string }[] {
  return [
    ...spf.map(({ name, summary }) => ({ name, meaning: summary })),
    ...(dmarc === undefined ? [] : [{ name: dmarc.name, meaning: `${dmarc.summary}. ${dmarc.consequence}` }]),
    ...dkim.map(({ name, change, meaning }) => ({ name, meaning: `key ${change}. ${meaning}` })),
  ];
}
