/**
 * One delivery that a message asks for: its Message-ID and one recipient. A message to several recipients is as many
 * items.
 */
export type Item = string;

/** The item of a message and a recipient. */
export function itemOf(messageId: string, recipient: string): Item {
  return `${messageId} ${recipient}`;
}

/** What was seen of the items of one trial; all lists may have an item more than once. */
export interface Books {
  /** Handed in and answered with 250. */
  accepted: Iterable<Item>;
  /** Taken by a smart host, once for each time. */
  taken: Iterable<Item>;
  /** Still in a relay's queue. */
  queued?: Iterable<Item>;
  /** Given up with a notice to the operator. */
  returned?: Iterable<Item>;
  /**
   * How often an item may come once more. SMTP allows it where a connection breaks between the final dot and the answer
   * (RFC 5321 section 6.1, RFC 1047): the sender cannot know, and has to send again.
   */
  mayRepeat?: ReadonlyMap<Item, number>;
}

/** The books, balanced. */
export interface Balance {
  /** How many items were accepted. */
  accepted: number;
  /** How many of them a smart host has. */
  delivered: number;
  /** How many of them wait in a queue and are not delivered. */
  queued: number;
  /** How many of them were given up with a notice, and are not delivered. */
  returned: number;
  /** Accepted, and neither delivered nor queued nor returned. */
  lost: Item[];
  /** Taken more often than once and than SMTP allows. */
  duplicated: Item[];
  /** Delivered, and in a queue all the same: on its way out of it, or yet to come once more. */
  repeating: Item[];
  /** Further copies that SMTP allows. */
  allowed: number;
  /** Taken although refused, or never handed in. */
  stray: Item[];
}

/** Balances what went in against what came out; an item that is delivered counts as that, wherever else it is. */
export function balance(books: Books): Balance {
  const accepted = new Set(books.accepted);
  const copies = countEach(books.taken);
  const queued = new Set(books.queued);
  const returned = new Set(books.returned);
  const found: Balance = {
    accepted: accepted.size,
    delivered: 0,
    queued: 0,
    returned: 0,
    lost: [],
    duplicated: [],
    repeating: [],
    allowed: 0,
    stray: [],
  };
  for (const item of accepted) {
    if (copies.has(item)) {
      found.delivered += 1;
      if (queued.has(item)) found.repeating.push(item);
    } else if (queued.has(item)) found.queued += 1;
    else if (returned.has(item)) found.returned += 1;
    else found.lost.push(item);
  }
  for (const [item, count] of copies) {
    const further = count - 1;
    const allowed = Math.min(further, books.mayRepeat?.get(item) ?? 0);
    found.allowed += allowed;
    if (further > allowed) found.duplicated.push(item);
    if (!accepted.has(item)) found.stray.push(item);
  }
  return found;
}

function countEach(items: Iterable<Item>): Map<Item, number> {
  const counts = new Map<Item, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
