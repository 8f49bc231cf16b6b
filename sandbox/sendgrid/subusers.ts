/** A user below the account, with mail, domains and keys of its own. */
export interface Subuser {
  readonly id: number;
  readonly username: string;
  email: string;
  password: string;
  ips: readonly string[];
  readonly region: "global" | "eu";
  disabled: boolean;
  /** Whether it may use SendGrid's website. */
  websiteAccess: boolean;
}

/** The subusers of an account. One that is deleted leaves its domains, keys and so on behind, out of reach. */
export class Subusers {
  readonly #byName = new Map<string, Subuser>();
  #lastId: number;

  /**
   * @param accountId the account's number; subusers get the numbers after it
   * @param names of those that exist from the start
   */
  constructor(accountId: number, names: readonly string[]) {
    this.#lastId = accountId;
    for (const username of names)
      this.add({ username, email: `${username}@example.com`, password: "", ips: [], region: "global" });
  }

  add(given: Pick<Subuser, "username" | "email" | "password" | "ips" | "region">): Subuser {
    const subuser = { ...given, id: ++this.#lastId, disabled: false, websiteAccess: true };
    this.#byName.set(given.username, subuser);
    return subuser;
  }

  find(username: string): Subuser | undefined {
    return this.#byName.get(username);
  }

  /** Oldest first. */
  all(): Subuser[] {
    return [...this.#byName.values()];
  }

  delete(username: string): void {
    this.#byName.delete(username);
  }
}
