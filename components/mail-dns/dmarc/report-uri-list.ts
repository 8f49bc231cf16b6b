import { parseReportUri } from "./report-uri";

/**
 * Reads the value of rua or ruf (RFC 9989 section 4.8, dmarc-urilist).
 * @param warn told of what receivers ignore
 * @returns the URIs without their obsolete size suffixes; undefined where the list has none
 */
export function readReportUris(
  tag: string,
  value: string | undefined,
  warn: (message: string, next: string) => void,
): string[] | undefined {
  const uris: string[] = [];
  for (const part of value?.split(/[ \t]*,[ \t]*/) ?? []) {
    const parsed = parseReportUri(part);
    if (!parsed) {
      warn(
        `${tag} has "${part}", which is no URI, and receivers ignore it`,
        "Write mailto: and the address.",
      );
      continue;
    }
    uris.push(parsed.uri);
    if (parsed.size !== undefined) {
      warn(`${tag} has the obsolete size suffix !${parsed.size}`, "Remove it: receivers ignore it.");
    }
    if (parsed.scheme !== "mailto") {
      warn(`${tag} has "${parsed.uri}", and receivers only have to support mailto`, "Use a mail address.");
    } else if (parsed.address === undefined) {
      warn(`${tag} has "${parsed.uri}" without a mail address`, "Write mailto: and the address.");
    }
  }
  return uris.length > 0 ? uris : undefined;
}
