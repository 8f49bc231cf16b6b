/** Shannon's entropy of a text, in bits a character: 0 for one repeated letter, about 4.7 for random base64 of 40. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const length = [...text].length;
  return [...counts.values()].reduce((sum, count) => sum - (count / length) * Math.log2(count / length), 0);
}

/** Names, paths, addresses and references, which a person or a program reads and nobody guesses. */
const READABLE =
  /^(?:\$|<|\{\{|%\{?|\/|\.{1,2}\/|https?:|arn:|file:|[a-z]+:\/\/)|^[\w-]+(?:[./:][\w-]+){2,}$/i;
const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/];

/**
 * Whether a value is more likely drawn than thought of: letters with digits, much entropy, no path or reference.
 *
 * @param least entropy in bits a character
 */
export function looksRandom(value: string, least: number): boolean {
  const classes = CLASSES.filter((each) => each.test(value)).length;
  const words = value.split(/[^A-Za-z]+/).filter((word) => /^[A-Z]?[a-z]{3,}$|^[A-Z]{3,}$/.test(word));
  const wordy = words.join("").length * 2 > value.length;
  return classes >= 2 && /\d/.test(value) && !READABLE.test(value) && !wordy && entropyOf(value) >= least;
}
