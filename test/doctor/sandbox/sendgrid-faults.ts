import type { Patient, SeededFault } from "./patient";

/** What a person can do at SendGrid behind the stack's back. */
export const SENDGRID_FAULTS: SeededFault[] = [
  {
    name: "identity-invalid",
    check: "sendgrid-identities",
    says: /does not take the domain for valid/,
    seed: async ({ journey: { world } }) => {
      const [identity] = world.sendgrid.account.domains.list();
      const [record] = Object.values(identity?.dns ?? {});
      if (!identity || !record) {
        throw new Error("the account has no authenticated domain");
      }
      identity.valid = false;
      record.valid = false;
      return async () => {
        identity.valid = true;
        record.valid = true;
      };
    },
  },
  {
    name: "key-with-full-access",
    check: "sendgrid-keys",
    says: /may do more than the stack says/,
    seed: async (patient) => {
      const key = relayKey(patient);
      const { scopes } = key;
      key.scopes = ["api_keys.create", "api_keys.read", ...scopes];
      return async () => {
        key.scopes = scopes;
      };
    },
  },
  {
    // Mended as the finding says: by a refresh and an up, which make a new key and hand it to the relay.
    name: "key-deleted",
    check: "sendgrid-keys",
    says: /has no key/,
    seed: async (patient) => {
      const { world, run } = patient.journey;
      const { id, owner } = relayKey(patient);
      world.sendgrid.account.keys.delete(owner, id);
      return async () => {
        await run.refresh();
        await run.up();
      };
    },
  },
];

function relayKey({ journey: { world } }: Patient) {
  const { keys, username } = world.sendgrid.account;
  const key = keys
    .list(username)
    .find(({ id }) => id !== "admin" && keys.list(username).length > 1 && isMade(id));
  if (!key) {
    throw new Error("the stack made no key");
  }
  return key;

  /** The account's first key has every scope; the stack's only one. */
  function isMade(id: string): boolean {
    return keys.get(username, id).scopes.length === 1;
  }
}
