import * as z from "zod";
import { defineResource, IncompleteResource, messageOf, sameMembers } from "../../kit";
import { textsOrNone } from "../api/answer";
import { ANYTHING, type SendGridApi } from "../api/api";
import { type Asking, Collection } from "../api/collection";

const pools = new Collection({
  noun: "IP pool",
  path: "/v3/ips/pools",
  scope: "ips.pools",
  item: z.object({
    ips: textsOrNone,
  }),
  created: z.object({ name: z.string() }),
  listed: z.object({ name: z.string() }),
  change: "PUT",
});

/*
 * Pools are named by their names here, as `ip_pool_name` of a message names them. The newer /v3/send_ips/pools has
 * numbers instead, which no message takes.
 */
export const IpPool = defineResource<SendGridApi>()({
  token: "sendgrid:index:IpPool",
  description: `
A named group of the account's dedicated addresses, which a message can ask to be sent from, e.g. one for receipts
and one for newsletters.

Deleting it leaves the addresses as they are; messages that name it are refused. It takes up to a minute until an
address is in a pool. An account can have 100 pools.

API: https://www.twilio.com/docs/sendgrid/api-reference/ip-pools
`.trim(),
  inputs: z.object({
    name: z
      .string()
      .min(2, "must have at least 2 characters: no message can name a shorter one")
      .max(64)
      .regex(/^(?!\.\.$)\P{Cc}*$/u, "must have no control characters and not be ..: it is part of URLs")
      .meta({
        description: "Its name, 2 to 64 characters, unique in the account: `ip_pool_name` of a message.",
        // It is the id too, which an update can't change.
        replace: true,
      }),
    ips: z
      .array(z.ipv4("must be an IPv4 address, e.g. 192.0.2.10"))
      .max(100, "must be at most 100 addresses: a pool takes no more")
      .refine((ips) => new Set(ips).size === ips.length, "must not name an address twice")
      .default([])
      .meta({
        description: "The dedicated addresses in it, up to 100, in any order; one can be in several pools.",
        equals: sameMembers,
      }),
  }),
  outputs: z.object({}),
  identity: {
    properties: ["name"],
    find: async (operation) =>
      (await pools.list(operation)).find(({ name }) => name === operation.inputs.name)?.name,
  },
  examples: [
    { name: "receipts", ips: ["192.0.2.10"] },
    { name: "receipts", ips: ["192.0.2.11", "192.0.2.12"] },
    { name: "transactional" },
  ],
  create: async (operation) => {
    const { name, ips } = operation.inputs;
    await pools.create(operation, `"${name}"`, { name });
    try {
      await bringTo(operation, name, [], ips);
    } catch (error) {
      throw new IncompleteResource(name, {}, [messageOf(error)]);
    }
    return { id: name, outputs: {} };
  },
  read: async (operation) => {
    const found = await pools.find(operation, operation.id);
    return found && { inputs: { name: operation.id, ips: found.ips }, outputs: {} };
  },
  update: async (operation) => {
    const { id, inputs } = operation;
    const now = (await pools.find(operation, id))?.ips ?? [];
    await bringTo(operation, id, now, inputs.ips);
    return {};
  },
  delete: async (operation) => await pools.remove(operation, operation.id),
});

/** Adds and takes away addresses one by one, as the API has it. */
async function bringTo(
  { session, signal }: Asking,
  pool: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const path = `${pools.pathOf(pool)}/ips`;
  const common = { answer: ANYTHING, signal };
  for (const ip of after.filter((each) => !before.includes(each))) {
    const purpose = { task: `add ${ip} to the IP pool "${pool}"`, scope: "ips.pools.ips.create" };
    await session.request({ ...common, method: "POST", path, body: { ip }, purpose });
  }
  for (const ip of before.filter((each) => !after.includes(each))) {
    const purpose = { task: `take ${ip} out of the IP pool "${pool}"`, scope: "ips.pools.ips.delete" };
    await session.find({ ...common, method: "DELETE", path: `${path}/${encodeURIComponent(ip)}`, purpose });
  }
}
