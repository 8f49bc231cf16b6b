import { createHash, randomBytes } from "node:crypto";
import { Refusal } from "./refusal";
import { ADDED_SCOPES, SCOPES } from "./scopes";

/** SendGrid's limit of keys per account. */
const MAX_KEYS = 100;

/** An API key as the account keeps it: the key's text itself is forgotten, only its hash stays. */
export interface ApiKey {
  readonly id: string;
  readonly owner: string;
  name: string;
  scopes: string[];
}

/** A fresh API key in SendGrid's form: `SG.`, 22 characters of id, a dot, 43 characters of secret. */
export function createKeyText(): string {
  return `SG.${randomBytes(16).toString("base64url")}.${randomBytes(32).toString("base64url")}`;
}

/** The API keys of an account and its subusers. */
export class ApiKeys {
  readonly #keys = new Map<string, ApiKey>();
  readonly #idOfHash = new Map<string, string>();

  /** @param adminText the text of the account's first key, which has every scope. */
  constructor(adminText: string, owner: string) {
    this.#keep(adminText, { owner, name: "admin", scopes: [...SCOPES] });
  }

  /** The key with this text, or undefined when it is unknown or revoked. */
  find(text: string): ApiKey | undefined {
    return this.#keys.get(this.#idOfHash.get(hash(text)) ?? "");
  }

  list(owner: string): ApiKey[] {
    return [...this.#keys.values()].filter((key) => key.owner === owner);
  }

  /** @throws Refusal 404 when this owner has no key with the id. */
  get(owner: string, id: string): ApiKey {
    const key = this.#keys.get(id);
    if (key?.owner !== owner) throw new Refusal(404, [{ field: null, message: "unable to get API Key" }]);
    return key;
  }

  /**
   * Creates a key; no scopes given means full access, as at SendGrid.
   *
   * @throws Refusal 400 for an unknown scope, 403 beyond 100 keys or for a scope that the granter lacks.
   */
  create(owner: string, granter: ApiKey, name: string, scopes?: string[]): { key: ApiKey; text: string } {
    const granted = grantable(granter, scopes ?? granter.scopes);
    if (this.list(owner).length >= MAX_KEYS) {
      throw new Refusal(403, [{ field: null, message: `Cannot create more than ${MAX_KEYS} API Keys` }]);
    }
    const text = createKeyText();
    return { key: this.#keep(text, { owner, name, scopes: granted }), text };
  }

  /** Renames a key and, where scopes are given, replaces its scopes. */
  update(owner: string, granter: ApiKey, id: string, name: string, scopes?: string[]): ApiKey {
    const key = this.get(owner, id);
    if (scopes) key.scopes = grantable(granter, scopes);
    key.name = name;
    return key;
  }

  /** Revokes a key at once. @throws Refusal 404 when there is none. */
  delete(owner: string, id: string): void {
    this.get(owner, id);
    this.#keys.delete(id);
  }

  #keep(text: string, { owner, name, scopes }: Omit<ApiKey, "id">): ApiKey {
    const id = /^SG\.([^.]+)\./.exec(text)?.[1] ?? "admin";
    const key: ApiKey = { id, owner, name, scopes };
    this.#keys.set(id, key);
    this.#idOfHash.set(hash(text), id);
    return key;
  }
}

/** What reading a key shows: its scopes and those that the server added. */
export function visibleScopes(key: ApiKey): string[] {
  return [...key.scopes, ...ADDED_SCOPES.filter((scope) => !key.scopes.includes(scope))];
}

function grantable(granter: ApiKey, scopes: string[]): string[] {
  const wanted = [...new Set(scopes)].filter((scope) => !ADDED_SCOPES.includes(scope));
  const unknown = wanted.filter((scope) => !SCOPES.includes(scope));
  if (unknown.length > 0) {
    throw new Refusal(
      400,
      unknown.map((scope) => ({ field: "scopes", message: `invalid scope ${JSON.stringify(scope)}` })),
    );
  }
  if (!wanted.every((scope) => granter.scopes.includes(scope))) {
    throw new Refusal(403, [{ field: null, message: "access forbidden" }]);
  }
  return wanted;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
