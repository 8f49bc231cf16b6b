import type { DnsResolver } from "../resolver";
import { canonicalTerm } from "./canonical";
import { Flattener } from "./flattener";
import { buildSpf, buildTerm } from "./record";
import { SMALL_ANSWER, type SpfSize, spfSize } from "./size";
import { LOOKUP_LIMIT, lookupTerms, type SpfTerm } from "./terms";

/** What a record would be with addresses in place of the names that it includes. A report, to be decided on. */
export interface FlattenedSpf {
  /** The record with addresses; what cannot be flattened is left out, see `lost`. */
  text: string;
  /** Its `ip4:` and `ip6:` terms, in the order of evaluation, each range once. */
  addresses: string[];
  size: SpfSize;
  /** Own terms that spend a lookup today. */
  lookups: number;
  /** Senders that the addresses leave out, each with the path of its term and why. */
  lost: string[];
  /** What goes wrong later. */
  risks: string[];
}

/**
 * Reports which addresses a domain's SPF record stands for at this moment. The text is a copy of what others publish:
 * when they change their addresses, mail fails until somebody flattens again. Nothing here uses it by itself.
 *
 * @param planned the text that stands in for the domain's own record
 */
export async function flattenSpf(
  domain: string,
  resolver: DnsResolver,
  planned?: string,
): Promise<FlattenedSpf> {
  const lost: string[] = [];
  const flattener = new Flattener(resolver, lost);
  const own = await flattener.read(domain.toLowerCase(), [domain], planned);
  const terms =
    own === undefined ? [] : await flattener.passing(own, domain.toLowerCase(), [domain], [domain]);
  const unique = [...new Map(terms.map((term) => [canonicalTerm(term), term])).values()];
  const end = await flattener.end(own ?? [], domain.toLowerCase(), [domain]);
  const text = buildSpf([...unique, ...end]);
  const size = spfSize(text, domain);
  const lookups = lookupTerms(own ?? []).length;
  return {
    text,
    addresses: unique.map(buildTerm),
    size,
    lookups,
    lost,
    risks: risksOf(lookups, unique, size),
  };
}

function risksOf(lookups: number, terms: readonly SpfTerm[], size: SpfSize): string[] {
  const risks = [
    "The services change their addresses without notice: a copy fails mail from the day they do.",
  ];
  if (lookups <= LOOKUP_LIMIT) {
    risks.push(
      `The record's own terms spend ${lookups} lookups of ${LOOKUP_LIMIT}: flattening may not be needed.`,
    );
  }
  if (size.answer > SMALL_ANSWER) {
    risks.push(
      `The answer has ${size.answer} octets, over the ${SMALL_ANSWER} that every receiver can take (RFC 7208 section 3.4).`,
    );
  }
  if (terms.length === 0) {
    risks.push("No addresses were found: the record would refuse all mail.");
  }
  return risks;
}
