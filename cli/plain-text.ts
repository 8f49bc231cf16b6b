/**
 * Text from a mail or a log as it may go to a terminal: control characters, which could move the cursor or hide a
 * line, and invisible ones, which could turn the reading direction, become U+FFFD. Line breaks are control characters.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
}
