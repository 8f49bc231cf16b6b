import { setTimeout as delay } from "node:timers/promises";

/** How reads of one list are brought together. */
export interface Sharing {
  /** How long the first of several readers waits for others, in milliseconds. */
  gatherMs: number;
  /** How many readers at a time are worth a list instead of a request each. */
  worthAList: number;
  /** How long a list is taken to be true, in milliseconds. */
  freshMs: number;
}

export const SHARING: Sharing = { gatherMs: 15, worthAList: 4, freshMs: 5_000 };

/**
 * Reads of single items out of one list, for the refresh of many resources: readers that come together share one
 * list, which then serves the next ones for a few seconds; a lone reader asks for its item.
 */
export class SharedList<Item> {
  private list: Promise<ReadonlyMap<string, Item>> | undefined;
  private listedAt = 0;
  private waiting = 0;

  constructor(private readonly sharing: Sharing) {}

  /**
   * @param one asks for the item alone; it also decides whether one that the list lacks is gone
   * @param all asks for the whole list, by id
   */
  async read(
    id: string,
    one: () => Promise<Item | undefined>,
    all: () => Promise<ReadonlyMap<string, Item>>,
  ): Promise<Item | undefined> {
    if (!this.isFresh()) {
      this.waiting++;
      await delay(this.sharing.gatherMs);
      if (this.waiting >= this.sharing.worthAList && !this.isFresh()) this.start(all);
      this.waiting--;
    }
    const list = this.isFresh() ? this.list : undefined;
    return (await list)?.get(id) ?? (await one());
  }

  private isFresh(): boolean {
    return this.list !== undefined && Date.now() - this.listedAt < this.sharing.freshMs;
  }

  private start(all: () => Promise<ReadonlyMap<string, Item>>): void {
    const list = all();
    this.list = list;
    this.listedAt = Number.POSITIVE_INFINITY;
    list.then(
      () => {
        if (this.list === list) this.listedAt = Date.now();
      },
      () => {
        if (this.list === list) this.list = undefined;
      },
    );
  }
}
