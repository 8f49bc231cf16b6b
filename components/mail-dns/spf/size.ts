import { txtStrings } from "../txt";

/** How much room an SPF record takes. All in octets, but for the number of strings. */
export interface SpfSize {
  /** Of the text. */
  text: number;
  /** Character strings of at most 255 octets that carry the text (RFC 7208 section 3.3). */
  strings: number;
  /** Of the DNS message that answers with all TXT records of the name. */
  answer: number;
}

/** RFC 7208 section 3.4: an answer up to this length needs no second query over TCP, whoever asks. */
export const SMALL_ANSWER = 512;

const HEADER = 12;
const TYPE_AND_CLASS = 4;
/** A compressed name, type, class, TTL and the length of the data (RFC 1035 sections 3.2.1 and 4.1.4). */
const RECORD = 12;

/** The size of a record at a name that may have further TXT records, such as proofs of ownership. */
export function spfSize(text: string, name: string, others: readonly string[] = []): SpfSize {
  const question = name.length + 2 + TYPE_AND_CLASS;
  const records = [text, ...others].map((each) => RECORD + each.length + txtStrings(each).length);
  return {
    text: text.length,
    strings: txtStrings(text).length,
    answer: HEADER + question + records.reduce((sum, octets) => sum + octets, 0),
  };
}
