import * as z from "zod";
import {
  type AnyResource,
  defineResource,
  type Example,
  IncompleteResource,
  messageOf,
  type Rule,
  UNKNOWN,
} from "../../kit";
import { ANYTHING, type SendGridApi } from "../api/api";
import { SendGridError } from "../api/api-error";
import { fromApi, toApi } from "../api/case";
import type { Asking } from "../api/collection";
import type { SettingProperty } from "./property";

type Values = Record<string, unknown>;
type Properties = Record<string, SettingProperty>;
type Inputs<Given extends Properties> = { [Name in keyof Given]?: z.output<Given[Name]["input"]> };

/** A setting of the account: there is one, and it exists always. */
export interface SettingOptions<Given extends Properties> {
  /** Name of the resource type, e.g. `ClickTracking`. */
  name: string;
  /** What it does, Markdown; how such resources live is added. */
  description: string;
  /** What it is called in messages, e.g. `click tracking`. */
  noun: string;
  /** Path in the API; the last step is the resource's id. */
  path: string;
  /** Name of the API key scopes without the action, e.g. `tracking_settings.click`. */
  scope: string;
  /** Its page below the API reference. */
  page: string;
  /** By the API's names in our spelling. */
  properties: Given;
  rules?: readonly Rule<Inputs<Given>>[];
  examples: readonly Example<Inputs<Given>>[];
}

/**
 * The resource for a setting. Creating it keeps what was there and changes what the program sets; deleting it brings
 * back what was there.
 */
export function defineSetting<Given extends Properties>(
  options: SettingOptions<Given>,
): AnyResource<SendGridApi>;
export function defineSetting(options: SettingOptions<Properties>): AnyResource<SendGridApi> {
  const { name, description, noun, path, page } = options;
  const id = path.split("/").at(-1) ?? path;
  const properties = Object.entries<SettingProperty>(options.properties);
  const inputs = properties.map(([each, { input, description }]) => [
    each,
    input.optional().meta({ description: `${description} Left as it is when not set.` }),
  ]);
  const values = z.object(
    Object.fromEntries(
      properties.map(([each, { value, description }]) => [each, value.meta({ description })]),
    ),
  );
  const setting = settingAt(options, properties, values);
  return defineResource<SendGridApi>()({
    token: `sendgrid:index:${name}`,
    description: [description.trim(), lifeOf(name, id), `API: ${REFERENCE}${page}`].join("\n\n"),
    inputs: z.object(Object.fromEntries(inputs)),
    outputs: values.extend({
      previous: values.meta({
        typeName: `${name}Values`,
        description:
          "What was there before the resource was created, or when it was imported: what deleting it brings back.",
      }),
    }),
    rules: options.rules,
    examples: options.examples,
    preview: (inputs, state) => {
      const unknown = Object.fromEntries(properties.map(([each]) => [each, UNKNOWN]));
      return { ...(state ?? { ...unknown, previous: UNKNOWN }), ...present(inputs) };
    },
    create: async (operation) => {
      const previous = await setting.get(operation);
      await setting.patch(operation, operation.inputs).catch((error: unknown) => {
        if (error instanceof SendGridError && !error.mayHaveHappened) throw error;
        // It may have been changed all the same, and then this state alone knows what was there.
        throw new IncompleteResource(id, { ...previous, previous }, [messageOf(error)]);
      });
      return { id, outputs: { ...previous, ...present(operation.inputs), previous } };
    },
    read: async (operation) => {
      if (operation.id !== id)
        throw new Error(`An account has one setting of ${noun}: its id is ${id}, not ${operation.id}.`);
      const found = await setting.get(operation);
      return { inputs: found, outputs: { ...found, previous: operation.state.previous ?? found } };
    },
    update: async (operation) => {
      await setting.patch(operation, operation.inputs);
      return { ...(await setting.get(operation)), ...present(operation.inputs) };
    },
    delete: async (operation) =>
      await setting.patch(operation, values.partial().parse(operation.state.previous ?? {}), "restore"),
  });
}

/** The requests for a setting, in terms of our values. */
function settingAt(
  { noun, path, scope }: SettingOptions<Properties>,
  properties: readonly [name: string, property: SettingProperty][],
  values: z.ZodObject,
) {
  const answer = fromApi(z.looseObject({}))
    .transform((found: Values) =>
      Object.fromEntries(
        properties.map(([name, { absent, decode = asIs }]) => [
          name,
          found[name] === undefined || found[name] === null ? absent : decode(found[name]),
        ]),
      ),
    )
    .pipe(values);
  const purpose = (task: string, action: "read" | "update") => ({
    task: `${task} the setting of ${noun}`,
    scope: `${scope}.${action}`,
  });
  return {
    get: async ({ session, signal }: Asking): Promise<Values> =>
      await session.request({ method: "GET", path, answer, purpose: purpose("read", "read"), signal }),
    patch: async ({ session, signal }: Asking, changes: Values, task = "change"): Promise<void> => {
      const encoded = properties.flatMap(([name, { encode = asIs }]) =>
        changes[name] === undefined ? [] : [[name, encode(changes[name])]],
      );
      if (encoded.length === 0) return;
      const body = toApi(Object.fromEntries(encoded));
      const asked = { path, body, purpose: purpose(task, "update"), signal };
      await session.request({ method: "PATCH", answer: ANYTHING, ...asked });
    },
  };
}

const REFERENCE = "https://www.twilio.com/docs/sendgrid/api-reference/";

const lifeOf = (name: string, id: string) =>
  `
An account, or the subuser that the provider acts for, has one such setting, and it exists always: declare it once.
What the program does not set stays as it is. Creating the resource keeps what was there in the output \`previous\`, and
deleting it brings that back; an import (the id is \`${id}\`) takes what is there as \`previous\`. When the resource gets
another name in the program, give it the old one as an alias: otherwise a new ${name} is created first, and the end of
the old one undoes it.
`.trim();

const asIs = (value: unknown) => value;

/** Without what is not set. */
const present = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
