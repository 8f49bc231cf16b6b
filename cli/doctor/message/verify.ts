import type { DnsAnswer, DnsResolver } from "../../../components/mail-dns/resolver";

/** What a signature came to when it was verified here. */
export interface VerifiedSignature {
  /** Tag d=, lower case. */
  domain: string;
  /** Tag s=. */
  selector: string;
  /** `pass`, `fail`, `neutral`, `temperror`, `permerror`, `policy`. */
  result: string;
  /** Why, where it is not a pass: "body hash did not verify". */
  reason: string;
}

/**
 * Verifies a message's DKIM signatures against the keys that DNS has now (RFC 6376), by mailauth in its strict mode.
 *
 * @param resolver where the keys are looked up
 */
export async function verifySignatures(
  raw: Buffer,
  resolver: DnsResolver,
  now: Date,
): Promise<VerifiedSignature[]> {
  // Loaded when it is needed: it is as large as the rest of the command.
  const { dkimVerify } = await import("mailauth/lib/dkim/verify.js");
  const { results } = await dkimVerify(raw, { resolver: asNode(resolver), curTime: now, strict: true });
  return results
    .filter(({ status }) => status.result !== "none")
    .map(({ signingDomain = "", selector = "", status }) => ({
      domain: signingDomain.toLowerCase(),
      selector,
      result: status.result,
      reason: status.comment ?? "",
    }));
}

/** Answers in the form of node:dns, which mailauth reads; it asks for keys, which are TXT records, and nothing else. */
function asNode(resolver: DnsResolver): (name: string, type: string) => Promise<string[][]> {
  return async (name, type) => {
    if (type !== "TXT") {
      throw Object.assign(new Error(`query${type} ENODATA ${name}`), { code: "ENODATA" });
    }
    const { exists, records }: DnsAnswer<"TXT"> = await resolver.lookUp(name, "TXT");
    if (records.length === 0) {
      const code = exists ? "ENODATA" : "ENOTFOUND";
      throw Object.assign(new Error(`query${type} ${code} ${name}`), { code });
    }
    return records.map((text) => [text]);
  };
}
