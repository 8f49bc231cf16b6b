import * as z from "zod";
import { defineFunction, defineResource } from "../../../providers/kit";
import type { AwsAccount } from "../account";
import type { Parameter as StoredParameter } from "../parameters";
import { AwsRefusal } from "../refusal";
import { given, type Session, tags, tagsAll } from "./properties";

/**
 * `aws.ssm.Parameter`. Stricter than the real one: a subset of its properties, a value that is not empty, and
 * names that Parameter Store itself would refuse only at creation.
 */
export const Parameter = defineResource<Session>()({
  token: "aws:ssm/parameter:Parameter",
  inputs: z.object({
    name: z
      .string()
      .max(1011)
      .regex(/^(\/?[A-Za-z0-9_.-]+)(\/[A-Za-z0-9_.-]+){0,14}$/, "is not a parameter's name")
      .refine((name) => !/^\/?(aws|ssm)/i.test(name), "must not begin with aws or ssm")
      .meta({ description: "Its name, a path.", replace: true }),
    type: z.enum(["String", "StringList", "SecureString"]).meta({ description: "Its type." }),
    value: z.string().min(1).optional().meta({ description: "A value that is a secret.", secret: true }),
    insecureValue: z.string().min(1).optional().meta({ description: "A value that is none." }),
    description: z.string().max(1024).optional().meta({ description: "What it is for." }),
    keyId: z.string().optional().meta({ description: "The ARN of the key that encrypts a SecureString." }),
    dataType: z.enum(["text"]).optional().meta({ description: "How the value is checked.", replace: true }),
    tier: z
      .enum(["Standard", "Advanced"])
      .optional()
      .meta({ description: "Standard, for values of up to 4 KB, or Advanced, for up to 8 KB." }),
    overwrite: z.boolean().optional().meta({ description: "Takes over a parameter that exists." }),
    tags,
  }),
  outputs: z.object({
    arn: z.string(),
    version: z.int(),
    value: z.string().meta({ secret: true }),
    dataType: z.string(),
    keyId: z.string(),
    tier: z.string(),
    hasValueWo: z.boolean(),
    tagsAll,
  }),
  rules: [
    {
      properties: ["value", "insecureValue"],
      fault: ({ value, insecureValue }) =>
        (value === undefined) === (insecureValue === undefined)
          ? "exactly one of value and insecureValue must be given"
          : undefined,
    },
    {
      properties: ["insecureValue", "type"],
      fault: ({ insecureValue, type }) =>
        insecureValue !== undefined && type === "SecureString"
          ? "a SecureString takes value, not insecureValue"
          : undefined,
    },
    {
      properties: ["keyId", "type"],
      fault: ({ keyId, type }) =>
        keyId !== undefined && type !== "SecureString" ? "only a SecureString has a key" : undefined,
    },
    {
      properties: ["value", "insecureValue", "tier"],
      fault: ({ value, insecureValue, tier = "Standard" }) => {
        const most = tier === "Advanced" ? 8192 : 4096;
        return Buffer.byteLength(value ?? insecureValue ?? "") > most
          ? `must have at most ${most} bytes in the ${tier} tier`
          : undefined;
      },
    },
  ],
  replaces: (property, before, after) =>
    property === "tier" && before.tier === "Advanced" && after.tier === "Standard",
  preview: (inputs) => ({
    ...given(inputs, "value", "dataType", "keyId", "tier"),
    tagsAll: inputs.tags ?? {},
  }),
  create: async ({ inputs, session }) => {
    const stored = await session.parameters.put(toStore(session, inputs), {
      overwrite: inputs.overwrite === true,
    });
    return { id: stored.name, outputs: outputsOf(stored) };
  },
  read: async ({ id, session }) => {
    const stored = session.parameters.get(id);
    if (stored === undefined) return undefined;
    const { name, type, description, value, keyId } = stored;
    const secure = type === "SecureString" ? { value } : { insecureValue: value };
    const rest = { dataType: "text" as const, tier: stored.tier, tags: stored.tags };
    const key = type === "SecureString" ? { keyId } : {};
    return { inputs: { name, type, description, ...secure, ...key, ...rest }, outputs: outputsOf(stored) };
  },
  update: async ({ inputs, session }) =>
    outputsOf(await session.parameters.put(toStore(session, inputs), { overwrite: true })),
  delete: async ({ id, session }) => await session.parameters.delete(id),
});

/** `aws.ssm.getParameter`, with the name alone. */
export const getParameter = defineFunction<Session>()({
  token: "aws:ssm/getParameter:getParameter",
  inputs: z.object({ name: z.string().meta({ description: "The parameter's name." }) }),
  outputs: z.object({
    id: z.string(),
    arn: z.string(),
    name: z.string(),
    region: z.string(),
    type: z.string(),
    value: z.string(),
    insecureValue: z.string(),
    version: z.int(),
  }),
  call: async ({ inputs: { name }, session }) => {
    const found = session.getParameter(name);
    if (found === undefined) throw new AwsRefusal("ParameterNotFound", `reading SSM Parameter (${name})`);
    const { arn, type, value, version } = found;
    const insecureValue = type === "SecureString" ? "" : value;
    return { id: name, arn, name, region: session.region, type, value, insecureValue, version };
  },
});

interface ParameterInputs {
  name: string;
  type: StoredParameter["type"];
  value?: string;
  insecureValue?: string;
  description?: string;
  keyId?: string;
  tier?: StoredParameter["tier"];
  tags?: Record<string, string>;
}

function toStore(account: AwsAccount, inputs: ParameterInputs) {
  const { name, type, value, insecureValue, description, keyId, tier, tags } = inputs;
  return {
    ...{ name, type, description, tags: tags ?? {} },
    value: value ?? insecureValue ?? "",
    ...(keyId !== undefined && { keyId: account.key(keyId) }),
    ...(tier !== undefined && { tier }),
  };
}

function outputsOf({ arn, version, value, keyId, tier, tags }: StoredParameter) {
  return { arn, version, value, keyId, dataType: "text", tier, hasValueWo: false, tagsAll: tags };
}
