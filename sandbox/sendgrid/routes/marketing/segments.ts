import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";

const shape = { name: z.string().min(1).max(100), query_dsl: z.string().min(1) };
const CREATE = z.strictObject({ ...shape, parent_list_ids: z.array(z.string()).max(1).default([]) });
const UPDATE = z.strictObject(shape).partial();
const READ = z.strictObject({ contacts_sample: z.enum(["true", "false"]).optional() });
const LIST = z.strictObject({
  ids: z.string().optional(),
  parent_list_ids: z.string().optional(),
  no_parent_list_id: z.enum(["true", "false"]).optional(),
});

interface Segment extends z.output<typeof CREATE> {
  id: string;
  created_at: string;
  updated_at: string;
}

/** /v3/marketing/segments/2.0. Queries are not run: every one is valid and finds nobody; parent lists are not looked up. */
export function segmentRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const segments = new Records<Segment>("segment not found");
  const may = (action: string) => requireScope(account, `marketing_campaigns.${action}`);
  const find = (context: Context<ApiEnv>) => segments.get(context.var.user, context.req.param("id") ?? "");
  const refuseTaken = (user: string, name: string | undefined, self?: Segment) => {
    if (segments.all(user).some((each) => each.name === name && each !== self))
      throw new Refusal(400, [{ field: "name", message: "a segment with this name already exists" }]);
  };
  const short = ({ query_dsl, ...segment }: Segment) => ({
    ...segment,
    contacts_count: 0,
    sample_updated_at: segment.updated_at,
    next_sample_update: segment.updated_at,
    query_version: "2",
    status: { query_validation: "VALID" },
  });
  const shown = (segment: Segment) => ({
    ...short(segment),
    query_dsl: segment.query_dsl,
    contacts_sample: [],
    refreshes_used: 0,
    max_refreshes: 2,
  });
  return new Hono<ApiEnv>()
    .post("/v3/marketing/segments/2.0", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const { user } = context.var;
      refuseTaken(user, wanted.name);
      const id = randomUUID();
      const time = new Date().toISOString();
      const segment = segments.add(user, id, { id, ...wanted, created_at: time, updated_at: time });
      return context.json(shown(segment), 201);
    })
    .get("/v3/marketing/segments/2.0", may("read"), (context) => {
      const { ids, parent_list_ids, no_parent_list_id } = readQuery(context, LIST);
      const isWanted = ({ id, parent_list_ids: [parent] }: Segment) => {
        if (ids !== undefined) return ids.split(",").includes(id);
        if (parent_list_ids === undefined && no_parent_list_id !== "true") return true;
        return parent === undefined
          ? no_parent_list_id === "true"
          : (parent_list_ids?.split(",").includes(parent) ?? false);
      };
      return context.json({ results: segments.all(context.var.user).filter(isWanted).map(short) });
    })
    .get("/v3/marketing/segments/2.0/:id", may("read"), (context) => {
      const { contacts_sample = "true" } = readQuery(context, READ);
      const { contacts_sample: sample, ...segment } = shown(find(context));
      return context.json(contacts_sample === "true" ? { ...segment, contacts_sample: sample } : segment);
    })
    .patch("/v3/marketing/segments/2.0/:id", may("update"), async (context) => {
      const change = await readBody(context, UPDATE);
      const segment = find(context);
      refuseTaken(context.var.user, change.name, segment);
      return context.json(shown(Object.assign(segment, change, { updated_at: new Date().toISOString() })));
    })
    .delete("/v3/marketing/segments/2.0/:id", may("delete"), (context) => {
      segments.delete(context.var.user, find(context).id);
      return context.body(null, 202);
    });
}
