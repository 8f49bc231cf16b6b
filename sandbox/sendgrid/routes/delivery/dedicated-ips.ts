/**
 * The account's dedicated addresses, for pools, subusers and statistics of addresses. Mail leaves from the account's
 * outbound addresses all the same, whatever is chosen here. They are from the block for documentation (RFC 5737).
 */
export const DEDICATED_IPS: readonly string[] = ["192.0.2.10", "192.0.2.11", "192.0.2.12"];
