import type { Preview, ResourceChange } from "../../mail-resources/preview";
import type { Resource } from "../../mail-resources/resource";
import { billedItems } from "./cost-items";

/** What the update adds to a bill or takes from it, as a fact: prices differ by region and contract, and get old. */
export interface CostChange {
  change: "adds" | "removes" | "changes";
  /** How many times. */
  count: number;
  /** What is billed, such as `t4g.small server`; after the update where it changes. */
  what: string;
  /** What it was; set for `changes` only. */
  before?: string;
  /** The resources. */
  urns: string[];
}

/** What the update changes on the bills of AWS, Cloudflare and SendGrid, as far as it is about mail. */
export function costChanges({ changes }: Preview): CostChange[] {
  const found = new Map<string, CostChange>();
  for (const change of changes) {
    for (const each of changesOf(change)) {
      const key = JSON.stringify([each.change, each.before, each.what]);
      const same = found.get(key);
      if (same === undefined) {
        found.set(key, { ...each, count: 1, urns: [change.urn] });
      } else {
        same.count += 1;
        same.urns.push(change.urn);
      }
    }
  }
  return balanced([...found.values()]).toSorted((a, b) => costText(a).localeCompare(costText(b)));
}

/** Without what one resource adds and another takes away, such as the public address of a server with another name. */
function balanced(changes: readonly CostChange[]): CostChange[] {
  const opposite = (of: CostChange) =>
    changes.find(({ what, change }) => what === of.what && change !== "changes" && change !== of.change);
  return changes.flatMap((each) => {
    const count = each.change === "changes" ? each.count : each.count - (opposite(each)?.count ?? 0);
    return count > 0 ? [{ ...each, count }] : [];
  });
}

/** Such as `adds 2 × gp3 volume of 8 GiB` or `changes 1 × t4g.micro server → t4g.small server`. */
export function costText({ change, count, what, before }: CostChange): string {
  return before === undefined ? `${change} ${count} × ${what}` : `${change} ${count} × ${before} → ${what}`;
}

function changesOf({ before, after }: ResourceChange): Pick<CostChange, "change" | "what" | "before">[] {
  const [old, next] = [itemsOf(before), itemsOf(after)];
  const gone = old.filter((item) => !next.some(({ what }) => what === item.what));
  const come = next.filter((item) => !old.some(({ what }) => what === item.what));
  const changed = come.flatMap(({ kind, what }) => {
    const was = gone.find((item) => item.kind === kind);
    return was === undefined ? [] : [{ kind, change: "changes" as const, what, before: was.what }];
  });
  const isChanged = ({ kind }: { kind: string }) => changed.some((item) => item.kind === kind);
  return [
    ...changed.map(({ change, what, before: was }) => ({ change, what, before: was })),
    ...come.filter((item) => !isChanged(item)).map(({ what }) => ({ change: "adds" as const, what })),
    ...gone.filter((item) => !isChanged(item)).map(({ what }) => ({ change: "removes" as const, what })),
  ];
}

function itemsOf(resource: Resource | undefined) {
  return resource === undefined ? [] : billedItems(resource);
}
