import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records, TOKEN_PAGE, tokenPage } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, queryNumber, readBody, readQuery, requireScope } from "../../request";
import { content } from "./content";

interface Version {
  id: string;
  template_id: string;
  active: 0 | 1;
  name: string;
  subject: string;
  html_content: string;
  plain_content: string;
  generate_plain_content: boolean;
  editor: "code" | "design";
  test_data: string;
  updated_at: string;
  thumbnail_url: string;
}

interface Template {
  id: string;
  name: string;
  generation: "legacy" | "dynamic";
  updated_at: string;
  versions: Version[];
}

const name = z.string().min(1).max(100);
const CREATE = z.strictObject({ name, generation: z.enum(["legacy", "dynamic"]).default("legacy") });
const RENAME = z.strictObject({ name: name.optional() });
const VERSION = z.strictObject({
  active: z.union([z.literal(0), z.literal(1)]).optional(),
  name,
  subject: z.string().min(1).max(255),
  html_content: content.optional(),
  plain_content: content.optional(),
  generate_plain_content: z.boolean().optional(),
  editor: z.enum(["code", "design"]).optional(),
  test_data: z.string().optional(),
});
const LIST = z.strictObject({
  ...TOKEN_PAGE,
  page_size: queryNumber.refine((size) => size >= 1 && size <= 200, "must be 1 to 200"),
  generations: z.enum(["legacy", "dynamic", "legacy,dynamic"]).default("legacy"),
});

/** SendGrid's limits: templates of an account, and versions of a template. */
const MOST_TEMPLATES = 300;
const MOST_VERSIONS = 300;

/** /v3/templates. Plain text is made by leaving out what is in angle brackets; SendGrid does it better. */
export function templateRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const templates = new Records<Template>("template not found");
  const may = (action: string) => requireScope(account, `templates.${action}`);
  const mayVersions = (action: string) => requireScope(account, `templates.versions.${action}`);
  const find = (context: Context<ApiEnv>) => templates.get(context.var.user, context.req.param("id") ?? "");
  const findVersion = (context: Context<ApiEnv>) => {
    const template = find(context);
    const version = template.versions.find(({ id }) => id === context.req.param("version"));
    if (version === undefined)
      throw new Refusal(404, [{ field: null, message: "template version not found" }]);
    return { template, version };
  };
  const activate = ({ versions }: Template, version: Version) => {
    for (const each of versions) each.active = each === version ? 1 : 0;
  };
  const change = (version: Version, wanted: z.output<typeof VERSION>) => {
    const { active: _, ...given } = wanted;
    Object.assign(version, given, { updated_at: now() });
    if (version.generate_plain_content) version.plain_content = version.html_content.replace(/<[^>]*>/g, "");
  };
  const lean = ({ test_data, ...version }: Version) => version;
  const shown = (template: Template) => ({ ...template, versions: template.versions.map(lean) });

  return new Hono<ApiEnv>()
    .post("/v3/templates", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      if (templates.all(context.var.user).length >= MOST_TEMPLATES)
        throw new Refusal(400, [{ field: null, message: `an account can have ${MOST_TEMPLATES} templates` }]);
      const id = randomUUID();
      const template: Template = { id, ...wanted, updated_at: now(), versions: [] };
      return context.json(shown(templates.add(context.var.user, id, template)), 201);
    })
    .get("/v3/templates", may("read"), (context) => {
      const { generations, ...page } = readQuery(context, LIST);
      const found = templates
        .all(context.var.user)
        .filter(({ generation }) => generations.split(",").includes(generation));
      return context.json(tokenPage(context, found.map(shown), page));
    })
    .get("/v3/templates/:id", may("read"), (context) => context.json(shown(find(context))))
    .patch("/v3/templates/:id", may("update"), async (context) => {
      const template = find(context);
      Object.assign(template, await readBody(context, RENAME), { updated_at: now() });
      return context.json(shown(template));
    })
    .delete("/v3/templates/:id", may("delete"), (context) => {
      templates.delete(context.var.user, find(context).id);
      return context.body(null, 204);
    })
    .post("/v3/templates/:id/versions", mayVersions("create"), async (context) => {
      const template = find(context);
      const wanted = await readBody(context, VERSION);
      if (template.versions.length >= MOST_VERSIONS)
        throw new Refusal(400, [{ field: null, message: `a template can have ${MOST_VERSIONS} versions` }]);
      const version: Version = {
        id: randomUUID(),
        template_id: template.id,
        active: 0,
        name: "",
        subject: "",
        html_content: "",
        plain_content: "",
        generate_plain_content: true,
        editor: "code",
        test_data: "",
        updated_at: now(),
        thumbnail_url: "",
      };
      template.versions.push(version);
      change(version, wanted);
      // The first version is active whatever was asked.
      if (wanted.active === 1 || template.versions.length === 1) activate(template, version);
      return context.json(version, 201);
    })
    .get("/v3/templates/:id/versions/:version", mayVersions("read"), (context) =>
      context.json(findVersion(context).version),
    )
    .patch("/v3/templates/:id/versions/:version", mayVersions("update"), async (context) => {
      const { template, version } = findVersion(context);
      const wanted = await readBody(context, VERSION);
      change(version, wanted);
      if (wanted.active === 1) activate(template, version);
      else if (wanted.active === 0) version.active = 0;
      return context.json(version);
    })
    .post(
      "/v3/templates/:id/versions/:version/activate",
      requireScope(account, "templates.versions.activate.create"),
      (context) => {
        const { template, version } = findVersion(context);
        activate(template, version);
        return context.json(version);
      },
    )
    .delete("/v3/templates/:id/versions/:version", mayVersions("delete"), (context) => {
      const { template, version } = findVersion(context);
      template.versions.splice(template.versions.indexOf(version), 1);
      return context.body(null, 204);
    });
}

/** The date as templates have it: `2026-01-31 12:00:00`. */
function now(): string {
  return new Date().toISOString().slice(0, 19).replace("T", " ");
}
