import * as z from "zod";
import { defineResource } from "../../../providers/kit";
import type { InstanceProfile as StoredProfile, Role as StoredRole } from "../access";
import type { AwsAccount } from "../account";
import { documentFault, parsePermissions, parseTrust } from "../policy";
import { type Session, tags, tagsAll } from "./properties";

/** Names in IAM: letters, digits and +=,.@_- (IAM User Guide, "IAM object identifiers"). */
const name = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[A-Za-z0-9+=,.@_-]+$/, "has characters other than letters, digits and +=,.@_-")
    .meta({ description: "Its name.", replace: true });

const path = z
  .string()
  .regex(/^\/([!-~]+\/)?$/, "must begin and end with a slash")
  .default("/")
  .meta({ description: "Its path.", replace: true });

/** Whether two policies say the same, however they are laid out. */
function sameDocument(before: unknown, after: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(String(before))) === JSON.stringify(JSON.parse(String(after)));
  } catch {
    return false;
  }
}

const document = z.string().meta({ description: "A policy document in JSON.", equals: sameDocument });

/** `aws.iam.Role`. Stricter: trust policies for services only, no managed policy, no permissions boundary. */
export const Role = defineResource<Session>()({
  token: "aws:iam/role:Role",
  autoName: "name",
  inputs: z.object({
    name: name(64),
    path,
    description: z.string().max(1000).optional().meta({ description: "What it is for." }),
    maxSessionDuration: z.int().min(3600).max(43200).default(3600).meta({ description: "Seconds." }),
    forceDetachPolicies: z.boolean().default(false).meta({ description: "Detaches policies to delete it." }),
    assumeRolePolicy: document,
    tags,
  }),
  outputs: z.object({ arn: z.string(), uniqueId: z.string(), createDate: z.string(), tagsAll }),
  rules: [
    {
      properties: ["assumeRolePolicy"],
      fault: ({ assumeRolePolicy }) => documentFault(parseTrust, assumeRolePolicy),
    },
  ],
  preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
  create: async ({ inputs, session }) => {
    const role = session.access.createRole({
      name: inputs.name,
      path: inputs.path,
      description: inputs.description,
      maxSessionDuration: inputs.maxSessionDuration,
      assumeRolePolicy: inputs.assumeRolePolicy,
      tags: inputs.tags ?? {},
    });
    return { id: role.name, outputs: roleOutputs(session, role) };
  },
  read: async ({ id, session }) => {
    const role = session.access.roles.get(id);
    if (role === undefined) return undefined;
    const { name, path, description, maxSessionDuration, assumeRolePolicy, tags } = role;
    return {
      inputs: {
        name,
        path,
        description,
        maxSessionDuration,
        assumeRolePolicy,
        tags,
        forceDetachPolicies: false,
      },
      outputs: roleOutputs(session, role),
    };
  },
  update: async ({ id, inputs, session }) =>
    roleOutputs(
      session,
      session.access.updateRole(id, {
        description: inputs.description,
        maxSessionDuration: inputs.maxSessionDuration,
        assumeRolePolicy: inputs.assumeRolePolicy,
        tags: inputs.tags ?? {},
      }),
    ),
  delete: async ({ id, session }) => session.access.deleteRole(id),
});

function roleOutputs(account: AwsAccount, { path, name, uniqueId, createDate, tags }: StoredRole) {
  return { arn: account.iamArn(`role${path}${name}`), uniqueId, createDate, tagsAll: tags };
}

/** `aws.iam.RolePolicy`. Stricter: no condition in the policy, for it is really evaluated. */
export const RolePolicy = defineResource<Session>()({
  token: "aws:iam/rolePolicy:RolePolicy",
  autoName: "name",
  inputs: z.object({
    name: name(128),
    role: z.string().min(1).meta({ description: "The role's name.", replace: true }),
    policy: document,
  }),
  outputs: z.object({}),
  rules: [{ properties: ["policy"], fault: ({ policy }) => documentFault(parsePermissions, policy) }],
  create: async ({ inputs: { role, name, policy }, session }) => {
    session.access.putRolePolicy(role, name, policy);
    return { id: `${role}:${name}`, outputs: {} };
  },
  read: async ({ id, session }) => {
    const [roleName = "", name = ""] = id.split(":");
    const policy = session.access.roles.get(roleName)?.policies.get(name)?.document;
    return policy === undefined ? undefined : { inputs: { name, role: roleName, policy }, outputs: {} };
  },
  update: async ({ inputs: { role, name, policy }, session }) => {
    session.access.putRolePolicy(role, name, policy);
    return {};
  },
  delete: async ({ id, session }) => {
    const [roleName = "", name = ""] = id.split(":");
    session.access.deleteRolePolicy(roleName, name);
  },
});

/** `aws.iam.InstanceProfile`. Stricter: the role must exist. */
export const InstanceProfile = defineResource<Session>()({
  token: "aws:iam/instanceProfile:InstanceProfile",
  autoName: "name",
  inputs: z.object({
    name: name(128),
    path,
    role: z.string().min(1).optional().meta({ description: "The role's name." }),
    tags,
  }),
  outputs: z.object({ arn: z.string(), uniqueId: z.string(), createDate: z.string(), tagsAll }),
  preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
  create: async ({ inputs, session }) => {
    const { name, path, role, tags } = inputs;
    const profile = session.access.createProfile({ name, path, role, tags: tags ?? {} });
    return { id: name, outputs: profileOutputs(session, profile) };
  },
  read: async ({ id, session }) => {
    const profile = session.access.profiles.get(id);
    if (profile === undefined) return undefined;
    const { name, path, role, tags } = profile;
    return { inputs: { name, path, role, tags }, outputs: profileOutputs(session, profile) };
  },
  update: async ({ id, inputs, session }) => {
    if (inputs.role !== undefined) session.access.role(inputs.role);
    const profile = session.access.profile(id);
    return profileOutputs(session, Object.assign(profile, { role: inputs.role, tags: inputs.tags ?? {} }));
  },
  delete: async ({ id, session }) => {
    session.access.profiles.delete(id);
  },
});

function profileOutputs(account: AwsAccount, { path, name, uniqueId, createDate, tags }: StoredProfile) {
  return { arn: account.iamArn(`instance-profile${path}${name}`), uniqueId, createDate, tagsAll: tags };
}
