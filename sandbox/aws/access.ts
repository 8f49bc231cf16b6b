import { randomBytes } from "node:crypto";
import {
  isAllowed,
  type Permissions,
  parsePermissions,
  parseTrust,
  type RequestContext,
  type Trust,
} from "./policy";
import { AwsRefusal } from "./refusal";

/** A role with its inline policies. */
export interface Role {
  name: string;
  path: string;
  description: string | undefined;
  maxSessionDuration: number;
  /** As it was given, and as it was understood. */
  assumeRolePolicy: string;
  trust: Trust;
  policies: Map<string, { document: string; permissions: Permissions }>;
  tags: Record<string, string>;
  uniqueId: string;
  createDate: string;
}

export interface InstanceProfile {
  name: string;
  path: string;
  role: string | undefined;
  tags: Record<string, string>;
  uniqueId: string;
  createDate: string;
}

/** Temporary credentials, as the instance metadata service hands them out. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** ISO 8601; six hours after they were made, as on EC2. */
  expiration: string;
}

/** Who signs a request: an instance in its role. */
export interface Principal {
  instanceId: string;
  roleName: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/INSTANCE`, the name in AccessDenied messages. */
  arn: string;
  credentials: Credentials;
}

/** Identity and Access Management: roles, their policies, instance profiles, and credentials of instances. */
export class Access {
  readonly roles = new Map<string, Role>();
  readonly profiles = new Map<string, InstanceProfile>();
  readonly #principals = new Map<string, Principal>();

  constructor(private readonly accountId: string) {}

  createRole(
    role: Pick<Role, "name" | "path" | "description" | "maxSessionDuration" | "assumeRolePolicy" | "tags">,
  ): Role {
    if (this.roles.has(role.name)) {
      throw new AwsRefusal("EntityAlreadyExists", `Role with name ${role.name} already exists.`);
    }
    const created: Role = {
      ...role,
      trust: parseTrust(role.assumeRolePolicy),
      policies: new Map(),
      uniqueId: `AROA${randomBytes(9).toString("hex").slice(0, 17).toUpperCase()}`,
      createDate: new Date().toISOString(),
    };
    this.roles.set(role.name, created);
    return created;
  }

  updateRole(
    name: string,
    change: Pick<Role, "description" | "maxSessionDuration" | "assumeRolePolicy" | "tags">,
  ): Role {
    return Object.assign(this.role(name), change, { trust: parseTrust(change.assumeRolePolicy) });
  }

  deleteRole(name: string): void {
    const role = this.role(name);
    if ([...this.profiles.values()].some((profile) => profile.role === name)) {
      throw new AwsRefusal(
        "DeleteConflict",
        `Cannot delete entity, must remove role ${name} from its instance profiles first.`,
      );
    }
    if (role.policies.size > 0) {
      throw new AwsRefusal("DeleteConflict", `Cannot delete entity, must delete policies of ${name} first.`);
    }
    this.roles.delete(name);
  }

  /** Makes an inline policy or replaces one. */
  putRolePolicy(roleName: string, policyName: string, document: string): void {
    this.role(roleName).policies.set(policyName, { document, permissions: parsePermissions(document) });
  }

  deleteRolePolicy(roleName: string, policyName: string): void {
    this.roles.get(roleName)?.policies.delete(policyName);
  }

  createProfile(profile: Pick<InstanceProfile, "name" | "path" | "role" | "tags">): InstanceProfile {
    if (this.profiles.has(profile.name)) {
      throw new AwsRefusal("EntityAlreadyExists", `Instance Profile ${profile.name} already exists.`);
    }
    if (profile.role !== undefined) this.role(profile.role);
    const created: InstanceProfile = {
      ...profile,
      uniqueId: `AIPA${randomBytes(9).toString("hex").slice(0, 17).toUpperCase()}`,
      createDate: new Date().toISOString(),
    };
    this.profiles.set(profile.name, created);
    return created;
  }

  role(name: string): Role {
    const role = this.roles.get(name);
    if (role === undefined)
      throw new AwsRefusal("NoSuchEntity", `The role with name ${name} cannot be found.`);
    return role;
  }

  profile(name: string): InstanceProfile {
    const profile = this.profiles.get(name);
    if (profile === undefined) {
      throw new AwsRefusal("NoSuchEntity", `Instance Profile ${name} cannot be found.`);
    }
    return profile;
  }

  /**
   * The credentials of an instance with a profile, the same until they run out; undefined when its profile
   * has no role that EC2 may assume.
   */
  credentialsFor(instanceId: string, profileName: string): Credentials | undefined {
    const roleName = this.profiles.get(profileName)?.role;
    const role = roleName === undefined ? undefined : this.roles.get(roleName);
    const assumable = role?.trust.Statement.some(({ Principal }) =>
      Principal.Service.includes("ec2.amazonaws.com"),
    );
    if (role === undefined || !assumable) return undefined;
    const present = [...this.#principals.values()].find(
      (principal) =>
        principal.instanceId === instanceId &&
        principal.roleName === role.name &&
        Date.parse(principal.credentials.expiration) > Date.now(),
    );
    return (present ?? this.#assume(instanceId, role.name)).credentials;
  }

  /** Whose key it is; undefined when nobody's, or when it ran out. */
  principalOf(accessKeyId: string): Principal | undefined {
    const principal = this.#principals.get(accessKeyId);
    if (principal === undefined || Date.parse(principal.credentials.expiration) <= Date.now())
      return undefined;
    return principal;
  }

  /** Whether a principal's role allows an action on a resource, named by its ARN. */
  isAllowed(principal: Principal, action: string, resource: string, context?: RequestContext): boolean {
    const policies = [...(this.roles.get(principal.roleName)?.policies.values() ?? [])];
    return isAllowed(
      policies.map(({ permissions }) => permissions),
      action,
      resource,
      context,
    );
  }

  #assume(instanceId: string, roleName: string): Principal {
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(96).toString("base64"),
      expiration: new Date(Date.now() + 6 * 3600_000).toISOString(),
    };
    const arn = `arn:aws:sts::${this.accountId}:assumed-role/${roleName}/${instanceId}`;
    const principal = { instanceId, roleName, arn, credentials };
    this.#principals.set(credentials.accessKeyId, principal);
    return principal;
  }
}
